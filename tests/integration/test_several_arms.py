"""Two arms and a base in a namespace: one bridge, two controllers that listen, and what reaches them."""

from __future__ import annotations

import time

import numpy as np
import pytest
import yaml
from diagnostic_msgs.msg import DiagnosticArray
from geometry_msgs.msg import Twist
from rclpy.node import Node
from rclpy.parameter import Parameter
from sensor_msgs.msg import JointState
from std_msgs.msg import Header
from std_srvs.srv import Trigger
from steadyhand.msg import ActionChunk as ActionChunkMessage
from steadyhand.msg import ExecutionState, PilotStatus
from steadyhand.srv import SetEpisode
from trajectory_msgs.msg import JointTrajectory

from steadyhand.chunks.chunk import ActionChunk
from steadyhand.nodes.chunk_wire import chunk_to_message
from steadyhand.nodes.conversions import to_seconds, to_time
from steadyhand.nodes.qos import CHUNKS, EXECUTION_STATE, HEARTBEAT, LATCHED
from steadyhand.profiles.contract import load_deployment
from steadyhand.profiles.resources import resource

CELL, OTHER = "/cell", "/other"
ARMS = ("left", "right")
Request = SetEpisode.Request


def write_deployment(folder, space):
    """Mobile ALOHA without grippers, patient with a busy machine, and a policy whose chunks the test makes."""
    robot = yaml.safe_load(resource("config/robots/mobile_aloha.yaml").read_text(encoding="utf-8"))
    del robot["grippers"]
    robot["safety"] |= {"joint_state_age": 2.0, "policy_silence": 5.0, "pilot_silence": 5.0, "tracking_error": 0.5}
    robot["safety"]["observation_age"] = 2.0
    policy = {
        "name": "given",
        "backend": "hold",
        "action": [{"kind": "joint_position", "meaning": "absolute"}, {"kind": "base_velocity"}],
        "horizon": 30,
        "dt": 0.1,
        "stitching": {"method": "splice", "blend": 0.2, "execute": 8},
    }
    deployment = {
        "name": "cell",
        "robot": "./robot.yaml",
        "policy": "./policy.yaml",
        "namespace": space.strip("/"),
        "mode": "run",
    }
    for name, content in (("robot", robot), ("policy", policy), ("cell", deployment)):
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(content, sort_keys=False))
    return str(folder / "cell.yaml")


class Cell:
    """The test's part of the graph: joints that follow the two controllers' trajectories, a pilot and a policy."""

    def __init__(self, client, contract, space):
        self.space = space
        self.client, self.contract, robot = client, contract, contract.robot
        self.windows = {
            arm: client.listen(JointTrajectory, f"{space}/follower_{arm}/arm_controller/joint_trajectory")
            for arm in ARMS
        }
        self.twists = client.listen(Twist, f"{space}/mobile_base/cmd_vel")
        self.states = client.listen(ExecutionState, f"{space}/execution_state", EXECUTION_STATE)
        self.positions = dict(zip(robot.joint_names, robot.home, strict=True))
        self.episode, self.sequence = "", 0
        self._joints = client.publisher(JointState, robot.joint_states.topic)
        self._pilot = client.publisher(PilotStatus, f"{space}/pilot/status", LATCHED)
        self._heart = client.publisher(Header, f"{space}/policy/heartbeat", HEARTBEAT)
        self._chunks = client.publisher(ActionChunkMessage, f"{space}/action_chunk", CHUNKS)
        client.node.create_timer(0.02, self._live)

    def _live(self):
        for inbox in self.windows.values():
            if inbox.messages:
                self._follow(inbox.latest)
        stamp = to_time(self.client.now)
        # The joints of both arms, in an order of the driver's own.
        names = sorted(self.positions)
        state = JointState(name=names, position=[self.positions[name] for name in names])
        state.header.stamp = stamp
        self._joints.publish(state)
        self._pilot.publish(PilotStatus(episode_id=self.episode))
        self._heart.publish(Header(stamp=stamp))

    def _follow(self, window):
        times = [to_seconds(window.header.stamp) + to_seconds(point.time_from_start) for point in window.points]
        for joint, name in enumerate(window.joint_names):
            positions = [point.positions[joint] for point in window.points]
            self.positions[name] = float(np.interp(self.client.now, times, positions))

    def ask(self, phase):
        self.episode = "e1"
        request = Request(episode_id="e1", phase=phase, mode=ExecutionState.MODE_RUN, speed=1.0)
        return self.client.call(SetEpisode, f"{self.space}/bridge/set_episode", request)

    def give(self, spoil=lambda _rows: None):
        """Publish a chunk that turns both waists and drives ahead."""
        policy, robot = self.contract.policy, self.contract.robot
        rows = np.zeros((policy.horizon, len(policy.dimension_names)))
        measured = np.array([self.positions[name] for name in robot.joint_names])
        rows[:, :12] = measured
        rows[:, [0, 6]] += 0.02 * np.arange(1, policy.horizon + 1)[:, None]
        rows[:, 12] = 0.2
        spoil(rows)
        chunk = ActionChunk(
            stamp=self.client.now,
            rows=rows,
            dimension_names=policy.dimension_names,
            dt=policy.dt,
            first_row_offset=policy.dt,
            state_names=robot.joint_names,
            state=measured,
            episode_id="e1",
            sequence=self.sequence,
            profile_hash=self.contract.hash,
        )
        self.sequence += 1
        self._chunks.publish(chunk_to_message(chunk, robot.frames.base))


