"""MoveIt in this process, through MoveItPy."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, cast

from steadyhand.drivers.exceptions import DriverError
from steadyhand.drivers.moveit_api import MoveIt, MoveItPy
from steadyhand.execution.reference import Reference
from steadyhand.profiles.binding import JointMap

NODE_NAME = "steadyhand_moveit_py"
"""Name of MoveItPy's own node; its parameters must be under this name where they come from a file."""

# What Jazzy's and Kilted's bindings take. Humble's execute takes (group_name, robot_trajectory, blocking).
_EXECUTE = ("robot_trajectory", "controllers")
_REMEDY = (
    "Install it where this node runs: sudo apt install ros-$ROS_DISTRO-moveit-py ros-$ROS_DISTRO-moveit-msgs (Jazzy or "
    "newer); or choose 'move_group' in the robot profile, which needs only a move_group that runs"
)


def open_moveit(configuration: Mapping[str, Any] | None = None) -> MoveIt:
    """Start MoveItPy in this process.

    It has a node and a thread of its own, and rclcpp's context, which is not rclpy's.

    Args:
        configuration: Parameters, as ``MoveItConfigs.to_dict()`` gives them, with those of ``moveit_cpp()``. None for
            those of the parameter files on this process's command line under `NODE_NAME`.

    Raises:
        DriverError: MoveItPy is not installed, of an unknown release, or does not start.
    """
    try:
        import moveit_msgs.msg  # noqa: F401
        from moveit.core.robot_trajectory import RobotTrajectory
        from moveit.planning import MoveItPy as Instance
        from moveit.planning import PlanRequestParameters
    except ImportError as error:
        raise DriverError(f"MoveItPy cannot be imported: {error}. {_REMEDY}.") from error
    check_release(Instance.execute)
    # An argument that is not given keeps its default: the parameter files of the command line.
    given = {} if configuration is None else {"config_dict": dict(configuration)}
    try:
        # The service of the planning scene belongs to the move_group that may run beside it.
        instance = Instance(node_name=NODE_NAME, provide_planning_service=False, **given)
    except Exception as error:
        raise DriverError(
            f"MoveItPy does not start: {error}. See that its parameters hold robot_description, "
            f"robot_description_semantic, planning_pipelines.pipeline_names and planning_scene_monitor_options."
        ) from error
    return MoveIt(cast(MoveItPy, instance), RobotTrajectory, PlanRequestParameters, robot_trajectory)


@cache
def resident(package: str) -> MoveIt:
    """Return the MoveIt of this process, started with a MoveIt configuration package; one serves scene and planner.

    Args:
        package: Its name, ``NAME_moveit_config``, which must hold ``config/moveit_cpp.yaml`` as MoveItPy asks for.

    Raises:
        DriverError: As `open_moveit`, or the configuration cannot be read.
    """
    try:
        from moveit_configs_utils import MoveItConfigsBuilder
    except ImportError as error:
        raise DriverError(f"moveit_configs_utils cannot be imported: {error}. {_REMEDY}.") from error
    try:
        builder = MoveItConfigsBuilder(package.removesuffix("_moveit_config"), package_name=package)
        configuration = builder.moveit_cpp().to_moveit_configs().to_dict()
    except Exception as error:
        raise DriverError(
            f"the MoveIt configuration package '{package}' cannot be read: {error}. See that it is built and sourced, "
            "and that it has config/moveit_cpp.yaml."
        ) from error
    return open_moveit(configuration)


def check_release(execute: Callable[..., Any]) -> None:
    """Refuse a moveit_py whose `execute` takes other arguments than this driver gives.

    Raises:
        DriverError: It is Humble's, or one that cannot be told.
    """
    found = _argument_names(execute)
    if found == _EXECUTE:
        return
    said = f"its MoveItPy.execute takes ({', '.join(found)})" if found else "its MoveItPy.execute tells no arguments"
    whose = "that of Humble" if "blocking" in found else "of an unknown release"
    raise DriverError(
        f"moveit_py is {whose}: {said}, and ({', '.join(_EXECUTE)}) is needed. Use MoveIt of Jazzy or Kilted, or "
        "choose 'move_group' in the robot profile."
    )


def _argument_names(function: Callable[..., Any]) -> tuple[str, ...]:
    """Return the names of a method's arguments; bound C++ tells them only in the first line of its documentation."""
    try:
        names = tuple(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        line = (function.__doc__ or "").partition("\n")[0]
        names = tuple(re.findall(r"[(,]\s*(\w+):", line))
    return tuple(name for name in names if name != "self")


def robot_trajectory(joint_names: tuple[str, ...], reference: Reference) -> Any:
    """Return a reference as moveit_msgs/RobotTrajectory, with times from its first knot on."""
    from builtin_interfaces.msg import Time
    from moveit_msgs.msg import RobotTrajectory

    from steadyhand.drivers.trajectory import TrajectoryWriter

    message = TrajectoryWriter(JointMap.by_name(joint_names)).message(reference)
    message.header.stamp = Time()  # MoveIt begins when it is told to
    return RobotTrajectory(joint_trajectory=message)
