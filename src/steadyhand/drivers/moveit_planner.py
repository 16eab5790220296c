"""Plans of MoveItPy to joint goals and to named ones."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy

import numpy as np
from numpy.typing import NDArray

from steadyhand.drivers.moveit_api import MoveIt, PlanningComponent
from steadyhand.drivers.moveit_error_codes import describe
from steadyhand.drivers.planned_trajectory import read_plan
from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.planning import Plan
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
        return _motion(read_plan(message.joint_trajectory, self._joint_names))


def _motion(plan: Plan) -> Reference:
    """Return a plan as it is, with times from 0 on.

    Raises:
        RefusedError: It lacks velocities or points, does not go forward in time, or is not finite.
    """
    if len(plan.times) < 2 or plan.velocities is None:
        raise RefusedError(Reason.PLANNING_FAILED, "MoveIt's plan lacks points, or velocities of some")
    # A planner without time parameterisation of its own may leave accelerations out.
    accelerations = np.zeros_like(plan.positions) if plan.accelerations is None else plan.accelerations
    finite = all(np.isfinite(values).all() for values in (plan.times, plan.positions, plan.velocities, accelerations))
    if not finite or (np.diff(plan.times) <= 0.0).any():
        raise RefusedError(Reason.PLANNING_FAILED, "MoveIt's plan is not finite, or does not go forward in time")
    return Reference(plan.times - plan.times[0], plan.positions, plan.velocities, accelerations)
