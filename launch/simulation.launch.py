"""The simulated Panda with policy, pilot and bridge: everything on one machine, no robot needed."""

import os

from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, IncludeLaunchDescription, SetEnvironmentVariable, Shutdown
from launch.conditions import IfCondition
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch.substitutions import LaunchConfiguration, PathJoinSubstitution
from launch_ros.actions import Node
from launch_ros.substitutions import FindPackageShare

SWITCH = ["true", "false"]
LOG_LEVELS = ["debug", "info", "warn", "error", "fatal"]

# Those of steadyhand.nodes.transports, which a launch file cannot count on importing.
PROFILE = "FASTRTPS" if os.environ.get("ROS_DISTRO") in ("humble", "iron", "jazzy") else "FASTDDS"
TRANSPORTS = {
    f"{PROFILE}_DEFAULT_PROFILES_FILE": PathJoinSubstitution([FindPackageShare("steadyhand"), "config", "fastdds.xml"]),
}

ARGUMENTS = [
    DeclareLaunchArgument(
        "deployment",
        default_value="panda_embedded",
        description="Deployment that binds a policy to the simulated Panda: its name, or the path of its file.",
    ),
    DeclareLaunchArgument(
        "namespace",
        default_value="",
        description="Namespace of policy, pilot and bridge; empty for the root.",
    ),
    DeclareLaunchArgument("task", default_value="pick", description="Task whose objects lie on the table."),
    DeclareLaunchArgument("seed", default_value="0", description="Seed of the scene: equal seeds give equal scenes."),
    DeclareLaunchArgument(
        "renderer",
        default_value="auto",
        choices=["auto", "egl", "osmesa", "raycast"],
        description="What draws the camera images; auto takes the first that works.",
    ),
    DeclareLaunchArgument(
        "viewer",
        default_value="false",
        choices=SWITCH,
        description="Show the simulator in a window.",
    ),
    DeclareLaunchArgument(
        "lockstep",
        default_value="false",
        choices=SWITCH,
        description="Publish /clock and wait for the nodes instead of running in real time.",
    ),
    DeclareLaunchArgument(
        "autostart",
        default_value="true",
        choices=SWITCH,
        description="Let the nodes configure and activate themselves; false for an outside lifecycle manager.",
    ),
    DeclareLaunchArgument(
        "tuned_transports",
        default_value="true",
        choices=SWITCH,
        description="Give Fast DDS shared memory with room for images; false inherits the environment.",
    ),
    DeclareLaunchArgument(
        "log_level",
        default_value="info",
        choices=LOG_LEVELS,
        description="Least severity that the nodes log.",
    ),
]


def generate_launch_description() -> LaunchDescription:
    transports = [
        SetEnvironmentVariable(name, value, condition=IfCondition(LaunchConfiguration("tuned_transports")))
        for name, value in TRANSPORTS.items()
    ]
    simulator = Node(
        package="steadyhand",
        executable="simulator",
        name="simulator",
        output="screen",
        ros_arguments=["--log-level", LaunchConfiguration("log_level")],
        parameters=[{name: LaunchConfiguration(name) for name in ("task", "seed", "renderer", "viewer", "lockstep")}],
        on_exit=Shutdown(reason="the simulator ended"),
    )
    shared = {name: LaunchConfiguration(name) for name in ("deployment", "namespace", "autostart", "log_level")}
    bringup = IncludeLaunchDescription(
        PythonLaunchDescriptionSource(
            PathJoinSubstitution([FindPackageShare("steadyhand"), "launch", "bringup.launch.py"])
        ),
        launch_arguments={**shared, "use_sim_time": LaunchConfiguration("lockstep")}.items(),
    )
    return LaunchDescription([*ARGUMENTS, *transports, simulator, bringup])
