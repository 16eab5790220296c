"""The policy node on a bench: what its chunks say, when it infers, and what it does where something is missing."""

import pytest
from bench import Bench
from diagnostic_msgs.msg import DiagnosticStatus
from steadyhand.msg import ExecutionState
from steadyhand.srv import SetEpisode

from steadyhand.nodes.conversions import to_seconds

RUN, START = SetEpisode.Request.PHASE_RUN, SetEpisode.Request.PHASE_START_POSE


@pytest.fixture(scope="module")
def mounted(shared_graph):
    bench = Bench(shared_graph)
    bench.open("first")
    bench.end("first")
    yield bench
    bench.client.close()


@pytest.fixture
def bench(mounted):
    mounted.reset()
    yield mounted
    print(mounted.process.log[-3000:])
    mounted.end(mounted.beats.latest.frame_id)


def held(episode, code, chunk=None):
    return report(episode, ExecutionState.STATE_HELD, code, chunk)


def report(episode, state=ExecutionState.STATE_RUNNING, code="", chunk=None, **fields):
    message = ExecutionState(episode_id=episode, state=state, hold_code=code, **fields)
    if chunk is not None:
        message.has_chunk, message.chunk_sequence = True, chunk
    return message


def until_seen(bench):
    """Wait until the policy node has a complete observation again."""
    bench.open("probe")
    bench.end("probe")


def test_a_chunk_says_everything_that_belongs_to_it(bench):
    seen = bench.chunks.count
    bench.run("e1", instruction="pick up the red cube", seed=40)
    bench.client.wait_for(lambda: bench.chunks.count > seen)
    chunk = bench.chunks.latest
    policy = bench.contract.policy
    assert (chunk.episode_id, chunk.sequence, chunk.policy) == ("e1", 0, "hold")
    assert chunk.profile_hash == bench.contract.hash
    assert chunk.header.frame_id == "panda_link0"
    assert tuple(chunk.dimension_names) == policy.dimension_names
    assert (chunk.horizon, chunk.dt, chunk.first_row_offset) == (16, 0.1, pytest.approx(0.1))
    assert len(chunk.data) == 16 * 5
    assert chunk.seed == 40
    names = {entry.name for entry in chunk.inputs}
    assert {"front", "wrist", "state", "state/arm/before", "state/gripper hand/before"} <= names
    assert names <= {"front", "wrist", "state"} | {
        f"state/{part}/{side}" for part in ("arm", "gripper hand") for side in ("before", "after")
    }
    stamp = to_seconds(chunk.header.stamp)
    assert all(abs(to_seconds(entry.stamp) - stamp) < 0.2 for entry in chunk.inputs)
    assert 0.0 < to_seconds(chunk.inference_latency) < 1.0
    assert tuple(chunk.state_names) == (*bench.contract.robot.joint_names, "panda_finger_joint1")
    # What the joint was at the capture time, and not when the message was made: 1 ms of latency is 0.1 mrad.
    assert chunk.state[0] == pytest.approx(0.1 * (stamp % 10.0), abs=1e-3)


def test_without_a_report_of_the_bridge_there_is_one_chunk(bench):
    seen = bench.chunks.count
    bench.run("e2")
    bench.client.wait_for(lambda: bench.chunks.count > seen)
    bench.client.spin(1.0)
    assert bench.chunks.count == seen + 1


def test_while_the_bridge_waits_every_observation_is_used_once(bench):
    bench.run("e3")
    bench.reports = held("e3", "WAITING_FOR_CHUNK")
    chunks = bench.chunks.collect(5)
    assert [chunk.sequence for chunk in chunks] == list(range(5))
    stamps = [to_seconds(chunk.header.stamp) for chunk in chunks]
    assert stamps == sorted(set(stamps))


@pytest.mark.parametrize("code", ["STOPPED", "JOINT_STATE_STALE", "CHUNK_NOT_FINITE", "unheard of"])
def test_while_the_arm_is_held_for_another_reason_nothing_is_inferred(bench, code):
    seen = bench.chunks.count
    bench.run("e4")
    bench.client.wait_for(lambda: bench.chunks.count > seen)
    bench.reports = held("e4", code, chunk=0)
    bench.client.spin(1.0)
    assert bench.chunks.count == seen + 1


