"""Policy, pilot and bridge, on a robot whose controllers and cameras already run."""

from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, Shutdown
from launch.conditions import IfCondition
from launch.substitutions import LaunchConfiguration
from launch_ros.actions import Node

SWITCH = ["true", "false"]
JUDGES = ["deployment", "simulator", "policy", "operator", "none"]
LOG_LEVELS = ["debug", "info", "warn", "error", "fatal"]

ARGUMENTS = [
    DeclareLaunchArgument(
        "deployment",
        default_value="panda_embedded",
        description="Deployment that binds a policy to the robot: its name, or the path of its file.",
    ),
    DeclareLaunchArgument(
        "namespace",
        default_value="",
        description="Namespace of the nodes; empty for the root. Controllers and cameras keep their names.",
    ),
    DeclareLaunchArgument(
        "policy",
        default_value="true",
        choices=SWITCH,
        description="Start the policy node here; false where it runs on another machine.",
    ),
    DeclareLaunchArgument(
        "success",
        default_value="deployment",
        choices=JUDGES,
        description="Who says that an instruction was carried out; deployment for whom the deployment names.",
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
        description="Take the time from /clock, as under a simulator or a replayed recording.",
    ),
    DeclareLaunchArgument(
        "log_level",
        default_value="info",
        choices=LOG_LEVELS,
        description="Least severity that the nodes log.",
    ),
]


def node(executable: str, parameters: dict[str, object] | None = None, **options: object) -> Node:
    """One of the nodes. A graph that lacks one can do nothing, so the end of one ends all."""
    return Node(
        package="steadyhand",
        executable=executable,
        name=executable,
        namespace=LaunchConfiguration("namespace"),
        output="screen",
        ros_arguments=["--log-level", LaunchConfiguration("log_level")],
        parameters=[
            {
                "deployment": LaunchConfiguration("deployment"),
                "autostart": LaunchConfiguration("autostart"),
                "use_sim_time": LaunchConfiguration("use_sim_time"),
                **(parameters or {}),
            }
        ],
        on_exit=Shutdown(reason=f"the {executable} node ended"),
        **options,
    )


def generate_launch_description() -> LaunchDescription:
    return LaunchDescription(
        [
            *ARGUMENTS,
            node("policy", condition=IfCondition(LaunchConfiguration("policy"))),
            node("bridge"),
            node("pilot", {"success": LaunchConfiguration("success")}),
        ]
    )
