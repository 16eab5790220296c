"""Chunks that must not move the arm: each is refused with its code, and the arm brakes at once."""

import copy

import numpy as np
import pytest
from stage import Stage
from steadyhand.msg import ActionChunk, ExecutionState

from steadyhand.nodes.conversions import to_seconds, to_time
from steadyhand.nodes.qos import CHUNKS

BEHIND = 0.05
"""How far the bridge's clock may be behind the client's, in lockstep [s]."""

SOON = 0.2
"""Longest time from the publication of a wrong chunk to the beginning of the brake [s]."""


class Intruder:
    """A second publisher of chunks; what it makes follows on the policy's newest, and is as sound."""

    def __init__(self, stage):
        self.stage = stage
        self.publisher = stage.client.publisher(ActionChunk, "action_chunk", CHUNKS, subscribers=3)

    def chunk(self):
        # Right after one of the policy's, or the two would take the same number.
        chunk = copy.deepcopy(self.stage.chunks.next())
        chunk.sequence += 1
        return chunk

    def publish(self, spoil=lambda _chunk: None):
        """Publish a chunk that something is wrong with; return it, and the time."""
        chunk = self.chunk()
        spoil(chunk)
        self.publisher.publish(chunk)
        return chunk, self.stage.client.now


def restamp(chunk, stamp):
    chunk.header.stamp = to_time(stamp)
    for entry in chunk.inputs:
        entry.stamp = to_time(stamp)


def move(chunk, row, column, value):
    chunk.data[row * len(chunk.dimension_names) + column] = value


def shift(chunk, column, value):
    for index in range(column, len(chunk.data), len(chunk.dimension_names)):
        chunk.data[index] += value


def age(chunk, seconds):
    restamp(chunk, to_seconds(chunk.header.stamp) - seconds)


def age_one_input(chunk):
    chunk.inputs[0].stamp = to_time(to_seconds(chunk.header.stamp) - 0.7)


def drop_a_column(chunk):
    chunk.dimension_names = chunk.dimension_names[:-1]
    chunk.data = chunk.data[: chunk.horizon * 4]


def swap_two_columns(chunk):
    names = list(chunk.dimension_names)
    chunk.dimension_names = [names[1], names[0], *names[2:]]


def lengthen(chunk):
    chunk.horizon += 1
    chunk.data.extend(chunk.data[-5:])


def forget_a_joint(chunk):
    chunk.state_names, chunk.state = chunk.state_names[1:], chunk.state[1:]


def blur_a_joint(chunk):
    chunk.state[0] = np.nan


def out_of_the_workspace(chunk):
    move(chunk, -1, 0, -0.1)
    move(chunk, -1, 1, 0.45)


WRONG = {
    "nan": (lambda chunk: move(chunk, 3, 1, np.nan), "CHUNK_NOT_FINITE"),
    "infinite gripper": (lambda chunk: move(chunk, 0, 4, np.inf), "CHUNK_NOT_FINITE"),
    "too few values": (lambda chunk: chunk.data.pop(), "CHUNK_WIDTH"),
    "too many rows": (lengthen, "CHUNK_WIDTH"),
    "a column too few": (drop_a_column, "CHUNK_NAMES"),
    "columns swapped": (swap_two_columns, "CHUNK_NAMES"),
    "old": (lambda chunk: age(chunk, 0.7), "OBSERVATION_STALE"),
    "one old input": (age_one_input, "OBSERVATION_STALE"),
    "from the future": (lambda chunk: age(chunk, -0.5), "OBSERVATION_FUTURE"),
    "sequence repeated": (lambda chunk: setattr(chunk, "sequence", chunk.sequence - 1), "CHUNK_MISORDERED"),
    "another dt": (lambda chunk: setattr(chunk, "dt", 0.05), "CHUNK_TIMING"),
    "another deployment": (lambda chunk: setattr(chunk, "profile_hash", "0" * 64), "CHUNK_PROFILE"),
    "state without a joint": (forget_a_joint, "CHUNK_STATE"),
    "state not finite": (blur_a_joint, "CHUNK_STATE"),
    "a jump of 0.3 m": (lambda chunk: shift(chunk, 1, 0.3), "START_JUMP"),
    "a far row": (lambda chunk: move(chunk, 15, 0, 3.0), "UNREACHABLE"),
    "a row outside of the workspace": (out_of_the_workspace, "WORKSPACE"),
    "too fast": (lambda chunk: move(chunk, 10, 1, 0.2), "VELOCITY_LIMIT"),
}


@pytest.fixture(scope="module")
def stage(shared_graph):
    stage = Stage(shared_graph)
    stage.start()
    yield stage
    stage.close()


@pytest.fixture(scope="module")
def intruder(stage):
    return Intruder(stage)


@pytest.fixture(autouse=True)
def scene(stage):
    stage.reset()
    yield
    print(stage.graph.logs())
    stage.settle()
    stage.record.check()


def test_a_sound_chunk_of_the_intruder_is_executed(stage, intruder):
    stage.moving_goal()
    chunk, _ = intruder.publish()
    report = stage.until(lambda report: report.chunk_sequence >= chunk.sequence or report.hold_code)
    assert report.state == ExecutionState.STATE_RUNNING, report.hold_message


@pytest.mark.parametrize(("spoil", "code"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_chunk_brakes_at_once_and_the_episode_goes_on_afterwards(stage, intruder, spoil, code):
    stage.moving_goal()
    _, sent = intruder.publish(spoil)
    # In lockstep the bridge's clock may be a little behind the client's.
    braking = stage.braking_since(sent - BEHIND)
    assert braking.hold_code == code, braking.hold_message
    assert to_seconds(braking.header.stamp) <= sent + SOON
    # What is stale only would go on by itself, but the policy's next chunk bears a number that is used already.
    stage.until(lambda report: report.state == ExecutionState.STATE_HELD)
    stage.resume()
    stage.until_moving()


def test_a_chunk_of_another_episode_is_left_aside(stage, intruder):
    def rename(chunk):
        chunk.episode_id = "another"
        chunk.sequence = 2**40

    stage.moving_goal()
    _, sent = intruder.publish(rename)
    stage.until_time(sent + 0.3)
    assert stage.states.latest.state == ExecutionState.STATE_RUNNING


def test_chunks_move_nothing_without_an_episode(stage, intruder):
    stage.moving_goal()
    chunk = intruder.chunk()
    stage.settle()
    chunk.sequence = 2**40
    began = stage.client.now
    restamp(chunk, began)
    intruder.publisher.publish(chunk)
    stage.assert_still(began + 0.05, 0.5)
