"""The meaning of actions: from rows in the policy's space to joint targets."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steadyhand.chunks.chunk import ActionChunk
from steadyhand.chunks.exceptions import MeaningError
from steadyhand.chunks.targets import JointTargets
from steadyhand.kinematics.exceptions import UnreachableError
from steadyhand.kinematics.inverse import InverseKinematics
from steadyhand.kinematics.model import ArmModel
from steadyhand.profiles.action import (
    ActionTerm,
    EndEffectorPositionAction,
    EndEffectorRotationAction,
    GripperAction,
    JointPositionAction,
)
from steadyhand.profiles.contract import Contract

Array = NDArray[np.float64]


class Meaning:
    """Turns chunks of one deployment into joint targets.

    End-effector rows become poses of the tool centre point in the base frame and then joint positions by inverse
    kinematics, each row continued from the one before and the first from the observation's own configuration.

    Args:
        contract: The resolved deployment.

    Raises:
        MeaningError: The policy profile's action layout cannot be executed.
    """

    def __init__(self, contract: Contract) -> None:
        robot = contract.robot
        self._joint_names = robot.joint_names
        self._columns: dict[str, tuple[ActionTerm, slice]] = {}
        start = 0
        for term in contract.policy.action:
            end = start + len(term.names)
            key = f"gripper {term.gripper}" if isinstance(term, GripperAction) else term.kind
            self._columns[key] = (term, slice(start, end))
            start = end
        self._grippers = {
            term.gripper: (term, columns) for term, columns in self._columns.values() if isinstance(term, GripperAction)
        }
        self._arm: ArmModel | None = None
        self._inverse: InverseKinematics | None = None
        if "end_effector_position" in self._columns:
            self._arm = arm_model(contract)
            self._inverse = InverseKinematics(self._arm, robot.lower, robot.upper, robot.home_positions)
        elif "joint_position" not in self._columns:
            raise MeaningError(
                f"policy profile {contract.policy.name}: action has neither joint_position nor end_effector_position; "
                f"it has {sorted(self._columns)}"
            )

    def targets(self, chunk: ActionChunk) -> JointTargets:
        """Return the joint targets of a chunk that has passed the gate's checks of names, width and values.

        Raises:
            MeaningError: A row's target is out of reach.
        """
        index = [chunk.state_names.index(name) for name in self._joint_names]
        observed = chunk.state[index]
        if self._arm is not None and self._inverse is not None:
            positions = self._from_poses(chunk.rows, observed, self._arm, self._inverse)
        else:
            positions = self._from_joints(chunk.rows, observed)
        grippers = {
            name: self._opening(term, chunk.rows[:, columns][:, 0]) for name, (term, columns) in self._grippers.items()
        }
        return JointTargets(chunk.row_times, positions, grippers)

    def tool_points(self, targets: JointTargets) -> Array | None:
        """Return each row's tool centre point in the base frame, shape (H, 3) [m]; None for joint-space policies."""
        if self._arm is None:
            return None
        return np.stack([self._arm.forward(q)[:3, 3] for q in targets.positions])

    def _from_joints(self, rows: Array, observed: Array) -> Array:
        term, columns = self._columns["joint_position"]
        assert isinstance(term, JointPositionAction)
        values = rows[:, columns]
        names = term.joints or self._joint_names
        if term.meaning == "delta_to_observation":
            offset = observed
        elif term.meaning == "absolute":
            offset = np.zeros_like(observed)
        else:
            raise MeaningError(f"action: joint_position with meaning {term.meaning} cannot be executed")
        # Joints that the policy leaves out stay where they were observed.
        positions = np.repeat(observed[None], len(rows), axis=0)
        for column, name in enumerate(names):
            joint = self._joint_names.index(name)
            positions[:, joint] = offset[joint] + values[:, column]
        return positions

    def _from_poses(self, rows: Array, observed: Array, arm: ArmModel, inverse: InverseKinematics) -> Array:
        pose = arm.forward(observed)
        targets = np.repeat(pose[None], len(rows), axis=0)
        targets[:, :3, 3] = self._positions(rows, pose)
        targets[:, :3, :3] = self._rotations(rows, pose)
        try:
            return inverse.solve_path(targets, observed)
        except UnreachableError as error:
            raise MeaningError(str(error)) from error

    def _positions(self, rows: Array, pose: Array) -> Array:
        term, columns = self._columns["end_effector_position"]
        assert isinstance(term, EndEffectorPositionAction)
        values = rows[:, columns]
        if term.frame == "base" and term.meaning == "delta_to_observation":
            return pose[:3, 3] + values
        if term.frame == "base" and term.meaning == "absolute":
            return values
        raise MeaningError(
            f"action: end_effector_position with meaning {term.meaning} in {term.frame} cannot be executed"
        )

    def _rotations(self, rows: Array, pose: Array) -> Array:
        entry = self._columns.get("end_effector_rotation")
        if entry is None:
            return np.repeat(pose[None, :3, :3], len(rows), axis=0)
        term, columns = entry
        assert isinstance(term, EndEffectorRotationAction)
        if (
            term.representation != "yaw"
            or term.frame != "base"
            or term.meaning not in ("delta_to_observation", "absolute")
        ):
            raise MeaningError(
                f"action: end_effector_rotation as {term.representation}, {term.meaning} in {term.frame} "
                "cannot be executed"
            )
        yaw = rows[:, columns][:, 0]
        return downward(yaw + tool_yaw(pose) if term.meaning == "delta_to_observation" else yaw)

    @staticmethod
    def _opening(term: GripperAction, values: Array) -> Array:
        """Return openings from 0 closed to 1 open; values beyond either end mean that end."""
        return np.clip((values - term.closed) / (term.open - term.closed), 0.0, 1.0)


def arm_model(contract: Contract) -> ArmModel:
    """Return the kinematics of a deployment, with its end-effector base frame and tool centre point."""
    from transforms3d.affines import compose
    from transforms3d.euler import euler2mat

    override = contract.deployment.end_effector
    tool = contract.robot.tool
    return ArmModel(
        contract.urdf,
        contract.robot.joint_names,
        override.base or contract.robot.frames.base,
        contract.robot.frames.tip,
        compose(tool.xyz, euler2mat(*tool.rpy, axes="sxyz"), np.ones(3)),
    )


def tool_yaw(pose: Array) -> float:
    """Return the yaw of a tool that points down, from its pose (4, 4): the heading of its x axis about base z [rad]."""
    return float(np.arctan2(pose[1, 0], pose[0, 0]))


def downward(yaw: Array) -> Array:
    """Return rotations Rz(yaw) Rx(pi) of a tool that points straight down, shape (H, 3, 3)."""
    c, s, zero = np.cos(yaw), np.sin(yaw), np.zeros_like(yaw)
    return np.stack(
        [np.stack([c, s, zero], -1), np.stack([s, -c, zero], -1), np.stack([zero, zero, zero - 1.0], -1)], axis=-2
    )
