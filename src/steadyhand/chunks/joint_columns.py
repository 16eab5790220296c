"""Columns about joints: which joint of the arm each one is, and how the policy counts it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from steadyhand.chunks.exceptions import MeaningError
from steadyhand.profiles.binding import policy_joints
from steadyhand.profiles.contract import Contract


@dataclass(frozen=True)
class JointColumns:
    """C columns of a policy's rows and the joints of the arm that they stand for.

    position [rad or m] = factor * (value - offset), and a difference or velocity = factor * value.

    Attributes:
        joints: Index of each column's joint in the robot profile's order, shape (C,).
        factor: SI units for one unit of the policy, negative where the direction is reversed, shape (C,).
        offset: The policy's value at the joint's zero, shape (C,).
    """

    joints: NDArray[np.intp]
    factor: NDArray[np.float64]
    offset: NDArray[np.float64]

    @cached_property
    def place(self) -> slice | NDArray[np.intp]:
        """The joints as an index: a slice, which is quicker, where they follow one another."""
        first, count = int(self.joints[0]), len(self.joints)
        return slice(first, first + count) if np.array_equal(self.joints, first + np.arange(count)) else self.joints


def joint_columns(contract: Contract, names: Sequence[str]) -> JointColumns:
    """Return the columns that a policy profile's joint term names.

    Args:
        contract: The resolved deployment; its ``policy_joints`` bind the names that are not the robot profile's.
        names: Names in the policy's order.

    Raises:
        MeaningError: A name is no joint of the arm.
    """
    arm = contract.robot.joint_names
    bindings = policy_joints(contract.deployment, names).bindings
    for binding in bindings:
        if binding.joint not in arm:
            raise MeaningError(
                f"policy profile '{contract.policy.name}': an action is about '{binding.name}', which is "
                f"'{binding.joint}' and no joint of the arm, {', '.join(arm)}. Grippers have a term of kind gripper"
            )
    return JointColumns(
        np.array([arm.index(binding.joint) for binding in bindings], dtype=np.intp),
        np.array([binding.factor for binding in bindings]),
        np.array([binding.offset for binding in bindings]),
    )
