"""Policy, pilot and bridge with MoveIt: on its Panda demo with mock hardware, or beside a move_group that runs."""

from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, IncludeLaunchDescription, OpaqueFunction, Shutdown
from launch.conditions import IfCondition, UnlessCondition
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch.substitutions import LaunchConfiguration, PathJoinSubstitution
from launch_ros.actions import Node
from launch_ros.substitutions import FindPackageShare

SWITCH = ["true", "false"]
JUDGES = ["deployment", "simulator", "policy", "operator", "none"]
LOG_LEVELS = ["debug", "info", "warn", "error", "fatal"]
DEMO = "moveit_resources_panda"
DEMO_PACKAGE = f"{DEMO}_moveit_config"
CONTROLLERS = ["joint_state_broadcaster", "panda_arm_controller", "panda_hand_controller"]
REMEDY = (
    "The demo needs MoveIt and its Panda: sudo apt install ros-$ROS_DISTRO-moveit "
    "ros-$ROS_DISTRO-moveit-resources-panda-moveit-config ros-$ROS_DISTRO-ros2-controllers. "
    "Give join:=true where a move_group runs already."
)

ARGUMENTS = [
    DeclareLaunchArgument(
        "join",
        default_value="false",
        choices=SWITCH,
        description="Join the move_group and the controllers that run; false starts MoveIt's Panda on mock hardware.",
    ),
    DeclareLaunchArgument(
        "rviz",
        default_value="false",
        choices=SWITCH,
        description="Show MoveIt's view of the Panda demo in RViz.",
    ),
    DeclareLaunchArgument(
        "deployment",
        default_value="panda_embedded",
        description="Deployment that binds a policy to the robot: its name, or its file. The demo has no cameras.",
    ),
    DeclareLaunchArgument(
        "namespace",
        default_value="",
        description="Namespace of policy, pilot and bridge; empty for the root. All others keep their names.",
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
        description="Take the time from /clock; only with join, for mock hardware runs in real time.",
    ),
    DeclareLaunchArgument(
        "log_level",
        default_value="info",
        choices=LOG_LEVELS,
        description="Least severity that policy, pilot and bridge log.",
    ),
]


def demo(_context: object) -> list[Node]:
    """Everything that moveit_resources_panda_moveit_config's own demo starts, RViz and the database left out."""
    # Where MoveIt is not installed, joining must work all the same.
    try:
        from moveit_configs_utils import MoveItConfigsBuilder
    except ImportError as error:
        raise RuntimeError(f"{error}. {REMEDY}") from error
    try:
        configuration = (
            MoveItConfigsBuilder(DEMO)
            .robot_description(
                file_path="config/panda.urdf.xacro", mappings={"ros2_control_hardware_type": "mock_components"}
            )
            .robot_description_semantic(file_path="config/panda.srdf")
            .planning_scene_monitor(publish_robot_description=True, publish_robot_description_semantic=True)
            .trajectory_execution(file_path="config/gripper_moveit_controllers.yaml")
            .planning_pipelines(pipelines=["ompl", "pilz_industrial_motion_planner"])
            .to_moveit_configs()
        )
    except LookupError as error:  # PackageNotFoundError is one
        raise RuntimeError(f"{error}. {REMEDY}") from error
    move_group = Node(
        package="moveit_ros_move_group",
        executable="move_group",
        output="screen",
        parameters=[configuration.to_dict()],
        on_exit=Shutdown(reason="move_group ended"),
    )
    placement = Node(
        package="tf2_ros",
        executable="static_transform_publisher",
        name="static_transform_publisher",
        arguments=["0", "0", "0", "0", "0", "0", "world", "panda_link0"],
    )
    robot_state_publisher = Node(
        package="robot_state_publisher",
        executable="robot_state_publisher",
        name="robot_state_publisher",
        parameters=[configuration.robot_description],
    )
    control = Node(
        package="controller_manager",
        executable="ros2_control_node",
        output="screen",
        parameters=[PathJoinSubstitution([FindPackageShare(DEMO_PACKAGE), "config", "ros2_controllers.yaml"])],
        remappings=[("/controller_manager/robot_description", "/robot_description")],
        on_exit=Shutdown(reason="the controller manager ended"),
    )
    spawners = [
        Node(package="controller_manager", executable="spawner", arguments=[name, "-c", "/controller_manager"])
        for name in CONTROLLERS
    ]
    view = Node(
        package="rviz2",
        executable="rviz2",
        name="rviz2",
        arguments=["-d", PathJoinSubstitution([FindPackageShare(DEMO_PACKAGE), "launch", "moveit.rviz"])],
        parameters=[
            configuration.robot_description,
            configuration.robot_description_semantic,
            configuration.planning_pipelines,
            configuration.robot_description_kinematics,
            configuration.joint_limits,
        ],
        condition=IfCondition(LaunchConfiguration("rviz")),
    )
    return [placement, robot_state_publisher, control, *spawners, move_group, view]


def generate_launch_description() -> LaunchDescription:
    names = ("deployment", "namespace", "policy", "success", "autostart", "use_sim_time", "log_level")
    bringup = IncludeLaunchDescription(
        PythonLaunchDescriptionSource(
            PathJoinSubstitution([FindPackageShare("steadyhand"), "launch", "bringup.launch.py"])
        ),
        launch_arguments={name: LaunchConfiguration(name) for name in names}.items(),
    )
    panda = OpaqueFunction(function=demo, condition=UnlessCondition(LaunchConfiguration("join")))
    return LaunchDescription([*ARGUMENTS, panda, bringup])