def make_cell(graph, client, folder, space):
    deployment = write_deployment(folder, space)
    graph.start("bridge", arguments=("-r", f"__ns:={space}"), deployment=deployment)
    return Cell(client, load_deployment(deployment), space)


@pytest.fixture(scope="module")
def cell(shared_graph, lasting_client, tmp_path_factory):
    yield make_cell(shared_graph, lasting_client, tmp_path_factory.mktemp("cell"), CELL)
    print(shared_graph.logs())


@pytest.fixture(scope="module")
def other(shared_graph, lasting_client, tmp_path_factory):
    """A second robot of the same kind in the same graph, whose joints and episode have the same names."""
    return make_cell(shared_graph, lasting_client, tmp_path_factory.mktemp("other"), OTHER)


def test_both_arms_move_by_one_stamp_and_stop_together(cell):
    cell.client.wait_for(lambda: cell.ask(Request.PHASE_START_POSE).accepted, message="no episode")
    cell.client.wait_for(lambda: cell.ask(Request.PHASE_RUN).accepted, message="the start pose was not reached")
    for inbox in (*cell.windows.values(), cell.twists):
        inbox.clear()
    cell.give()
    cell.states.next(lambda state: state.state == ExecutionState.STATE_RUNNING)
    moving = cell.twists.next(lambda twist: twist.linear.x > 0.1)
    assert moving.angular.z == 0.0

    # The right half of a chunk is beyond a limit of the right arm: nothing of it is carried out.
    def beyond(rows):
        rows[:, 7] = 3.0

    cell.give(beyond)
    state = cell.states.next(lambda state: state.hold_code == "POSITION_LIMIT")
    assert "right_shoulder" in state.hold_message
    cell.states.next(lambda state: state.state == ExecutionState.STATE_HELD)
    deadline = time.monotonic() + 5.0
    stamps = {}
    while time.monotonic() < deadline:
        cell.client.spin(0.2)
        stamps = {arm: [to_seconds(window.header.stamp) for window in cell.windows[arm].messages] for arm in ARMS}
        if stamps["left"] == stamps["right"]:
            break
    assert len(stamps["left"]) > 3
    assert stamps["left"] == stamps["right"]
    for left, right in zip(cell.windows["left"].messages, cell.windows["right"].messages, strict=True):
        assert list(left.joint_names) == list(cell.contract.robot.arms["left"].joints)
        assert list(right.joint_names) == list(cell.contract.robot.arms["right"].joints)
        assert [point.time_from_start for point in left.points] == [point.time_from_start for point in right.points]
        for window in (left, right):
            assert np.allclose(window.points[-1].velocities, 0.0, atol=1e-9)
    # Both had been moving when the one was refused, and the base comes to rest as well.
    travelled = [cell.positions[f"{arm}_waist"] for arm in ARMS]
    assert min(travelled) > 0.0
    assert cell.twists.latest == Twist()


