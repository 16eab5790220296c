"""Motions written as poses of the tool."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steadyhand.chunks.arm import arm_model
from steadyhand.chunks.columns import term_columns
from steadyhand.chunks.end_effector_positions import EndEffectorPositions
from steadyhand.chunks.end_effector_rotations import EndEffectorRotations
from steadyhand.chunks.exceptions import MeaningError
from steadyhand.chunks.splines import rotation_spline, spline
from steadyhand.kinematics.exceptions import UnreachableError
from steadyhand.kinematics.inverse import InverseKinematics
from steadyhand.profiles.action import EndEffectorPositionAction, EndEffectorRotationAction
from steadyhand.profiles.contract import Contract

Array = NDArray[np.float64]


class EndEffectorMotion:
    """Poses of the tool centre point in the policy's base frame, and the joint positions that reach them.

    The tool of a policy that writes no rotation keeps the observed one. Each pose is reached from the configuration
    of the one before, and the first from the observed one, so that the arm never changes its posture between rows.
    """

    def __init__(self, contract: Contract, arm: str = "") -> None:
        """Prepare the terms of one deployment.

        Args:
            contract: The resolved deployment, as the arm alone has it.
            arm: Name of the arm that the terms are about, of a robot with several.

        Raises:
            MeaningError: A term contradicts itself.
            KinematicsError: The deployment's base frame is moved by the arm.
        """
        robot = contract.robot
        self.arm = arm_model(contract)
        self._inverse = InverseKinematics(self.arm, robot.lower, robot.upper, robot.home_positions)
        self._rotations: tuple[EndEffectorRotations, slice] | None = None
        for term, columns in term_columns(contract.policy):
            if isinstance(term, EndEffectorPositionAction) and term.arm == arm:
                self._positions = (EndEffectorPositions(term), columns)
            elif isinstance(term, EndEffectorRotationAction) and term.arm == arm:
                self._rotations = (EndEffectorRotations(term), columns)

    def decode(self, rows: Array, observed: Array) -> Array:
        """Return poses of the tool centre point, shape (H, 4, 4) [m], of rows (H, D).

        Raises:
            MeaningError: A row stands for no rotation.
        """
        pose = self.arm.forward(observed)
        poses = np.repeat(pose[None], len(rows), axis=0)
        if self._rotations is not None:
            rotations, columns = self._rotations
            poses[:, :3, :3] = rotations.decode(rows[:, columns], pose[:3, :3])
        positions, columns = self._positions
        poses[:, :3, 3] = positions.decode(rows[:, columns], poses[:, :3, :3], pose)
        return poses

    def encode(self, motion: Array, observed: Array, rows: Array) -> None:
        """Write poses, shape (H, 4, 4) [m], into their columns of rows (H, D)."""
        pose = self.arm.forward(observed)
        positions, columns = self._positions
        rows[:, columns] = positions.encode(motion[:, :3, 3], motion[:, :3, :3], pose)
        if self._rotations is not None:
            rotations, columns = self._rotations
            rows[:, columns] = rotations.encode(motion[:, :3, :3], pose[:3, :3])

    def positions(self, motion: Array, observed: Array) -> Array:
        """Return joint positions that reach poses, shape (H, n) [rad or m].

        Raises:
            MeaningError: A pose is out of reach; names the row.
        """
        try:
            return self._inverse.solve_path(motion, observed)
        except UnreachableError as error:
            raise MeaningError(str(error)) from error

    def between(self, motion: Array, rows: Array, times: Array) -> Array:
        """Return poses at other times [s], shape (K,), than those of its rows, shape (H,)."""
        poses = np.repeat(np.eye(4)[None], len(times), axis=0)
        poses[:, :3, 3] = spline(rows, motion[:, :3, 3], times)
        poses[:, :3, :3] = rotation_spline(rows, motion[:, :3, :3], times)
        return poses

    def motion(self, positions: Array) -> Array:
        """Return the poses of joint positions, shape (H, 4, 4) [m]."""
        return np.stack([self.arm.forward(q) for q in positions])
