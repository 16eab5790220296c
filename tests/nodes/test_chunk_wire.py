"""Chunks as they travel, against what ROS writes and reads."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("rclpy")

from rclpy.serialization import deserialize_message, serialize_message
from steadyhand.msg import ActionChunk as ActionChunkMessage

from steadyhand.chunks.chunk import ActionChunk
from steadyhand.nodes.chunk_wire import chunk_to_message, read_chunk, write_chunk
from steadyhand.nodes.conversions import chunk_from_message
from steadyhand.nodes.exceptions import ConversionError


def chunk(rows: int = 16, columns: int = 5) -> ActionChunk:
    random = np.random.default_rng(0)
    return ActionChunk(
        stamp=1234.5,
        rows=random.normal(size=(rows, columns)),
        dimension_names=tuple(f"d{index}" for index in range(columns)),
        dt=0.1,
        first_row_offset=0.1,
        state_names=("a", "b"),
        state=random.normal(size=2),
        inputs={"front": 1234.5, "state": 1234.5},
        episode_id="e1",
        sequence=2**40,
        policy="embedded",
        profile_hash="ab" * 32,
        prefix_length=3,
        seed=2**64 - 1,
        latency=0.0125,
        done=True,
    )


def assert_same(received: ActionChunk, sent: ActionChunk) -> None:
    assert np.array_equal(received.rows, sent.rows) and np.array_equal(received.state, sent.state)
    for name, value in vars(sent).items():
        if name not in ("rows", "state"):
            assert getattr(received, name) == value, name


SHAPES = [(16, 5), (1, 1), (0, 5), (50, 14)]


@pytest.mark.parametrize(("rows", "columns"), SHAPES)
@pytest.mark.parametrize("letters", range(8))
def test_ros_reads_a_chunk_as_it_was_written_here(rows: int, columns: int, letters: int) -> None:
    sent = replace(chunk(rows, columns), policy="p" * letters)
    wire = deserialize_message(write_chunk(sent, "panda_link0"), ActionChunkMessage)
    assert wire.header.frame_id == "panda_link0" and wire.horizon == rows
    assert_same(chunk_from_message(wire), sent)


@pytest.mark.parametrize(("rows", "columns"), SHAPES)
@pytest.mark.parametrize("letters", range(8))
def test_a_chunk_is_read_here_as_ros_wrote_it(rows: int, columns: int, letters: int) -> None:
    sent = replace(chunk(rows, columns), episode_id="e" * letters)
    message = chunk_to_message(sent, "panda_link0")
    read = read_chunk(serialize_message(message))
    assert read.header.frame_id == "panda_link0"
    assert_same(chunk_from_message(read), sent)
    # Whatever a message of this kind gets one day has to be read as well.
    assert set(vars(read)) == set(message.get_fields_and_field_types())


def test_a_chunk_without_state_and_inputs_is_read_as_written() -> None:
    sent = ActionChunk(0.0, np.zeros((2, 3)), ("x", "y", "z"), 0.1, 0.0, (), np.zeros(0))
    assert_same(chunk_from_message(read_chunk(write_chunk(sent, ""))), sent)
    assert_same(chunk_from_message(read_chunk(serialize_message(chunk_to_message(sent, "")))), sent)


def test_a_chunk_that_ends_too_early_is_refused_wherever_it_does() -> None:
    written = write_chunk(chunk(2, 2), "base")
    for length in range(4, len(written)):
        with pytest.raises(ConversionError, match="cannot be read"):
            read_chunk(written[:length])


def test_a_chunk_with_what_is_no_text_is_refused() -> None:
    written = write_chunk(chunk(2, 2), "base").replace(b"embedded", b"\xff\xfeembedd"[:8])
    with pytest.raises(ConversionError, match="no text"):
        read_chunk(written)


def test_what_ros_cannot_read_either_is_refused() -> None:
    # The identifier of big-endian CDR, with nothing of a chunk behind it.
    with pytest.raises(ConversionError, match="cannot be read"):
        read_chunk(b"\x00\x00\x00\x00\x01")


@pytest.mark.parametrize("wrong", [{"stamp": math.nan}, {"stamp": -1.0}, {"latency": math.inf}])
def test_times_that_no_stamp_can_hold_are_not_sent(wrong: dict[str, float]) -> None:
    with pytest.raises(ConversionError, match="finite"):
        write_chunk(replace(chunk(), **wrong), "")


def test_rows_that_are_no_block_of_memory_are_sent_row_major() -> None:
    rows = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    sent = ActionChunk(0.0, rows, ("x", "y", "z"), 0.1, 0.0, (), np.zeros(0))
    assert list(chunk_to_message(sent, "").data) == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]


def test_values_that_are_not_finite_are_for_the_gate_to_judge() -> None:
    message = chunk_to_message(chunk(), "")
    message.data[3] = math.nan
    assert math.isnan(chunk_from_message(message).rows.flat[3])


def test_a_chunk_of_another_size_than_it_says_is_refused() -> None:
    message = chunk_to_message(chunk(), "")
    message.horizon = 15
    with pytest.raises(ConversionError, match=r"80 values.*15 x 5"):
        chunk_from_message(message)


def test_a_state_without_its_names_is_refused() -> None:
    message = chunk_to_message(chunk(), "")
    message.state_names = ["a"]
    with pytest.raises(ConversionError, match="2 state values"):
        chunk_from_message(message)
