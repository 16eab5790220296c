"""The launch files resolve, refuse what they do not offer, and start the graph they describe."""

import ast
import json
import os
import re
import runpy
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
from pathlib import Path
from unittest.mock import MagicMock

import pytest
import yaml

from steadyhand.nodes.transports import tuned_environment

CHECKOUT = Path(__file__).resolve().parents[2]
LAUNCH = CHECKOUT / "launch"
PROBE = Path(__file__).with_name("graph_probe.py")
# The runner is built for the Python of another release; it only needs the symbols.
WANTED_LIBRARY = "libpython3.10.so.1.0"
MARK = "STEADYHAND_LAUNCH_TEST"
PATIENCE = 90.0

GRAPH = {
    "/joint_states": "sensor_msgs/msg/JointState",
    "/front_camera/image_raw": "sensor_msgs/msg/Image",
    "/wrist_camera/camera_info": "sensor_msgs/msg/CameraInfo",
    "/panda_arm_controller/joint_trajectory": "trajectory_msgs/msg/JointTrajectory",
    "/simulator/reset": "steadyhand/srv/ResetScene",
    "/simulator/task_status": "steadyhand/srv/GetTaskStatus",
    "/left/action_chunk": "steadyhand/msg/ActionChunk",
    "/left/execution_state": "steadyhand/msg/ExecutionState",
    "/left/policy/heartbeat": "std_msgs/msg/Header",
    "/left/policy/set_episode": "steadyhand/srv/SetEpisode",
    "/left/bridge/set_episode": "steadyhand/srv/SetEpisode",
    "/left/bridge/stop": "std_srvs/srv/Trigger",
    "/left/pilot/status": "steadyhand/msg/PilotStatus",
}


TUNED = [name for name in tuned_environment() if "DDS_" in name or "RTPS_" in name]


@pytest.fixture(scope="module")
def runner(ros_environment, tmp_path_factory):
    """Command of the launch-file runner, and its environment."""
    command = shutil.which("play_launch", path=str(Path(sys.executable).parent))
    if command is None:
        pytest.skip("no launch-file runner in this environment")
    library = Path(sysconfig.get_config_var("LIBDIR")) / sysconfig.get_config_var("INSTSONAME")
    if not library.is_file():
        pytest.skip(f"this Python has no shared library {library}, which the launch-file runner needs")
    folder = tmp_path_factory.mktemp("lib")
    (folder / WANTED_LIBRARY).symlink_to(library)
    paths = [str(folder), os.environ.get("LD_LIBRARY_PATH", "")]
    environment = {**os.environ, **ros_environment, "LD_LIBRARY_PATH": ":".join(filter(None, paths))}
    # What the launch files set must come from them.
    for name in TUNED:
        del environment[name]
    return command, environment


