"""The meaning of actions: from rows in the policy's space to joint targets, and back."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from steadyhand.chunks.arm import workspace_arm
from steadyhand.chunks.arm_motion import ArmMotion
from steadyhand.chunks.chunk import ActionChunk
from steadyhand.chunks.columns import term_columns
from steadyhand.chunks.end_effector_motion import EndEffectorMotion
from steadyhand.chunks.exceptions import MeaningError
from steadyhand.chunks.gripper_openings import GripperOpenings
from steadyhand.chunks.joint_motion import JointMotion
from steadyhand.chunks.several_arms_motion import SeveralArmsMotion
from steadyhand.chunks.targets import JointTargets
from steadyhand.profiles.action import GripperAction
from steadyhand.profiles.contract import Contract

Array = NDArray[np.float64]


class Meaning:
    """Turns chunks of one deployment into joint targets, and joint targets into rows.

    Relative rows refer to the joint positions measured at the chunk's own observation, which travel with it.

    Args:
        contract: The resolved deployment.

    Raises:
        MeaningError: The policy profile's action layout cannot be executed.
        KinematicsError: The deployment's base frame is moved by the arm.
    """

    def __init__(self, contract: Contract) -> None:
        self._joint_names = contract.robot.joint_names
        self._width = len(contract.policy.dimension_names)
        kinds = [term.kind for term in contract.policy.action]
        self._arms = {name: workspace_arm(one) for name, one in contract.each_arm().items()}
        self._arm_columns = contract.robot.arm_columns
        self._motion: ArmMotion
        if "end_effector_position" in kinds:
            self._motion = SeveralArmsMotion(contract) if contract.robot.arms else EndEffectorMotion(contract)
        elif "joint_position" in kinds or "joint_velocity" in kinds:
            self._motion = JointMotion(contract)
        else:
            raise MeaningError(
                f"policy profile {contract.policy.name}: action has none of joint_position, joint_velocity and "
                f"end_effector_position; it has {sorted(set(kinds))}"
            )
        self._grippers = [
            (GripperOpenings(term), columns)
            for term, columns in term_columns(contract.policy)
            if isinstance(term, GripperAction)
        ]
        self._base = next(
            (columns for term, columns in term_columns(contract.policy) if term.kind == "base_velocity"), None
        )

    def targets(self, chunk: ActionChunk) -> JointTargets:
        """Return the joint targets of a chunk that has passed the gate's checks of names, width and values.

        Raises:
            MeaningError: A row stands for nothing, or its target is out of reach.
        """
        observed = self.observed(chunk.state_names, chunk.state)
        positions = self._motion.positions(self._motion.decode(chunk.rows, observed), observed)
        openings = {gripper.name: gripper.decode(chunk.rows[:, columns][:, 0]) for gripper, columns in self._grippers}
        base = None if self._base is None else chunk.rows[:, self._base]
        return JointTargets(chunk.row_times, positions, openings, base)

    def tool_points(self, targets: JointTargets) -> dict[str, Array]:
        """Return each row's tool centre point of each arm, shape (H, 3) [m], in the arm's own base frame."""
        return {name: arm.points(targets.positions[:, self._arm_columns[name]]) for name, arm in self._arms.items()}

    def rows(self, targets: JointTargets, observed: ArrayLike) -> Array:
        """Return the rows that stand for joint targets: the inverse of `targets`; padding is 0.

        Args:
            targets: Positions and openings of H rows.
            observed: The arm's positions at the observation that the rows are to belong to, shape (n,) [rad or m].

        Returns:
            Rows in the policy's units, shape (H, D).

        Raises:
            MeaningError: The openings of a gripper are missing.
        """
        rows = self._written(self._motion.motion(targets.positions), targets.grippers, np.asarray(observed))
        if self._base is not None and targets.base is not None:
            rows[:, self._base] = targets.base
        return rows

    def rewritten(self, chunk: ActionChunk, observed: ArrayLike, first: int = 0) -> Array:
        """Return rows of a chunk as they read from another observation, as a prefix for its inference does.

        Rows that are relative to an observation mean another motion when they are handed on unchanged.

        Args:
            chunk: The chunk that the rows are taken from.
            observed: The arm's positions at the other observation, shape (n,) [rad or m].
            first: First row that is wanted.

        Returns:
            Rows in the policy's units, shape (H - first, D).

        Raises:
            MeaningError: A row stands for nothing.
        """
        return self.retimed(chunk, observed, chunk.row_times[first:])

    def retimed(self, chunk: ActionChunk, observed: ArrayLike, times: Array) -> Array:
        """Return rows of a chunk as they read from another observation, and at other times than their own.

        Between rows the motion is the C2 cubic spline through them; of grippers, graded openings are interpolated
        linearly, and what knows two values only, as padding, is that of the nearest row.

        Args:
            chunk: The chunk that the rows are taken from.
            observed: The arm's positions at the other observation, shape (n,) [rad or m].
            times: When the rows are meant for, within the chunk, ROS clock [s], shape (K,).

        Returns:
            Rows in the policy's units, shape (K, D).

        Raises:
            MeaningError: A row stands for nothing.
        """
        motion = self._motion.decode(chunk.rows, self.observed(chunk.state_names, chunk.state))
        nearest = np.abs(times[:, None] - chunk.row_times).argmin(axis=1)
        rows = np.array(chunk.rows[nearest])
        for gripper, columns in self._grippers:
            if gripper.graded:
                rows[:, columns.start] = np.interp(times, chunk.row_times, chunk.rows[:, columns.start])
        between = self._motion.between(motion, chunk.row_times, times)
        self._motion.encode(between, np.asarray(observed, dtype=np.float64), rows)
        return rows

    def observed(self, names: Sequence[str], state: Array) -> Array:
        """Return the arm's positions, shape (n,) [rad or m], out of a chunk's state."""
        return np.array([state[names.index(name)] for name in self._joint_names])

    def _written(self, motion: Array, openings: dict[str, Array], observed: Array) -> Array:
        rows = np.zeros((len(motion), self._width))
        self._motion.encode(motion, observed, rows)
        for gripper, columns in self._grippers:
            if gripper.name not in openings:
                raise MeaningError(f"openings of gripper '{gripper.name}' are missing; there are {sorted(openings)}")
            rows[:, columns] = gripper.encode(openings[gripper.name])[:, None]
        return rows
