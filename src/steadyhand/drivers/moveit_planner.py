"""Plans of MoveItPy to joint goals and to named ones."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steadyhand.drivers.moveit_api import MoveIt, PlanningComponent
from steadyhand.drivers.moveit_error_codes import describe
from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.reasons import Reason
from steadyhand.execution.reference import Reference

Array = NDArray[np.float64]


class MoveItPlanner:
    """Plans from where the robot is, in this process.

    MoveItPy keeps the interpreter to itself while it plans: nothing of this process runs for up to the planning time,
    in no thread. So this is for an arm at rest.

    Args:
        moveit: What `steadyhand.drivers.moveit_py.open_moveit` returned.
        group: Planning group of the arm.
        joint_names: Joints of the arm in profile order, by name in the description.
        planning_time: Longest time that a plan may take [s].
        speed: Part of MoveIt's velocity and acceleration limits that a plan uses, above 0 and up to 1.
    """

    def __init__(
        self,
        moveit: MoveIt,
        group: str,
        joint_names: tuple[str, ...],
        *,
        planning_time: float = 0.5,
        speed: float = 0.5,
    ) -> None:
        self._moveit = moveit
        self._group = group
        self._joint_names = joint_names
        self._planning_time = planning_time
        self._speed = speed
        self._component = moveit.instance.get_planning_component(group)

    def plan(self, goal: Array) -> Reference:
        """Return a motion from where the robot is to joint positions.

        Args:
            goal: Shape (n,), in profile order [rad or m].

        Returns:
            The motion, with times from 0 on. MoveIt keeps its own limits, not those of the profile.

        Raises:
            RefusedError: There is none, or MoveIt cannot tell.
        """
        goals = dict(zip(self._joint_names, np.asarray(goal, dtype=np.float64).tolist(), strict=True))

        def set_goal(component: PlanningComponent) -> bool:
            with self._moveit.instance.get_planning_scene_monitor().read_only() as scene:
                state = copy(scene.current_state)
            state.joint_positions = goals
            state.update()
            return component.set_goal_state(robot_state=state)

        return self._planned(set_goal, "the joint goal")

    def plan_named(self, name: str) -> Reference:
        """Return a motion to a state that the SRDF names, as `plan` does.

        Raises:
            RefusedError: The group has no such state, or as `plan`.
        """
        known = list(self._component.named_target_states)
        if name not in known:
            raise RefusedError(
                Reason.PLANNING_FAILED, f"group {self._group} has no state '{name}' in the SRDF, but {', '.join(known)}"
            )
        return self._planned(lambda component: component.set_goal_state(configuration_name=name), f"'{name}'")

    def _planned(self, set_goal: Callable[[PlanningComponent], bool], where: str) -> Reference:
        try:
            parameters = self._moveit.plan_parameters(self._moveit.instance, "")
            parameters.planning_time = self._planning_time
            parameters.max_velocity_scaling_factor = self._speed
            parameters.max_acceleration_scaling_factor = self._speed
            self._component.set_start_state_to_current_state()
            if not set_goal(self._component):
                raise RefusedError(Reason.PLANNING_FAILED, f"MoveIt does not take {where} as a goal")
            response = self._component.plan(single_plan_parameters=parameters)
            if not response or response.trajectory is None:
                code = int(response.error_code.val)
                raise RefusedError(
                    Reason.PLANNING_FAILED,
                    f"MoveIt plans no motion of group {self._group} to {where}: {describe(code)}",
                )
            message = response.trajectory.get_robot_trajectory_msg()
        except RefusedError:
            raise
        except Exception as error:
            raise RefusedError(
                Reason.PLANNING_FAILED, f"MoveIt could not plan to {where}: {type(error).__name__}: {error}"
            ) from error
        return motion_of(message.joint_trajectory, self._joint_names)


def motion_of(trajectory: Any, joint_names: tuple[str, ...]) -> Reference:
    """Return a planned trajectory_msgs/JointTrajectory as a motion with times from 0 on.

    Args:
        trajectory: The message, its joints in any order.
        joint_names: The order wanted.

    Raises:
        RefusedError: It lacks a joint or velocities, does not go forward in time, or is not finite.
    """
    missing = [name for name in joint_names if name not in trajectory.joint_names]
    if missing:
        raise RefusedError(Reason.PLANNING_FAILED, f"MoveIt's plan lacks {', '.join(missing)}")
    columns = [list(trajectory.joint_names).index(name) for name in joint_names]
    points, width = trajectory.points, len(trajectory.joint_names)
    if len(points) < 2 or any(len(point.positions) != width or len(point.velocities) != width for point in points):
        raise RefusedError(Reason.PLANNING_FAILED, "MoveIt's plan lacks points, or positions and velocities of some")
    times = np.array([point.time_from_start.sec + 1e-9 * point.time_from_start.nanosec for point in points])
    positions = np.array([point.positions for point in points], dtype=np.float64)[:, columns]
    velocities = np.array([point.velocities for point in points], dtype=np.float64)[:, columns]
    # A planner without time parameterisation of its own may leave accelerations out.
    given = all(len(point.accelerations) == width for point in points)
    accelerations = (
        np.array([point.accelerations for point in points], dtype=np.float64)[:, columns]
        if given
        else np.zeros_like(positions)
    )
    finite = all(np.isfinite(values).all() for values in (times, positions, velocities, accelerations))
    if not finite or (np.diff(times) <= 0.0).any():
        raise RefusedError(Reason.PLANNING_FAILED, "MoveIt's plan is not finite, or does not go forward in time")
    return Reference(times - times[0], positions, velocities, accelerations)