@pytest.fixture
def resolve(runner):
    """Resolve a launch file with arguments; return the nodes by name."""
    command, environment = runner

    def run(name, *arguments, by_package=True):
        place = ["steadyhand", name] if by_package else [str(LAUNCH / name)]
        done = subprocess.run(
            [command, "resolve", *place, *arguments, "-o", "-"], env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return yaml.safe_load(done.stdout)["structure"]["nodes"]

    return run


def test_bringup_starts_policy_bridge_and_pilot(resolve):
    nodes = resolve("bringup.launch.py")
    assert set(nodes) == {"/policy", "/bridge", "/pilot"}
    for name, node in nodes.items():
        assert (node["pkg"], node["exec"]) == ("steadyhand", name[1:])
        assert node["params"]["deployment"] == "panda_embedded"
        assert node["params"]["autostart"] is True
        assert node["params"]["use_sim_time"] is False
        assert "env" not in node


def test_bringup_hands_its_arguments_to_every_node(resolve):
    arguments = ("deployment:=mine", "namespace:=left", "autostart:=false", "use_sim_time:=true", "log_level:=debug")
    nodes = resolve("bringup.launch.py", *arguments)
    assert set(nodes) == {"/left/policy", "/left/bridge", "/left/pilot"}
    for node in nodes.values():
        assert node["params"]["deployment"] == "mine"
        assert node["params"]["autostart"] is False
        assert node["params"]["use_sim_time"] is True
        assert node["ros_args"] == ["--log-level", "debug"]


def test_the_policy_may_run_elsewhere(resolve):
    assert set(resolve("bringup.launch.py", "policy:=false")) == {"/bridge", "/pilot"}


def test_the_visualiser_comes_when_asked_for(resolve):
    nodes = resolve("bringup.launch.py", "visualise:=true", "namespace:=left")
    assert set(nodes) == {"/left/policy", "/left/bridge", "/left/pilot", "/left/visualiser"}
    assert nodes["/left/visualiser"]["params"]["deployment"] == "panda_embedded"
    assert "/visualiser" in resolve("simulation.launch.py", "visualise:=true")


def test_only_what_holds_no_motion_is_started_again(resolve):
    plain, again = (resolve("bringup.launch.py", "visualise:=true", f"respawn:={value}") for value in ("false", "true"))
    assert {name for name, node in plain.items() if "on_exit" in node} == {"/policy", "/bridge", "/pilot"}
    # What is started again must not end the others.
    assert {name for name, node in again.items() if "on_exit" in node} == {"/bridge", "/pilot"}


def test_what_is_started_again_is_so_after_a_delay(monkeypatch):
    """The runner does not know respawn: the file itself, with recorders in the place of launch's classes."""
    for name in (
        "launch",
        "launch.actions",
        "launch.conditions",
        "launch.substitutions",
        "launch_ros",
        "launch_ros.actions",
    ):
        monkeypatch.setitem(sys.modules, name, MagicMock())
    values = {"respawn": "true", "visualise": "true", "policy": "true", "composed": "false"}
    sys.modules["launch.substitutions"].LaunchConfiguration = lambda name: MagicMock(
        perform=lambda _context: values[name]
    )
    sys.modules["launch_ros.actions"].Node = lambda **given: given
    nodes = {node["name"]: node for node in runpy.run_path(str(LAUNCH / "bringup.launch.py"))["nodes"](None)}
    for name, node in nodes.items():
        assert node.get("respawn", False) is (name in ("policy", "visualiser"))
        assert ("on_exit" in node) is (name in ("bridge", "pilot"))
    assert nodes["policy"]["respawn_delay"] == 1.0


def test_composed_there_is_one_process_with_the_nodes_named(resolve):
    (stack,) = resolve("bringup.launch.py", "composed:=true", "success:=operator").values()
    assert stack["exec"] == "stack" and stack["args"] == ["bridge", "pilot", "policy"]
    assert stack["params"]["success"] == "operator"
    (elsewhere,) = resolve("bringup.launch.py", "composed:=true", "policy:=false").values()
    assert elsewhere["args"] == ["bridge", "pilot"]


def test_simulation_starts_the_simulator_and_bringup_with_tuned_transports(resolve):
    nodes = resolve("simulation.launch.py")
    assert set(nodes) == {"/simulator", "/policy", "/bridge", "/pilot"}
    for node in nodes.values():
        values = {entry["name"]: entry["value"] for entry in node["env"]}
        (profile,) = (Path(values[name]) for name in TUNED if name in values)
        assert profile.is_file()
        assert profile.name == "fastdds.xml"


def test_transports_can_be_inherited(resolve):
    assert not any("env" in node for node in resolve("simulation.launch.py", "tuned_transports:=false").values())


def test_lockstep_puts_every_other_node_on_the_simulated_clock(resolve):
    nodes = resolve("simulation.launch.py", "lockstep:=true", "seed:=7", "renderer:=raycast", "namespace:=left")
    simulator = nodes.pop("/simulator")["params"]
    assert (simulator["lockstep"], simulator["seed"], simulator["renderer"]) == (True, 7, "raycast")
    assert set(nodes) == {"/left/policy", "/left/bridge", "/left/pilot"}
    assert all(node["params"]["use_sim_time"] is True for node in nodes.values())


def test_moveit_is_joined_with_policy_bridge_and_pilot_alone(resolve):
    nodes = resolve("moveit.launch.py", "join:=true", "namespace:=left", "policy:=false", "use_sim_time:=true")
    assert set(nodes) == {"/left/bridge", "/left/pilot"}
    assert all(node["params"]["use_sim_time"] is True for node in nodes.values())


def test_moveits_demo_says_what_to_install_where_it_is_not(runner):
    command, environment = runner
    done = subprocess.run(
        [command, "resolve", "steadyhand", "moveit.launch.py", "-o", "-"],
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0
    assert "ros-$ROS_DISTRO-moveit-resources-panda-moveit-config" in done.stderr
    assert "join:=true" in done.stderr


# Of demo.launch.py in moveit_resources_panda_moveit_config, branch ros2, ef5836d.
DEMO = {
    ("tf2_ros", "static_transform_publisher"),
    ("robot_state_publisher", "robot_state_publisher"),
    ("moveit_ros_move_group", "move_group"),
    ("controller_manager", "ros2_control_node"),
    ("controller_manager", "spawner"),
}
BUILDER = """
class Configurations:
    robot_description = {"robot_description": "<robot/>"}
    robot_description_semantic = robot_description_kinematics = planning_pipelines = joint_limits = {}

    def to_dict(self):
        return {**self.robot_description, "asked": ASKED}


ASKED = []


class MoveItConfigsBuilder:
    def __init__(self, robot_name):
        ASKED.append(robot_name)

    def __getattr__(self, name):
        def ask(**given):
            ASKED.append(name)
            ASKED.extend(str(value) for value in given.values())
            return Configurations() if name == "to_moveit_configs" else self

        return ask
"""


def test_moveits_demo_is_started_as_its_own_launch_file_does(runner, tmp_path):
    command, environment = runner
    package = "moveit_resources_panda_moveit_config"
    for path, text in {
        "python/moveit_configs_utils.py": BUILDER,
        f"share/ament_index/resource_index/packages/{package}": "",
        f"share/{package}/config/ros2_controllers.yaml": "controller_manager: {ros__parameters: {update_rate: 100}}",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    environment = {
        **environment,
        "PYTHONPATH": str(tmp_path / "python"),
        "AMENT_PREFIX_PATH": f"{tmp_path}:{environment.get('AMENT_PREFIX_PATH', '')}",
    }
    done = subprocess.run(
        [command, "resolve", "steadyhand", "moveit.launch.py", "-o", "-"],
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    nodes = yaml.safe_load(done.stdout)["structure"]["nodes"].values()
    assert {(node["pkg"], node["exec"]) for node in nodes if node["pkg"] != "steadyhand"} == DEMO
    spawned = {node["args"][0] for node in nodes if node["exec"] == "spawner"}
    assert spawned == {"joint_state_broadcaster", "panda_arm_controller", "panda_hand_controller"}
    (control,) = (node for node in nodes if node["exec"] == "ros2_control_node")
    assert control["remaps"] == [{"from": "/controller_manager/robot_description", "to": "/robot_description"}]
    (move_group,) = (node for node in nodes if node["exec"] == "move_group")
    asked = str(move_group["params"]["asked"])
    for word in ("moveit_resources_panda", "config/panda.urdf.xacro", "mock_components", "config/panda.srdf"):
        assert word in asked
    assert "config/gripper_moveit_controllers.yaml" in asked
    assert {"policy", "bridge", "pilot"} <= {node["exec"] for node in nodes}


def write_cameras(folder, text):
    path = folder / "desk.yaml"
    path.write_text(text)
    return str(path)


def test_cameras_are_started_one_by_one_in_namespaces_of_their_own(resolve, tmp_path):
    file = write_cameras(
        tmp_path,
        "cameras:\n  front_camera: {source: /dev/video0, width: 640, height: 480, rate: 30, pixel_format: 'NV12'}\n"
        "  wrist_camera: {source: wrist, rate: 15.0, loop: false, frame_id: '7', jpeg_quality: 70}\n",
    )
    nodes = resolve("cameras.launch.py", f"cameras:={file}", "use_sim_time:=true", "log_level:=debug")
    assert set(nodes) == {"/front_camera/camera", "/wrist_camera/camera"}
    for node in nodes.values():
        assert (node["pkg"], node["exec"]) == ("steadyhand", "camera")
        assert (node["params"]["autostart"], node["params"]["use_sim_time"]) == (True, True)
        assert node["ros_args"] == ["--log-level", "debug"]
    front, wrist = (nodes[f"/{name}_camera/camera"]["params"] for name in ("front", "wrist"))
    assert (front["source"], front["width"], front["rate"], front["pixel_format"]) == ("/dev/video0", 640, 30.0, "NV12")
    assert front["frame_id"] == "front_camera_optical_frame"
    assert (wrist["source"], wrist["loop"], wrist["jpeg_quality"]) == (str(tmp_path / "wrist"), False, 70)
    assert set(resolve("cameras.launch.py", "namespace:=left")) == {
        "/left/front_camera/camera",
        "/left/wrist_camera/camera",
    }


def test_what_is_wrong_with_a_file_of_cameras_is_said_before_anything_starts(runner, tmp_path):
    command, environment = runner
    file = write_cameras(tmp_path, "cameras: {front: {sorce: /dev/video0, rate: fast}}")
    for given, said in ((file, ("desk.yaml", "Did you mean 'source'", "must be a number")), ("dsk", ("two_usb",))):
        done = subprocess.run(
            [command, "resolve", "steadyhand", "cameras.launch.py", f"cameras:={given}", "-o", "-"],
            env=environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode != 0
        for text in said:
            assert text in done.stderr


def test_a_camera_that_dies_is_started_again():
    # The runner of these tests does not start anything again; the reference does where the file says so.
    tree = ast.parse((LAUNCH / "cameras.launch.py").read_text())
    (node,) = (call for call in ast.walk(tree) if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Node")
    given = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
    assert given["respawn"] == "True" and given["respawn_delay"] == "RESPAWN_DELAY"
    assert "on_exit" not in given, "it would end the others"


def test_files_are_found_by_path_as_well(resolve):
    assert resolve("bringup.launch.py", by_package=False).keys() == resolve("bringup.launch.py").keys()


@pytest.mark.parametrize(
    ("name", "argument"),
    [
        ("bringup.launch.py", "autostart:=perhaps"),
        ("bringup.launch.py", "use_sim_time:=1"),
        ("bringup.launch.py", "policy:=remote"),
        ("bringup.launch.py", "log_level:=loud"),
        ("bringup.launch.py", "success:=luck"),
        ("bringup.launch.py", "respawn:=always"),
        ("simulation.launch.py", "renderer:=paint"),
        ("simulation.launch.py", "viewer:=maybe"),
        ("simulation.launch.py", "lockstep:=sometimes"),
        ("simulation.launch.py", "tuned_transports:=no"),
        ("simulation.launch.py", "autostart:=perhaps"),
        ("moveit.launch.py", "join:=later"),
        ("cameras.launch.py", "autostart:=perhaps"),
    ],
)
def test_a_value_that_is_no_choice_is_refused_with_the_choices(runner, name, argument):
    command, environment = runner
    done = subprocess.run(
        [command, "resolve", "steadyhand", name, argument, "-o", "-"], env=environment, capture_output=True, text=True
    )
    assert done.returncode != 0
    assert argument.partition(":=")[0] in done.stderr
    assert "Valid options" in done.stderr


@pytest.mark.parametrize("path", sorted(LAUNCH.glob("*.launch.py")), ids=lambda path: path.name)
def test_every_argument_is_described_and_has_a_default(path):
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    declared = [call for call in calls if getattr(call.func, "id", "") == "DeclareLaunchArgument"]
    assert declared
    for call in declared:
        given = {keyword.arg: keyword.value for keyword in call.keywords}
        assert {"default_value", "description"} <= set(given), ast.unparse(call)


def processes_of(mark):
    """Processes that were started with a mark in their environment."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"{MARK}={mark}".encode() in (folder / "environ").read_bytes().split(b"\0"):
                found.append((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue
    return found


@pytest.fixture
def config(tmp_path):
    """A folder with the deployment `panda_hold`, whose policy needs no weights."""
    for kind, name, changes in (
        ("deployments", "panda_embedded", {"name": "panda_hold", "policy": "hold"}),
        ("policies", "embedded", {"name": "hold", "backend": "hold", "arguments": "{}"}),
    ):
        text = (CHECKOUT / "config" / kind / f"{name}.yaml").read_text()
        for key, value in changes.items():
            text = re.sub(rf"^{key}: .*$", f"{key}: {value}", text, flags=re.MULTILINE)
        path = tmp_path / "config" / kind / f"{changes['name']}.yaml"
        path.parent.mkdir(parents=True)
        path.write_text(text)
    return tmp_path / "config"


def test_the_simulation_comes_up_and_ends_with_ctrl_c(runner, config, tmp_path):
    command, environment = runner
    mark = tmp_path.name
    environment = {**environment, MARK: mark, "ROS_LOG_DIR": str(tmp_path), "STEADYHAND_CONFIG_PATH": str(config)}
    arguments = ("deployment:=panda_hold", "namespace:=left", "renderer:=raycast", "seed:=3")
    options = ("--disable-all", "--interception", "off", "--log-dir", str(tmp_path / "log"))
    with (tmp_path / "terminal.txt").open("wb") as output:
        launched = subprocess.Popen(
            [command, "launch", *options, "steadyhand", "simulation.launch.py", *arguments],
            env=environment,
            cwd=tmp_path,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        listening = {**environment, MARK: ""}
        probe = subprocess.run(
            [sys.executable, str(PROBE), json.dumps(GRAPH), str(PATIENCE)],
            env=listening,
            capture_output=True,
            text=True,
        )
        assert json.loads(probe.stdout) == {}, (tmp_path / "terminal.txt").read_text() + probe.stderr
        assert launched.poll() is None
        launched.send_signal(signal.SIGINT)
        launched.wait(30.0)
        deadline = time.monotonic() + 15.0
        while processes_of(mark):
            assert time.monotonic() < deadline, processes_of(mark)
            time.sleep(0.05)
    finally:
        if launched.poll() is None:
            os.killpg(launched.pid, signal.SIGKILL)
            launched.wait()
