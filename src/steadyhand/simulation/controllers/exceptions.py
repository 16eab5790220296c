"""Errors of the simulated controllers."""

from __future__ import annotations

from steadyhand.exceptions import SteadyhandError


class ControllerError(SteadyhandError):
    """A simulated controller was asked for something it cannot do."""


class RefusedTrajectoryError(ControllerError):
    """A trajectory that a JointTrajectoryController would not accept.

    Attributes:
        code: The error code of FollowJointTrajectory that names the reason.
    """

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
