"""A model of ros2_control's gripper action controllers with position commands."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from steadyhand.simulation.controllers.exceptions import ControllerError
from steadyhand.simulation.controllers.goal import Goal, GoalStatus


@dataclass(frozen=True)
class GripperOptions:
    """Parameters of the controller, with ros2_controllers' names and defaults.

    Attributes:
        goal_tolerance: Distance at which the goal counts as reached [m].
        max_effort: Effort while no goal has asked for one [N]; 0 leaves it to the hardware.
        allow_stalling: A stall ends a goal as succeeded instead of aborted.
        stall_velocity_threshold: Slower than this counts as standing [m/s].
        stall_timeout: Standing for longer than this, away from the goal, is a stall [s].
    """

    goal_tolerance: float = 0.01
    max_effort: float = 0.0
    allow_stalling: bool = False
    stall_velocity_threshold: float = 0.001
    stall_timeout: float = 1.0


@dataclass(frozen=True)
class GripperResult:
    """Outcome of GripperCommand and ParallelGripperCommand.

    Attributes:
        position: Measured at the end [m].
        effort: Effort limit in force [N].
        stalled: The fingers stood still away from the goal.
        reached_goal: The fingers came within the tolerance.
    """

    position: float
    effort: float
    stalled: bool = False
    reached_goal: bool = False


class GripperGoal(Goal[GripperResult]):
    """A goal of GripperCommand.

    Attributes:
        position: Where the finger joint is to be [m].
        max_effort: Largest effort [N]; 0 leaves it to the hardware.

    Raises:
        ControllerError: A value is not finite, or the effort is negative.
    """

    def __init__(
        self,
        position: float,
        max_effort: float,
        on_finish: Callable[[Goal[GripperResult]], None] | None = None,
    ) -> None:
        super().__init__(on_finish)
        if not (math.isfinite(position) and math.isfinite(max_effort) and max_effort >= 0.0):
            raise ControllerError(
                f"a gripper goal asks for position {position} m with at most {max_effort} N; "
                "the position must be finite and the effort at least 0"
            )
        self.position = position
        self.max_effort = max_effort


@dataclass
class GripperController:
    """Moves one finger joint to commanded positions, as ros2_controllers of Jazzy and Kilted do.

    It starts holding the position it is given. Not thread-safe: the caller serialises the calls.

    Source of the behaviour: ros2_controllers, gripper_controllers and parallel_gripper_controller, branches jazzy and
    kilted. A preempted goal ends as canceled there.

    Args:
        options: Parameters.
        position: Measured at activation [m].

    Attributes:
        goal: The active goal, None where there is none.
        command: Position command [m].
        max_effort: Effort limit in force [N]; 0 leaves it to the hardware.
    """

    options: GripperOptions
    position: float
    goal: GripperGoal | None = field(default=None, init=False)
    command: float = field(init=False)
    max_effort: float = field(init=False)

    def __post_init__(self) -> None:
        self.activate(self.position)

    def activate(self, position: float) -> None:
        """Hold ``position`` [m] and forget all else. An active goal is aborted."""
        self.position = position
        self._finish(GoalStatus.ABORTED)
        self.command = position
        self.max_effort = self.options.max_effort
        self._last_movement = 0.0

    def start(self, goal: GripperGoal, now: float) -> None:
        """Move to a goal. One that was active ends as canceled.

        Args:
            goal: Where to.
            now: ROS clock [s].
        """
        self._finish(GoalStatus.CANCELED)
        self.command = goal.position
        self.max_effort = goal.max_effort
        self._last_movement = now
        self.goal = goal

    def cancel(self, goal: GripperGoal) -> None:
        """Hold the measured position and end the goal as canceled. A goal that is not active changes nothing."""
        if goal is not self.goal:
            return
        self.command = self.position
        self.max_effort = self.options.max_effort
        self._finish(GoalStatus.CANCELED)

    def update(self, now: float, position: float, velocity: float) -> tuple[float, float]:
        """Return position command [m] and effort limit [N] until the next update.

        Args:
            now: ROS clock [s].
            position: Measured [m].
            velocity: Measured [m/s].
        """
        self.position = position
        if self.goal is not None:
            if abs(self.command - position) < self.options.goal_tolerance:
                self._finish(GoalStatus.SUCCEEDED, reached_goal=True)
            elif abs(velocity) > self.options.stall_velocity_threshold:
                self._last_movement = now
            elif now - self._last_movement > self.options.stall_timeout:
                status = GoalStatus.SUCCEEDED if self.options.allow_stalling else GoalStatus.ABORTED
                self._finish(status, stalled=True)
        return self.command, self.max_effort

    def _finish(self, status: GoalStatus, *, stalled: bool = False, reached_goal: bool = False) -> None:
        goal, self.goal = self.goal, None
        if goal is not None:
            goal.finish(status, GripperResult(self.position, self.max_effort, stalled, reached_goal))
