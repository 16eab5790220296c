"""The state vector of a policy, out of the robot's joints."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from steadyhand.observation.exceptions import StateError
from steadyhand.observation.joints import JointSample
from steadyhand.observation.rotations import encode_rotation
from steadyhand.profiles.binding import policy_joints
from steadyhand.profiles.contract import Contract
from steadyhand.profiles.normalisation import STATISTICS_OF, Normalisation
from steadyhand.profiles.robot import Gripper
from steadyhand.profiles.state import (
    EndEffectorPositionState,
    EndEffectorRotationState,
    GripperState,
    JointPositionState,
    JointVelocityState,
    PaddingState,
    StateTerm,
)

Array = NDArray[np.float64]


class ForwardKinematics(Protocol):
    """What the state needs of an arm's model."""

    def forward(self, q: Array) -> Array:
        """Return the pose of the tool centre point in the base frame, shape (4, 4) [m]."""
        ...


Tools = ForwardKinematics | Mapping[str, ForwardKinematics]
"""Kinematics of the only arm of a robot, or of each of several by name, over the arm's own joints."""

_DECIDED = 0.5
"""Length of a mean quaternion above which the training data had one sign of it: mixed signs cancel out."""


class StateLayout:
    """Fills the state vector of one policy profile, before normalisation.

    Where several numbers stand for one rotation (the sign of a quaternion, whole turns of an angle), those nearest to
    the middle of the training data are taken where the profile has statistics, else those nearest to the home pose's:
    the value follows from the pose alone, and has no jump near either.

    Attributes:
        needs_commanded: True where a term is the commanded state and not the measured one.
    """

    def __init__(self, contract: Contract, joint_names: tuple[str, ...], arm: Tools | None) -> None:
        """Prepare to fill the layout.

        Args:
            contract: The resolved deployment.
            joint_names: Names of the joints in every sample; the arm's come first, in profile order.
            arm: Kinematics with the deployment's base frame and tool, of several arms by name; None for layouts in
                joint space.

        Raises:
            StateError: The layout has a term that this robot's joints do not give.
        """
        self._contract = contract
        self._joint_names = joint_names
        self._arms: Mapping[str, ForwardKinematics]
        self._arms = {} if arm is None else arm if isinstance(arm, Mapping) else {"": arm}
        self._columns = contract.robot.arm_columns
        self._arm_size = len(contract.robot.joint_names)
        self._terms: list[tuple[str, str, Callable[[JointSample, Array], Array]]] = []
        start = 0
        for term in contract.policy.state:
            end = start + len(term.names)
            self._terms.append((self._source(term), getattr(term, "arm", ""), self._filler(term, slice(start, end))))
            start = end
        self.needs_commanded = any(source == "commanded" for source, _, _ in self._terms)

    def vector(self, measured: JointSample, commanded: JointSample | None = None) -> Array:
        """Return the state, shape (S,), in the units of the policy profile.

        Args:
            measured: Measured joints at the capture time.
            commanded: Commanded joints at the capture time, where a term wants them.

        Raises:
            StateError: A term wants the commanded joints and there are none.
        """
        poses: dict[tuple[str, str], Array] = {}
        parts = []
        for source, name, fill in self._terms:
            sample = commanded if source == "commanded" else measured
            if sample is None:
                raise StateError("the policy's state has a term with source 'commanded', and nothing was commanded yet")
            if (source, name) not in poses and name in self._arms:
                poses[source, name] = self._arms[name].forward(sample.positions[self._columns[name]])
            parts.append(fill(sample, poses.get((source, name), np.eye(4))))
        return np.concatenate(parts) if parts else np.zeros(0)

    @staticmethod
    def _source(term: StateTerm) -> str:
        return "measured" if isinstance(term, PaddingState) else term.source

    def _filler(self, term: StateTerm, elements: slice) -> Callable[[JointSample, Array], Array]:
        if isinstance(term, PaddingState):
            padding = np.full(term.size, term.value)
            return lambda _sample, _pose: padding
        if isinstance(term, GripperState):
            return self._opening(term)
        if isinstance(term, JointPositionState | JointVelocityState):
            return self._joints(term)
        if term.arm not in self._arms:
            raise StateError(f"state term '{term.kind}' needs the kinematics of arm '{term.arm}'")
        if isinstance(term, EndEffectorPositionState):
            return lambda _sample, pose: pose[:3, 3]
        assert isinstance(term, EndEffectorRotationState)
        near = self._near(term, elements)
        return lambda _sample, pose: encode_rotation(pose[:3, :3], term.representation, near)

    def _near(self, term: EndEffectorRotationState, elements: slice) -> Array:
        middle = _middle(self._contract.policy.normalisation, elements)
        decided = not term.representation.startswith("quaternion") or float(np.linalg.norm(middle)) > _DECIDED
        if middle.size and decided:
            return middle
        home = self._arms[term.arm].forward(self._contract.robot.home_positions[self._columns[term.arm]])
        return encode_rotation(home[:3, :3], term.representation)

    def _joints(self, term: JointPositionState | JointVelocityState) -> Callable[[JointSample, Array], Array]:
        names = term.joints or self._contract.robot.joint_names
        bindings = policy_joints(self._contract.deployment, names).bindings
        columns = np.array([self._column(binding.joint, term) for binding in bindings], dtype=np.intp)
        scale = np.array([binding.factor for binding in bindings])
        zero = np.array([binding.offset for binding in bindings])
        if isinstance(term, JointVelocityState):
            return lambda sample, _pose: sample.velocities[columns] / scale
        return lambda sample, _pose: sample.positions[columns] / scale + zero

    def _opening(self, term: GripperState) -> Callable[[JointSample, Array], Array]:
        gripper: Gripper = self._contract.robot.grippers[term.gripper]
        column = self._column(gripper.joint, term)
        span = (term.open - term.closed) / (gripper.open - gripper.closed)
        return lambda sample, _pose: np.array([term.closed + span * (sample.positions[column] - gripper.closed)])

    def _column(self, joint: str, term: StateTerm) -> int:
        commanded = self._source(term) == "commanded"
        known = self._joint_names[: self._arm_size] if commanded else self._joint_names
        if joint not in known:
            raise StateError(
                f"state term '{term.kind}' of policy '{self._contract.policy.name}' wants joint '{joint}', "
                f"but {'the bridge commands' if commanded else 'the joint states give'} {list(known)}"
            )
        return known.index(joint)


def _middle(normalisation: Normalisation, elements: slice) -> Array:
    """Return the middle of the training data for some elements of the state; empty where nothing tells it."""
    statistics, method = normalisation.state, normalisation.method
    if statistics is None or (statistics.mask is not None and not all(statistics.mask[elements])):
        return np.zeros(0)
    names = ("mean",) if method == "mean_std" else STATISTICS_OF[method]
    known = [getattr(statistics, name)[elements] for name in names]
    return np.asarray(np.mean(known, axis=0) if known else (), dtype=np.float64)
