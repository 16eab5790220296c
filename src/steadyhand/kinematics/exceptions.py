"""Errors of the kinematics."""

from __future__ import annotations

from steadyhand.exceptions import SteadyhandError


class KinematicsError(SteadyhandError):
    """A robot description, frame, pose or configuration that the kinematics cannot work with."""


class UnreachableError(KinematicsError):
    """No configuration within the joint limits brings the tool to the target.

    Attributes:
        position_residual: Distance left between the tool centre point and the target [m].
        rotation_residual: Angle left between the tool's orientation and the target's [rad].
        row: Row of the path that could not be reached, None for a single target.
        at_limit: Joints that stood at a limit at the closest configuration found.
    """

    def __init__(
        self,
        message: str,
        *,
        position_residual: float,
        rotation_residual: float,
        row: int | None = None,
        at_limit: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message)
        self.position_residual = position_residual
        self.rotation_residual = rotation_residual
        self.row = row
        self.at_limit = at_limit
