"""The part of moveit_py that is used, as its pybind11 sources of MoveIt 2.12 (Jazzy) and 2.14 (Kilted) declare it.

The stubs that moveit_py ships take anything and return anything, so that nothing could be checked against them.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from steadyhand.execution.reference import Reference


class RobotState(Protocol):
    """Positions of every joint. After a change `update` must run before anything is derived from them."""

    @property
    def joint_positions(self) -> dict[str, float]:
        """A copy of all positions, by joint [rad or m]; assigning sets those that are named."""
        ...

    @joint_positions.setter
    def joint_positions(self, positions: dict[str, float]) -> None: ...

    def update(self, force: bool = False, type: str = "all") -> None:
        """Compute the transforms of all links and collision bodies."""
        ...


class RobotTrajectory(Protocol):
    """Waypoints with durations. A new one belongs to no group until that is set."""

    joint_model_group_name: str

    def get_robot_trajectory_msg(self, joint_filter: list[str] = ...) -> Any:
        """Return it as moveit_msgs/RobotTrajectory."""
        ...

    def set_robot_trajectory_msg(self, robot_state: RobotState, msg: Any) -> Any:
        """Take the waypoints of a message over a state of all joints; what is returned is a copy of this object."""
        ...


class PlanningScene(Protocol):
    """What is around the robot. It may be used only while its lock is held."""

    @property
    def current_state(self) -> RobotState:
        """The state inside of the scene itself, whatever the lock: copy it before a change."""
        ...

    def is_state_colliding(self, robot_state: RobotState, joint_model_group_name: str, verbose: bool = False) -> bool:
        """Return whether the group touches anything in a state that is up to date."""
        ...

    def is_path_valid(self, trajectory: RobotTrajectory, joint_model_group_name: str, verbose: bool = False) -> bool:
        """Return whether every waypoint is free of contacts and feasible."""
        ...


class PlanningSceneMonitor(Protocol):
    """Keeps the scene up to date. A lock is taken by the call itself and given back where its ``with`` ends."""

    def read_only(self) -> AbstractContextManager[PlanningScene]:
        """Lock the scene against changes."""
        ...


class PlanRequestParameters(Protocol):
    """How to plan; read from the parameters of MoveItPy's node when it is made."""

    planning_time: float
    max_velocity_scaling_factor: float
    max_acceleration_scaling_factor: float


class ErrorCode(Protocol):
    """A moveit_msgs/MoveItErrorCodes."""

    val: int


class MotionPlanResponse(Protocol):
    """What a planner answers; true where it found something."""

    @property
    def trajectory(self) -> RobotTrajectory | None:
        """The plan."""
        ...

    @property
    def error_code(self) -> ErrorCode:
        """Why there is none."""
        ...

    def __bool__(self) -> bool: ...


class PlanningComponent(Protocol):
    """Plans for one group."""

    @property
    def named_target_states(self) -> list[str]:
        """Names of the group's states in the SRDF."""
        ...

    def set_start_state_to_current_state(self) -> None:
        """Plan from where the robot is."""
        ...

    def set_goal_state(self, configuration_name: str | None = None, robot_state: RobotState | None = None) -> bool:
        """Set exactly one goal."""
        ...

    def plan(self, single_plan_parameters: PlanRequestParameters | None = None) -> MotionPlanResponse:
        """Plan; the interpreter does nothing else meanwhile."""
        ...


class ExecutionStatus(Protocol):
    """How an execution ended; true where it succeeded."""

    @property
    def status(self) -> str:
        """UNKNOWN, RUNNING, SUCCEEDED, PREEMPTED, TIMED_OUT, ABORTED or FAILED."""
        ...

    def __bool__(self) -> bool: ...


class TrajectoryExecutionManager(Protocol):
    """Hands whole trajectories to controllers."""

    def stop_execution(self, auto_clear: bool = True) -> None:
        """Cancel what runs."""
        ...


class MoveItPy(Protocol):
    """MoveIt in this process."""

    def execute(self, robot_trajectory: RobotTrajectory, controllers: list[str]) -> ExecutionStatus:
        """Execute and wait, with the interpreter free; no controllers lets MoveIt choose them."""
        ...

    def get_planning_component(self, planning_component_name: str) -> PlanningComponent:
        """Return what plans for a group."""
        ...

    def get_planning_scene_monitor(self) -> PlanningSceneMonitor:
        """Return what keeps the scene."""
        ...

    def get_trajectory_execution_manager(self) -> TrajectoryExecutionManager:
        """Return what executes."""
        ...

    def get_robot_model(self) -> Any:
        """Return the robot's model."""
        ...

    def shutdown(self) -> None:
        """End rclcpp in this process; rclpy goes on."""
        ...


@dataclass(frozen=True)
class MoveIt:
    """MoveIt in this process, with the constructors that live in modules of their own.

    Attributes:
        instance: The MoveItPy.
        trajectory: Makes an empty RobotTrajectory for a robot model.
        plan_parameters: Makes PlanRequestParameters from a MoveItPy and a namespace of its parameters.
        message: Makes a moveit_msgs/RobotTrajectory of joint names and a reference, which begins at time 0.
    """

    instance: MoveItPy
    trajectory: Callable[[Any], RobotTrajectory]
    plan_parameters: Callable[[MoveItPy, str], PlanRequestParameters]
    message: Callable[[tuple[str, ...], Reference], Any]
