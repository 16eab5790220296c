"""Goals of FollowJointTrajectory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from steadyhand.simulation.controllers.goal import Goal
from steadyhand.simulation.controllers.tolerances import Tolerances
from steadyhand.simulation.controllers.trajectory import JointTrajectory


@dataclass(frozen=True)
class TrajectoryResult:
    """Outcome of FollowJointTrajectory: an error code of the action, and the same in words."""

    error_code: int
    error_string: str


class TrajectoryGoal(Goal[TrajectoryResult]):
    """A goal of FollowJointTrajectory.

    Attributes:
        trajectory: As received.
        tolerances: In force while this goal is.
    """

    def __init__(
        self,
        trajectory: JointTrajectory,
        tolerances: Tolerances,
        on_finish: Callable[[Goal[TrajectoryResult]], None] | None = None,
    ) -> None:
        super().__init__(on_finish)
        self.trajectory = trajectory
        self.tolerances = tolerances
