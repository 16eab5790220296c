"""Messages to what they stand for, and back."""

from __future__ import annotations

import math

from builtin_interfaces.msg import Duration, Time
from sensor_msgs.msg import Image

from steadyhand.chunks.messages import chunk_from_message, to_seconds
from steadyhand.nodes.exceptions import ConversionError
from steadyhand.observation.images import RawImage

NANOSECONDS = 1_000_000_000

__all__ = ["chunk_from_message", "image_of", "split", "to_duration", "to_seconds", "to_time"]


def split(seconds: float) -> tuple[int, int]:
    """Return whole seconds, and nanoseconds from 0 on, of a finite time [s]."""
    return divmod(round(seconds * NANOSECONDS), NANOSECONDS)


def to_time(seconds: float) -> Time:
    """Return the stamp of a time on the ROS clock [s].

    Raises:
        ConversionError: The time is not finite, or before the clock's zero.
    """
    if not math.isfinite(seconds) or seconds < 0.0:
        raise ConversionError(f"time {seconds} s is no stamp: it has to be finite and not negative")
    whole, rest = split(seconds)
    return Time(sec=whole, nanosec=rest)


def to_duration(seconds: float) -> Duration:
    """Return the message of a duration [s].

    Raises:
        ConversionError: The duration is not finite.
    """
    if not math.isfinite(seconds):
        raise ConversionError(f"duration {seconds} s is not finite")
    whole, rest = split(seconds)
    return Duration(sec=whole, nanosec=rest)


def image_of(topic: str, message: Image) -> RawImage:
    """Return the image that a message carries, not decoded yet.

    Args:
        topic: Where it came from.
        message: The message; its data is not copied.
    """
    return RawImage(
        topic,
        message.encoding,
        message.data,
        message.height,
        message.width,
        message.step,
        big_endian=bool(message.is_bigendian),
    )