def test_while_the_arm_runs_the_next_inference_comes_when_its_rows_are_used(bench):
    seen = bench.chunks.count
    bench.run("e5")
    bench.client.wait_for(lambda: bench.chunks.count > seen)
    first = to_seconds(bench.chunks.latest.header.stamp)
    bench.reports = report("e5", chunk=0, remaining=1.0, delay=0.1)
    second = to_seconds(bench.chunks.next(lambda chunk: chunk.sequence == 1).header.stamp)
    assert 0.7 <= second - first < 0.95, "eight rows of 0.1 s, less the delay, on the next image"


def test_the_end_of_the_episode_is_the_end_of_its_chunks(bench):
    bench.run("e6")
    bench.reports = held("e6", "WAITING_FOR_CHUNK")
    bench.chunks.collect(2)
    bench.end("e6")
    seen = bench.chunks.count
    bench.client.spin(0.6)
    assert bench.chunks.count <= seen + 1, "one may have been on its way"


def test_a_frozen_camera_stops_inference_and_is_named_until_it_comes_back(bench):
    bench.run("e7")
    bench.reports = held("e7", "WAITING_FOR_CHUNK")
    bench.chunks.collect(2)
    bench.seeing = {"front"}
    assert bench.until_diagnosed("OBSERVATION_STALE: the newest image 'wrist'") == DiagnosticStatus.ERROR
    bench.chunks.clear()
    bench.client.spin(0.5)
    assert not bench.chunks.messages
    bench.seeing = {"front", "wrist"}
    bench.chunks.collect(2)
    bench.until_diagnosed("running")


def test_frozen_joint_states_stop_inference_until_they_come_back(bench):
    bench.run("e8")
    bench.reports = held("e8", "WAITING_FOR_CHUNK")
    bench.chunks.collect(2)
    bench.joints = False
    assert bench.until_diagnosed("JOINT_STATE_BEHIND") == DiagnosticStatus.ERROR
    bench.joints = True
    bench.chunks.collect(2)


def test_an_episode_is_not_opened_on_incomplete_observations(bench):
    bench.seeing = set()
    bench.client.spin(bench.contract.robot.safety.observation_age + 0.2)
    answer = bench.set_episode("e9", START)
    assert (answer.accepted, answer.code) == (False, "OBSERVATION_STALE")
    assert "front" in answer.message
    bench.reset()
    until_seen(bench)


def test_an_episode_that_was_not_opened_does_not_run(bench):
    answer = bench.set_episode("never opened", RUN)
    assert (answer.accepted, answer.code) == (False, "WRONG_EPISODE")


def test_closing_an_episode_that_is_gone_leaves_the_one_that_followed_it(bench):
    bench.open("e10")
    bench.end("e9")
    assert bench.set_episode("e10", RUN).accepted


def test_the_heartbeat_tells_the_time_and_the_episode(bench):
    bench.open("e11")
    beats = bench.beats.collect(20)
    assert beats[-1].frame_id == "e11"
    assert bench.client.now - to_seconds(beats[-1].stamp) < 0.5
    arrivals = list(bench.beats.arrivals)[-20:]
    assert 10.0 < 19.0 / (arrivals[-1] - arrivals[0]) < 30.0


def test_one_inference_outside_of_episodes(bench):
    until_seen(bench)
    seen = bench.chunks.count
    answer = bench.get_chunk(instruction="pick up the red cube", seed=3, reset=True)
    assert answer.success, answer.message
    assert (answer.chunk.episode_id, answer.chunk.seed, answer.chunk.horizon) == ("", 3, 16)
    bench.client.spin(0.3)
    assert bench.chunks.count == seen, "it is an answer, and not published"


def test_no_inference_by_hand_while_an_episode_is_open(bench):
    bench.open("e12")
    answer = bench.get_chunk(instruction="pick up the red cube")
    assert (answer.success, answer.code) == (False, "EPISODE_OPEN")
