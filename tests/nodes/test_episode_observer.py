"""The observer keeps what belongs to the episode, and what no message order can spoil."""

from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip("rclpy")

from rclpy.serialization import serialize_message
from sensor_msgs.msg import Image, JointState
from steadyhand.msg import ActionChunk as ActionChunkMessage
from steadyhand.msg import ExecutionState

from steadyhand.chunks.chunk import ActionChunk
from steadyhand.nodes.chunk_wire import chunk_to_message
from steadyhand.nodes.conversions import to_time
from steadyhand.nodes.episode_observer import EpisodeObserver
from steadyhand.profiles.contract import load_deployment

FINGER = "panda_finger_joint1"


class FakeNode:
    """Keeps the callbacks of subscriptions, and a clock that is set by hand."""

    def __init__(self):
        self.callbacks = {}
        self.seconds = 100.0

    def create_subscription(self, kind, topic, callback, qos, raw=False):
        self.callbacks[topic] = callback

    def get_clock(self):
        return SimpleNamespace(now=lambda: SimpleNamespace(nanoseconds=int(self.seconds * 1e9)))

    def send(self, topic, message):
        self.callbacks[topic](message)


@pytest.fixture(scope="module")
def contract():
    return load_deployment("panda_embedded")


@pytest.fixture
def node():
    return FakeNode()


@pytest.fixture
def observer(node, contract):
    return EpisodeObserver(node, contract, rate=10.0, height=24)


def execution_state(contract, stamp, *, state=ExecutionState.STATE_RUNNING, episode="e", code="", chunk=None):
    names = list(contract.robot.joint_names)
    message = ExecutionState(state=state, episode_id=episode, hold_code=code)
    message.header.stamp = to_time(stamp)
    message.joint_names, message.positions = names[::-1], [float(index) for index in range(len(names))][::-1]
    if chunk is not None:
        message.has_chunk, message.chunk_sequence = True, chunk
    return message


def picture(stamp, value):
    message = Image(width=64, height=48, encoding="rgb8", step=192)
    message.data = bytes([value]) * (192 * 48)
    message.header.stamp = to_time(stamp)
    return serialize_message(message)


def chunk_message(contract, home):
    rows = np.zeros((16, 5))
    rows[:, 2] = np.linspace(0.01, 0.05, 16)
    rows[:, 4] = 1.0
    chunk = ActionChunk(
        stamp=100.0,
        rows=rows,
        dimension_names=contract.policy.dimension_names,
        dt=0.1,
        first_row_offset=0.1,
        state_names=(*contract.robot.joint_names, FINGER),
        state=np.append(home, 0.04),
        episode_id="e",
    )
    return chunk_to_message(chunk, "panda_link0")


def test_nothing_is_kept_before_the_start(node, observer, contract):
    node.send("execution_state", execution_state(contract, 100.0))
    node.send("/front_camera/image_raw", picture(100.0, 50))
    record = observer.finish()
    assert len(record.reference.times) == 0
    assert record.frames["front"] == []
    assert observer.cameras_seen == {"front"}
    assert observer.bridge_state == ExecutionState.STATE_RUNNING


def test_joints_are_found_by_name(node, observer, contract):
    observer.start()
    names = [FINGER, *contract.robot.joint_names[::-1], "another"]
    message = JointState(name=names, position=[0.02, *map(float, range(6, -1, -1)), 9.0])
    message.header.stamp = to_time(100.0)
    node.send("/joint_states", message)
    node.send("/joint_states", JointState(name=["another"], position=[1.0]))
    node.send("execution_state", execution_state(contract, 100.1))
    record = observer.finish()
    np.testing.assert_array_equal(record.measured.values, [np.arange(7)])
    np.testing.assert_array_equal(record.reference.values, [np.arange(7)])
    np.testing.assert_allclose(record.opening.values, [[0.5]])


def test_only_troubled_rest_is_a_hold(node, observer, contract):
    observer.start()
    held, braking = ExecutionState.STATE_HELD, ExecutionState.STATE_BRAKING
    for stamp, state, code in (
        (100.0, held, "START_POSE_REACHED"),
        (101.0, ExecutionState.STATE_RUNNING, ""),
        (102.0, braking, "UNDERRUN"),
        (102.2, held, "UNDERRUN"),
        (103.0, ExecutionState.STATE_RUNNING, ""),
        (104.0, braking, "EPISODE_ENDED"),
    ):
        node.send("execution_state", execution_state(contract, stamp, state=state, code=code))
    node.seconds = 105.0
    record = observer.finish()
    assert [(hold.start, hold.end, hold.name) for hold in record.holds.intervals] == [(102.0, 103.0, "UNDERRUN")]
    assert [phase.name for phase in record.phases.intervals] == [
        "held",
        "running",
        "braking",
        "held",
        "running",
        "braking",
    ]
    assert record.span == (100.0, 105.0)


def test_reports_outside_of_an_episode_are_left_out(node, observer, contract):
    observer.start()
    node.send("execution_state", execution_state(contract, 100.0, episode=""))
    assert observer.finish().phases.intervals == []


def test_a_handover_is_noted_once_for_each_chunk(node, observer, contract):
    observer.start()
    for stamp, chunk in ((100.0, None), (100.1, 0), (100.2, 0), (100.9, 1)):
        node.send("execution_state", execution_state(contract, stamp, chunk=chunk))
    assert observer.finish().handovers == pytest.approx([100.1, 100.9])


def test_images_are_thinned_out_and_made_small(node, observer):
    observer.start()
    for index in range(30):
        node.seconds = 100.0 + index / 30.0
        node.send("/wrist_camera/image_raw", picture(node.seconds, index))
    frames = observer.finish().frames["wrist"]
    assert 8 <= len(frames) <= 12
    assert frames[0].image.shape == (24, 32, 3)
    assert [frame.image[0, 0, 0] / 30.0 for frame in frames] == pytest.approx(
        [frame.stamp - 100.0 for frame in frames], abs=1e-3
    )


def test_chunks_become_joint_targets_and_broken_ones_are_left_out(node, observer, contract):
    observer.start()
    home = contract.robot.home_positions
    node.send("action_chunk", chunk_message(contract, home))
    broken: ActionChunkMessage = chunk_message(contract, home)
    broken.horizon = 3
    node.send("action_chunk", broken)
    far = chunk_message(contract, home)
    far.data = [5.0] * len(far.data)
    node.send("action_chunk", far)
    (targets,) = observer.finish().targets
    assert targets.positions.shape == (16, 7)
    np.testing.assert_allclose(targets.times, 100.1 + 0.1 * np.arange(16))
    assert np.abs(targets.positions[0] - home).max() < 0.1
    np.testing.assert_array_equal(targets.grippers["hand"], np.ones(16))
