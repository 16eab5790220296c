"""One camera node for each camera of a file."""

from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, OpaqueFunction
from launch.substitutions import LaunchConfiguration
from launch_ros.actions import Node
from launch_ros.parameter_descriptions import ParameterValue

from steadyhand.cameras.rig import load_rig

SWITCH = ["true", "false"]
LOG_LEVELS = ["debug", "info", "warn", "error", "fatal"]
RESPAWN_DELAY = 2.0

ARGUMENTS = [
    DeclareLaunchArgument(
        "cameras",
        default_value="two_usb",
        description="File of cameras: its name in a folder config/cameras, or its path. Each gets a namespace.",
    ),
    DeclareLaunchArgument(
        "namespace",
        default_value="",
        description="Namespace around those of the cameras; empty for the root, as deployments name their topics.",
    ),
    DeclareLaunchArgument(
        "autostart",
        default_value="true",
        choices=SWITCH,
        description="Let the nodes configure and activate themselves; false for an outside lifecycle manager.",
    ),
    DeclareLaunchArgument(
        "use_sim_time",
        default_value="false",
        choices=SWITCH,
        description="Stamp images with the time of /clock.",
    ),
    DeclareLaunchArgument(
        "log_level",
        default_value="info",
        choices=LOG_LEVELS,
        description="Least severity that the nodes log.",
    ),
]


def camera_nodes(context: object) -> list[Node]:
    """A node for each camera; one that dies is started again, and the others go on without it."""
    namespace = LaunchConfiguration("namespace").perform(context).strip("/")
    shared = {name: LaunchConfiguration(name) for name in ("autostart", "use_sim_time")}
    return [
        Node(
            package="steadyhand",
            executable="camera",
            name="camera",
            namespace="/".join(filter(None, ["", namespace, camera.name])),
            output="screen",
            ros_arguments=["--log-level", LaunchConfiguration("log_level")],
            # A word that looks like a number must stay a word.
            parameters=[
                {
                    **shared,
                    **{key: ParameterValue(value, value_type=type(value)) for key, value in camera.settings.items()},
                }
            ],
            respawn=True,
            respawn_delay=RESPAWN_DELAY,
        )
        for camera in load_rig(LaunchConfiguration("cameras").perform(context))
    ]


def generate_launch_description() -> LaunchDescription:
    return LaunchDescription([*ARGUMENTS, OpaqueFunction(function=camera_nodes)])
