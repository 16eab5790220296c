from __future__ import annotations

import array
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("rclpy")

from builtin_interfaces.msg import Duration, Time
from sensor_msgs.msg import Image

from steadyhand.nodes.conversions import (
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
