"""Motions written as joint positions or velocities."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steadyhand.chunks.columns import term_columns
from steadyhand.chunks.exceptions import MeaningError
from steadyhand.chunks.joint_columns import joint_columns
from steadyhand.chunks.joint_positions import JointPositions
from steadyhand.chunks.joint_velocities import JointVelocities
from steadyhand.chunks.splines import spline
from steadyhand.profiles.action import JointPositionAction, JointVelocityAction
from steadyhand.profiles.contract import Contract

Array = NDArray[np.float64]


class JointMotion:
    """Every joint term of a policy's actions together; joints that have no column stay where they were observed.

    A policy for two arms has a term for each, with the grippers between them.
    """

    def __init__(self, contract: Contract) -> None:
        """Prepare the terms of one deployment.

        Raises:
            MeaningError: A column is about no joint of the arm, or two are about the same.
        """
        policy = contract.policy
        self._terms: list[tuple[JointPositions | JointVelocities, slice]] = []
        for term, columns in term_columns(policy):
            if isinstance(term, JointPositionAction):
                joints = joint_columns(contract, term.joints)
                self._terms.append((JointPositions(term.meaning, joints), columns))
            elif isinstance(term, JointVelocityAction):
                joints = joint_columns(contract, term.joints)
                self._terms.append((JointVelocities(joints, policy.dt, policy.first_row), columns))
        moved = [int(joint) for term, _ in self._terms for joint in term.columns.joints]
        twice = sorted({contract.robot.joint_names[joint] for joint in moved if moved.count(joint) > 1})
        if twice:
            raise MeaningError(
                f"policy profile '{policy.name}': two columns of its actions move {', '.join(twice)}: bind a joint once"
            )

    def decode(self, rows: Array, observed: Array) -> Array:
        """Return joint positions, shape (H, n) [rad or m], of rows (H, D)."""
        positions = np.empty((len(rows), len(observed)))
        positions[:] = observed
        for term, columns in self._terms:
            joints = term.columns.place
            positions[:, joints] = term.decode(rows[:, columns], observed[joints])
        return positions

    def encode(self, motion: Array, observed: Array, rows: Array) -> None:
        """Write joint positions, shape (H, n) [rad or m], into their columns of rows (H, D)."""
        for term, columns in self._terms:
            joints = term.columns.place
            rows[:, columns] = term.encode(motion[:, joints], observed[joints])

    def positions(self, motion: Array, observed: Array) -> Array:
        """Return the motion itself."""
        del observed
        return motion

    def between(self, motion: Array, rows: Array, times: Array) -> Array:
        """Return joint positions at other times [s], shape (K,), than those of its rows, shape (H,)."""
        return spline(rows, motion, times)

    def motion(self, positions: Array) -> Array:
        """Return the positions themselves."""
        return positions
