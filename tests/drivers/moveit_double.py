"""A double of moveit_py that holds its users to the signatures, the order of calls and the lock.

Signatures are those of the pybind11 sources of MoveIt 2.12.4. What would be undefined there, or silently wrong, is a
`Misuse` here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from steadyhand.drivers.moveit_api import MoveIt
from steadyhand.execution.reference import Reference

JOINTS = ("lift", "shoulder", "elbow")
FINGER = "finger"
GROUP = "arm"


class Misuse(BaseException):
    """Something that moveit_py would not survive, or would get wrong. No ``except Exception`` hides it."""


class Model:
    joints = (*JOINTS, FINGER)


class State:
    """As moveit.core.robot_state.RobotState: its transforms are those of the last `update`."""

    def __init__(self, robot_model: Model) -> None:
        self.robot_model = robot_model
        self._positions = dict.fromkeys(robot_model.joints, 0.0)
        self.dirty = True

    def __copy__(self) -> State:
        twin = State(self.robot_model)
        twin._positions = dict(self._positions)
        twin.dirty = self.dirty
        return twin

    @property
    def joint_positions(self) -> dict[str, float]:
        return dict(self._positions)

    @joint_positions.setter
    def joint_positions(self, positions: dict[str, float]) -> None:
        for name, value in positions.items():
            if name not in self._positions:
                raise IndexError(f"Variable '{name}' is not known to model")
            if type(value) is not float:
                raise TypeError(f"{name}: {type(value)} is no float")
            self._positions[name] = value
            self.dirty = True

    def update(self, force: bool = False, type: str = "all") -> None:
        if type not in ("all", "links_only", "collisions_only"):
            raise ValueError("Invalid category")
        if type == "all":
            self.dirty = False


class Trajectory:
    """As moveit.core.robot_trajectory.RobotTrajectory."""

    def __init__(self, robot_model: Model) -> None:
        self.robot_model = robot_model
        self.joint_model_group_name = ""
        self.message: Any = None

    def get_robot_trajectory_msg(self, joint_filter: list[str] = []) -> Any:  # noqa: B006
        if self.message is None:
            raise Misuse("a trajectory without waypoints")
        return self.message

    def set_robot_trajectory_msg(self, robot_state: State, msg: Any) -> Trajectory:
        if robot_state.dirty:
            raise Misuse("the reference state is not up to date")
        self.message = msg
        copied = Trajectory(self.robot_model)
        copied.joint_model_group_name, copied.message = self.joint_model_group_name, msg
        return copied


class Scene:
    """As moveit.core.planning_scene.PlanningScene: no use without the lock."""

    def __init__(self, rig: Rig) -> None:
        self._rig = rig

    @property
    def current_state(self) -> State:
        self._rig.need_lock()
        return self._rig.state

    def is_state_colliding(self, robot_state: State, joint_model_group_name: str, verbose: bool = False) -> bool:
        self._rig.need_lock()
        self._rig.need_group(joint_model_group_name)
        if robot_state.dirty:
            raise Misuse("update() was not called after the positions were changed")
        self._rig.checked.append(robot_state.joint_positions)
        return self._rig.touches(robot_state.joint_positions)

    def is_path_valid(self, trajectory: Trajectory, joint_model_group_name: str, verbose: bool = False) -> bool:
        self._rig.need_lock()
        self._rig.need_group(joint_model_group_name)
        points = trajectory.get_robot_trajectory_msg().joint_trajectory
        finger = {FINGER: self._rig.state.joint_positions[FINGER]}
        rows = ({**finger, **dict(zip(points.joint_names, point.positions, strict=True))} for point in points.points)
        return not any(self._rig.touches(row) for row in rows)


class Lock(AbstractContextManager[Scene]):
    """Held from the call that made it until its ``with`` ends; one that is never entered would be held for ever."""

    def __init__(self, rig: Rig) -> None:
        if rig.locks:
            raise Misuse("the scene is locked twice by one thread")
        rig.locks.append(self)
        self._rig = rig

    def __enter__(self) -> Scene:
        return Scene(self._rig)

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._rig.locks.remove(self)


class Monitor:
    def __init__(self, rig: Rig) -> None:
        self._rig = rig

    def read_only(self) -> Lock:
        self._rig.fail_where_told("read_only")
        return Lock(self._rig)


@dataclass
class Parameters:
    """As moveit.planning.PlanRequestParameters."""

    moveit_py: Instance
    namespace: str
    planning_time: float = 1.0
    max_velocity_scaling_factor: float = 1.0
    max_acceleration_scaling_factor: float = 1.0


@dataclass(frozen=True)
class ErrorCode:
    val: int


@dataclass(frozen=True)
class Response:
    trajectory: Trajectory | None
    error_code: ErrorCode

    def __bool__(self) -> bool:
        return self.error_code.val == 1


class Component:
    """As moveit.planning.PlanningComponent: exactly one goal, and a start, before a plan."""

    def __init__(self, rig: Rig) -> None:
        self._rig = rig
        self._started = False
        self.goal: State | str | None = None

    @property
    def named_target_states(self) -> list[str]:
        return ["ready", "folded"]

    def set_start_state_to_current_state(self) -> None:
        self._started = True

    def set_goal_state(self, configuration_name: str | None = None, robot_state: State | None = None) -> bool:
        if (configuration_name is None) == (robot_state is None):
            raise ValueError("Must specify exactly one goal")
        if robot_state is not None and robot_state.dirty:
            raise Misuse("the goal state is not up to date")
        if configuration_name is not None and configuration_name not in self.named_target_states:
            return False
        self.goal = robot_state if robot_state is not None else configuration_name
        return self._rig.takes_goals

    def plan(self, single_plan_parameters: Parameters | None = None) -> Response:
        if not self._started or self.goal is None:
            raise Misuse("a plan needs a start and a goal")
        if self._rig.locks:
            raise Misuse("planning locks the scene itself: a lock that is held is a deadlock")
        self._rig.fail_where_told("plan")
        self._rig.parameters = single_plan_parameters
        self._started = False
        if self._rig.plan_code != 1:
            return Response(None, ErrorCode(self._rig.plan_code))
        planned = Trajectory(self._rig.model)
        planned.message = self._rig.plan_message
        return Response(planned, ErrorCode(1))


@dataclass(frozen=True)
class Status:
    status: str

    def __bool__(self) -> bool:
        return self.status == "SUCCEEDED"


class Executions:
    def __init__(self, rig: Rig) -> None:
        self._rig = rig

    def stop_execution(self, auto_clear: bool = True) -> None:
        self._rig.stops += 1


class Instance:
    """As moveit.planning.MoveItPy."""

    def __init__(self, rig: Rig) -> None:
        self._rig = rig

    def execute(self, robot_trajectory: Trajectory, controllers: list[str]) -> Status:
        if type(controllers) is not list:
            raise TypeError("controllers must be a list")
        if self._rig.locks:
            raise Misuse("the scene is locked for as long as the arm moves")
        if not robot_trajectory.joint_model_group_name:
            return Status("ABORTED")
        self._rig.fail_where_told("execute")
        self._rig.executed.append(robot_trajectory.get_robot_trajectory_msg())
        return Status(self._rig.status)

    def get_planning_component(self, planning_component_name: str) -> Component:
        self._rig.need_group(planning_component_name)
        return Component(self._rig)

    def get_planning_scene_monitor(self) -> Monitor:
        return Monitor(self._rig)

    def get_trajectory_execution_manager(self) -> Executions:
        return Executions(self._rig)

    def get_robot_model(self) -> Model:
        return self._rig.model

    def shutdown(self) -> None:
        raise Misuse("it would end rclcpp in this process")


@dataclass
class Rig:
    """What the double does, and what was done with it.

    Attributes:
        touches: Whether a state touches something.
        plan_code: What a plan ends with; 1 is success.
        plan_message: The plan.
        takes_goals: Goals are taken.
        status: How an execution ends.
        failing: Call that raises a RuntimeError, as C++ exceptions arrive.
    """

    touches: Callable[[dict[str, float]], bool] = lambda _positions: False
    plan_code: int = 1
    plan_message: Any = None
    takes_goals: bool = True
    status: str = "SUCCEEDED"
    failing: str = ""
    model: Model = field(default_factory=Model)
    locks: list[Lock] = field(default_factory=list)
    checked: list[dict[str, float]] = field(default_factory=list)
    executed: list[Any] = field(default_factory=list)
    parameters: Parameters | None = None
    stops: int = 0

    def __post_init__(self) -> None:
        self.state = State(self.model)
        self.state.joint_positions = {FINGER: 0.04}
        self.state.update()

    def moveit(self) -> MoveIt:
        """Return it as the drivers take it."""
        constructors: Any = (Instance(self), Trajectory, Parameters, message)
        return MoveIt(*constructors)

    def need_lock(self) -> None:
        if not self.locks:
            raise Misuse("the scene is used outside of its lock")

    def need_group(self, name: str) -> None:
        if name != GROUP:
            raise Misuse(f"no group '{name}'")

    def fail_where_told(self, call: str) -> None:
        if self.failing == call:
            raise RuntimeError("an exception of C++")


@dataclass
class Duration:
    sec: int
    nanosec: int


@dataclass
class Point:
    positions: list[float]
    velocities: list[float]
    accelerations: list[float]
    time_from_start: Duration


@dataclass
class Points:
    joint_names: list[str]
    points: list[Point]


@dataclass
class Message:
    joint_trajectory: Points


def message(joint_names: tuple[str, ...], reference: Reference) -> Message:
    """Make what stands for a moveit_msgs/RobotTrajectory."""
    return Message(Points(list(joint_names), list(_points(reference))))


def _points(reference: Reference) -> Iterator[Point]:
    for k, time in enumerate(reference.times - reference.start):
        whole, rest = divmod(round(time * 1e9), 1_000_000_000)
        yield Point(
            reference.positions[k].tolist(),
            reference.velocities[k].tolist(),
            reference.accelerations[k].tolist(),
            Duration(whole, rest),
        )
