"""A model of ros2_control's JointTrajectoryController with position commands."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from steadyhand.simulation.controllers.exceptions import ControllerError
from steadyhand.simulation.controllers.goal import GoalStatus
from steadyhand.simulation.controllers.sampling import Playback, Sample, Setpoint
from steadyhand.simulation.controllers.tolerances import Tolerances, exceeded
from steadyhand.simulation.controllers.trajectory import Array, JointTrajectory, TrajectoryPoint, read_only
from steadyhand.simulation.controllers.trajectory_goal import TrajectoryGoal, TrajectoryResult
from steadyhand.simulation.controllers.validation import (
    GOAL_TOLERANCE_VIOLATED,
    INVALID_GOAL,
    PATH_TOLERANCE_VIOLATED,
    SUCCESSFUL,
    check_trajectory,
)


@dataclass(frozen=True)
class JointTrajectoryOptions:
    """Parameters of the controller, with ros2_controllers' names and defaults.

    Attributes:
        joint_names: Joints in the controller's order.
        update_period: Time between two updates [s].
        interpolate_from_desired_state: Enter a new trajectory from the last commanded state instead of the
            measured one.
        allow_nonzero_velocity_at_trajectory_end: Accept a trajectory whose last point moves.
        allow_partial_joints_goal: Accept a trajectory for some of the joints; the others hold.
        tolerances: Defaults for goals and topic; None for no checks.
    """

    joint_names: tuple[str, ...]
    update_period: float = 0.01
    interpolate_from_desired_state: bool = False
    allow_nonzero_velocity_at_trajectory_end: bool = False
    allow_partial_joints_goal: bool = False
    tolerances: Tolerances | None = None

    @property
    def default_tolerances(self) -> Tolerances:
        """The tolerances in force before any goal asks for others."""
        return self.tolerances or Tolerances.unchecked(len(self.joint_names))


@dataclass(frozen=True)
class TrackingState:
    """What the controller wanted and got at one update.

    Attributes:
        time: ROS clock [s].
        time_from_start: Time since the trajectory's start [s].
        desired: Where the trajectory is.
        positions: Measured, shape (n,) [rad or m].
        velocities: Measured, shape (n,) [rad/s or m/s].
        error: Desired less measured positions, shape (n,) [rad or m].
        next_index: Point being moved to.
    """

    time: float
    time_from_start: float
    desired: Setpoint
    positions: Array
    velocities: Array
    error: Array
    next_index: int


@dataclass
class JointTrajectoryController:
    """Follows joint trajectories with position commands, as ros2_controllers of Jazzy and Kilted do.

    It starts holding the position it is given. Not thread-safe: the caller serialises the calls.

    Source of the behaviour: ros2_controllers, joint_trajectory_controller/src, branches jazzy and kilted.

    Args:
        options: Parameters.
        positions: Measured positions at activation, shape (n,) [rad or m].

    Attributes:
        speed_scaling: Speed at which trajectories are played, 0 to 1.
        goal: The active goal, None where there is none.
        tracking: State at the last update, None before the first.
        command: Position command of the last update, shape (n,) [rad or m].
    """

    options: JointTrajectoryOptions
    positions: Array
    speed_scaling: float = 1.0
    goal: TrajectoryGoal | None = field(default=None, init=False)
    tracking: TrackingState | None = field(default=None, init=False)
    command: Array = field(init=False)

    def __post_init__(self) -> None:
        self.activate(self.positions)

    def activate(self, positions: Array) -> None:
        """Hold ``positions``, shape (n,) [rad or m], and forget all else. An active goal is aborted."""
        self._drop_goal("the controller was reset")
        still = read_only(np.zeros(len(self.options.joint_names)))
        self.command = read_only(positions)
        self._measured = self.command
        self._commanded = Setpoint(self.command, still, still)
        self._commanded_time: float | None = None
        self._tolerances = self.options.default_tolerances
        self._playback = Playback(self._standing_at(self.command))
        self._holding = True
        self._last_update: float | None = None
        self._trajectory_time = 0.0
        self.tracking = None

    def check(self, trajectory: JointTrajectory, now: float) -> None:
        """Refuse a trajectory that the controller would not accept at ``now``, ROS clock [s].

        Raises:
            RefusedTrajectoryError: With the code and the reason.
        """
        check_trajectory(
            trajectory,
            self.options.joint_names,
            now,
            allow_partial_joints_goal=self.options.allow_partial_joints_goal,
            allow_nonzero_velocity_at_trajectory_end=self.options.allow_nonzero_velocity_at_trajectory_end,
        )

    def follow(self, trajectory: JointTrajectory, now: float) -> None:
        """Replace what is being followed, as a message on the topic does.

        An active goal stays active and is judged by the new trajectory, with its own tolerances; so are later
        messages until another goal brings others.

        Raises:
            RefusedTrajectoryError: The old trajectory goes on.
        """
        self.check(trajectory, now)
        self._enter(trajectory)

    def start(self, goal: TrajectoryGoal, now: float) -> None:
        """Follow a goal's trajectory. A goal that was active is aborted.

        Raises:
            RefusedTrajectoryError: The goal is to be rejected; what was followed goes on.
        """
        self.check(goal.trajectory, now)
        self._drop_goal("a new goal took its place")
        self._enter(goal.trajectory)
        self._tolerances = goal.tolerances
        self.goal = goal

    def cancel(self, goal: TrajectoryGoal) -> None:
        """Hold the measured position and end the goal as canceled. A goal that is not active changes nothing."""
        if goal is not self.goal:
            return
        self._hold()
        self._finish(GoalStatus.CANCELED, SUCCESSFUL, "canceled by the client; holding the measured position")

    def update(self, now: float, positions: Array, velocities: Array) -> Array:
        """Return the position command until the next update, shape (n,) [rad or m].

        Args:
            now: ROS clock [s].
            positions: Measured, shape (n,) [rad or m].
            velocities: Measured, shape (n,) [rad/s or m/s].
        """
        self._measured = read_only(positions)
        first = not self._playback.begun
        if first:
            self._begin(now, velocities)
            self._trajectory_time = now
        elif self._last_update is not None:
            self._trajectory_time += (now - self._last_update) * self.speed_scaling
        self._last_update = now

        desired = self._playback.sample(self._trajectory_time)
        upcoming = self._playback.sample(self._trajectory_time + self.options.update_period)
        error = read_only(desired.setpoint.positions - self._measured)
        self.tracking = TrackingState(
            time=now,
            time_from_start=self._trajectory_time - self._playback.start,
            desired=desired.setpoint,
            positions=self._measured,
            velocities=read_only(velocities),
            error=error,
            next_index=desired.next_index,
        )
        self._advance(now, upcoming, error, first)
        return self.command

    def _advance(self, now: float, upcoming: Sample, error: Array, first: bool) -> None:
        """Command the upcoming setpoint unless a tolerance forbids it, and judge the goal."""
        moving = first or not upcoming.finished
        strayed = moving and not self._holding and exceeded(error, self._tolerances.path)
        outside = upcoming.finished and not self._holding and exceeded(error, self._tolerances.goal)
        overtime = self._trajectory_time - upcoming.reference_time
        late = outside and 0.0 < self._tolerances.goal_time < overtime

        if not strayed and not late:
            self.command = upcoming.setpoint.positions
            self._commanded, self._commanded_time = upcoming.setpoint, now
        if strayed:
            self._hold()
            worst = self.options.joint_names[int(np.argmax(np.abs(error)))]
            self._finish(
                GoalStatus.ABORTED,
                PATH_TOLERANCE_VIOLATED,
                f"joint {worst} is {np.max(np.abs(error)):.4f} off the path, beyond its tolerance",
            )
        elif late:
            self._hold()
            self._finish(
                GoalStatus.ABORTED,
                GOAL_TOLERANCE_VIOLATED,
                f"the goal was not reached within {self._tolerances.goal_time:g} s after the last point",
            )
        elif self.goal is not None and upcoming.finished and not outside:
            last = self._playback.trajectory.points[-1]
            self._replace(self._standing_at(last.positions, last.velocities, last.accelerations), holding=True)
            self._finish(GoalStatus.SUCCEEDED, SUCCESSFUL, "the last point was reached")

    def _begin(self, now: float, velocities: Array) -> None:
        if self.options.interpolate_from_desired_state:
            entry_time = now if self._commanded_time is None else self._commanded_time
            self._playback.begin(now, entry_time, self._commanded)
        else:
            still = np.zeros_like(self._measured)
            self._playback.begin(now, now, Setpoint(self._measured, read_only(velocities), still))

    def _enter(self, trajectory: JointTrajectory) -> None:
        self._replace(trajectory.arranged(self.options.joint_names, self.command), holding=False)

    def _hold(self) -> None:
        """Hold the MEASURED position, as the real controller does: the command steps back by the tracking error."""
        self._replace(self._standing_at(self._measured), holding=True)

    def _replace(self, trajectory: JointTrajectory, *, holding: bool) -> None:
        self._playback = Playback(trajectory)
        self._holding = holding

    def _standing_at(
        self, positions: Array, velocities: Array | None = None, accelerations: Array | None = None
    ) -> JointTrajectory:
        point = TrajectoryPoint(0.0, positions, velocities, accelerations)
        return JointTrajectory(0.0, self.options.joint_names, (point,))

    def _drop_goal(self, reason: str) -> None:
        self._finish(GoalStatus.ABORTED, INVALID_GOAL, f"the goal ended before its trajectory: {reason}")

    def _finish(self, status: GoalStatus, code: int, message: str) -> None:
        goal, self.goal = self.goal, None
        if goal is not None:
            goal.finish(status, TrajectoryResult(code, message))

    def goal_tolerances(
        self, path: dict[str, float], goal: dict[str, float], goal_time: float
    ) -> tuple[Tolerances, str]:
        """Return the tolerances that a goal with these requests gets, and what was wrong with the requests.

        As in the real controller, wrong requests leave the defaults in force.

        Args:
            path: Joint to position tolerance while moving [rad or m].
            goal: Joint to position tolerance at the end [rad or m].
            goal_time: [s].
        """
        defaults = self.options.default_tolerances
        try:
            return defaults.requested(self.options.joint_names, path, goal, goal_time), ""
        except ControllerError as error:
            return defaults, str(error)
