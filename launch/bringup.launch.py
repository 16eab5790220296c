"""Policy, pilot and bridge, on a robot whose controllers and cameras already run."""

from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, OpaqueFunction, Shutdown
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
        "visualise",
        default_value="false",
        choices=SWITCH,
        description="Start the visualiser: paths and markers for RViz and Foxglove.",
    ),
    DeclareLaunchArgument(
        "respawn",
        default_value="false",
        choices=SWITCH,
        description="Start policy and visualiser again when they end; the arm then waits for a new goal.",
    ),
    DeclareLaunchArgument(
        "composed",
        default_value="false",
        choices=SWITCH,
        description="Run policy, bridge and pilot in one process; not recommended, see docs/lifecycle.md.",
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


RESPAWN_DELAY = 1.0


def chosen(context: object, name: str) -> bool:
    return LaunchConfiguration(name).perform(context) == "true"


def node(executable: str, parameters: dict[str, object] | None = None, **options: object) -> Node:
    return Node(
        package="steadyhand",
        executable=executable,
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
        **options,
    )


def ending(executable: str) -> dict[str, object]:
    """A graph that lacks one of its nodes can do nothing, so the end of one ends all."""
    return {"on_exit": Shutdown(reason=f"the {executable} node ended")}


def nodes(context: object) -> list[Node]:
    judge = {"success": LaunchConfiguration("success")}
    # What is started again must not end the others when it ends. Bridge and pilot are not: whatever ended them, an
    # episode and the robot's motion went with it, and a person has to look.
    again = {"respawn": True, "respawn_delay": RESPAWN_DELAY}
    respawn = chosen(context, "respawn")
    found = []
    if chosen(context, "composed"):
        names = ["bridge", "pilot", *(["policy"] if chosen(context, "policy") else [])]
        # No name: it would be that of every node in the process.
        found.append(node("stack", judge, arguments=names, **ending("stack")))
    else:
        if chosen(context, "policy"):
            found.append(node("policy", name="policy", **(again if respawn else ending("policy"))))
        found.append(node("bridge", name="bridge", **ending("bridge")))
        found.append(node("pilot", judge, name="pilot", **ending("pilot")))
    if chosen(context, "visualise"):
        found.append(node("visualiser", name="visualiser", **(again if respawn else {})))
    return found


def generate_launch_description() -> LaunchDescription:
    return LaunchDescription([*ARGUMENTS, OpaqueFunction(function=nodes)])
