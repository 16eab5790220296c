from __future__ import annotations

import array
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("rclpy")

from builtin_interfaces.msg import Duration, Time
from rclpy.serialization import deserialize_message, serialize_message
from sensor_msgs.msg import Image
from steadyhand.msg import ActionChunk as ActionChunkMessage

from steadyhand.chunks.chunk import ActionChunk
from steadyhand.nodes.conversions import (
    chunk_from_message,
    chunk_to_message,
    image_of,
    to_duration,
    to_seconds,
    to_time,
)
from steadyhand.nodes.exceptions import ConversionError


@given(st.integers(0, 2**31 - 1), st.integers(0, 999_999_999))
def test_stamps_keep_a_microsecond_through_seconds_and_back(sec: int, nanosec: int) -> None:
    back = to_time(to_seconds(Time(sec=sec, nanosec=nanosec)))
    assert abs((back.sec - sec) * 1_000_000_000 + back.nanosec - nanosec) <= 1000


@given(st.floats(0.0, 4e9 / 2.0))
def test_seconds_keep_a_microsecond_through_stamps_and_back(seconds: float) -> None:
    assert abs(to_seconds(to_time(seconds)) - seconds) <= 1e-6


def test_an_image_keeps_what_its_message_says_and_is_not_copied() -> None:
    message = Image(encoding="16UC1", height=2, width=3, step=8, is_bigendian=1, data=array.array("B", bytes(16)))
    image = image_of("/depth", message)
    assert (image.topic, image.encoding, image.height, image.width, image.step) == ("/depth", "16UC1", 2, 3, 8)
    assert image.big_endian and image.data is message.data


@given(st.floats(-1e6, 1e6))
def test_durations_may_be_negative(seconds: float) -> None:
    message = to_duration(seconds)
    assert 0 <= message.nanosec < 1_000_000_000
    assert abs(to_seconds(message) - seconds) <= 1e-6


def test_almost_a_second_is_a_second() -> None:
    assert to_time(1.9999999999) == Time(sec=2, nanosec=0)
    assert to_duration(-0.25) == Duration(sec=-1, nanosec=750_000_000)


@pytest.mark.parametrize("seconds", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_no_time(seconds: float) -> None:
    with pytest.raises(ConversionError):
        to_time(seconds)
    with pytest.raises(ConversionError):
        to_duration(seconds)


def test_a_time_before_zero_is_no_stamp() -> None:
    with pytest.raises(ConversionError, match="-1"):
        to_time(-1.0)


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


@pytest.mark.parametrize(("rows", "columns"), [(16, 5), (1, 1), (0, 5)])
def test_a_chunk_survives_the_wire(rows: int, columns: int) -> None:
    sent = chunk(rows, columns)
    wire = deserialize_message(serialize_message(chunk_to_message(sent, "panda_link0")), ActionChunkMessage)
    assert wire.header.frame_id == "panda_link0" and wire.horizon == rows
    received = chunk_from_message(wire)
    assert np.array_equal(received.rows, sent.rows) and np.array_equal(received.state, sent.state)
    for name, value in vars(sent).items():
        if name not in ("rows", "state"):
            assert getattr(received, name) == value, name


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