def begin(cell):
    cell.client.wait_for(lambda: cell.ask(Request.PHASE_START_POSE).accepted, message="no episode")
    cell.client.wait_for(lambda: cell.ask(Request.PHASE_RUN).accepted, message="the start pose was not reached")


def test_two_robots_in_one_graph_do_not_touch_each_other(cell, other):
    diagnosed = cell.client.listen(DiagnosticArray, "/diagnostics")
    for robot in (cell, other):
        robot.ask(Request.PHASE_END)
        begin(robot)
    for inbox in (*cell.windows.values(), *other.windows.values()):
        inbox.clear()
    resting = dict(other.positions)
    cell.give()
    cell.states.next(lambda state: state.state == ExecutionState.STATE_RUNNING)
    assert other.states.latest.state == ExecutionState.STATE_HELD
    assert not any(inbox.messages for inbox in other.windows.values()) and other.positions == resting
    # A stop of the one is none of the other's.
    other.give()
    other.states.next(lambda state: state.state == ExecutionState.STATE_RUNNING)
    assert cell.client.call(Trigger, f"{CELL}/bridge/stop", Trigger.Request()).success
    cell.states.next(lambda state: state.hold_code == "STOPPED")
    assert "STOPPED" not in {state.hold_code for state in other.states.messages}
    other.give()
    other.states.next(lambda state: state.state == ExecutionState.STATE_RUNNING)
    # One topic of diagnostics for the whole graph: names tell the robots apart.
    wanted = {f"steadyhand {space}: {part}" for space in ("cell", "other") for part in ("bridge", "joint states")}
    cell.client.wait_for(
        lambda: wanted <= {status.name for array in diagnosed.messages for status in array.status},
        message="a robot does not report",
    )
    assert other.ask(Request.PHASE_END).accepted


def test_somebody_else_on_the_topic_of_the_base_holds_arms_and_base(cell):
    cell.ask(Request.PHASE_END)
    begin(cell)
    cell.give()
    cell.states.next(lambda state: state.state == ExecutionState.STATE_RUNNING)
    topic = f"{CELL}/mobile_base/cmd_vel"
    teleop = cell.client.node.create_publisher(Twist, topic, 10)
    try:
        state = cell.states.next(lambda state: state.hold_code == "FOREIGN_COMMAND")
        assert topic in state.hold_message
        cell.states.next(lambda state: state.state == ExecutionState.STATE_HELD)
        cell.twists.next(lambda twist: twist == Twist())
    finally:
        cell.client.node.destroy_publisher(teleop)


def test_a_base_whose_controller_stops_later_than_declared_is_not_driven(cell):
    controller = Node(
        "base_controller", context=cell.client.context, parameter_overrides=[Parameter("cmd_vel_timeout", value=1.5)]
    )
    controller.declare_parameter("cmd_vel_timeout", 0.5)
    controller.create_subscription(Twist, f"{CELL}/mobile_base/cmd_vel", lambda _twist: None, 10)
    cell.client._executor.add_node(controller)
    try:
        state = cell.states.next(lambda state: state.hold_code == "BASE_TIMEOUT")
        assert "base_controller stops the base only after 1.5 s" in state.hold_message
        assert cell.ask(Request.PHASE_END).accepted
        answer = cell.ask(Request.PHASE_START_POSE)
        assert (answer.accepted, answer.code) == (False, "BASE_TIMEOUT")
    finally:
        cell.client._executor.remove_node(controller)
        controller.destroy_node()
