"""Messages to what they stand for, and back."""

from __future__ import annotations

import array
import math

import numpy as np
from builtin_interfaces.msg import Duration, Time
from sensor_msgs.msg import Image

from steadyhand.chunks.chunk import ActionChunk
from steadyhand.chunks.messages import chunk_from_message, to_seconds
from steadyhand.msg import ActionChunk as ActionChunkMessage
from steadyhand.msg import InputStamp
from steadyhand.nodes.exceptions import ConversionError
from steadyhand.observation.images import RawImage

NANOSECONDS = 1_000_000_000

__all__ = ["chunk_from_message", "chunk_to_message", "image_of", "to_duration", "to_seconds", "to_time"]


def to_time(seconds: float) -> Time:
    """Return the stamp of a time on the ROS clock [s].

    Raises:
        ConversionError: The time is not finite, or before the clock's zero.
    """
    if not math.isfinite(seconds) or seconds < 0.0:
        raise ConversionError(f"time {seconds} s is no stamp: it has to be finite and not negative")
    whole, rest = divmod(round(seconds * NANOSECONDS), NANOSECONDS)
    return Time(sec=whole, nanosec=rest)


def to_duration(seconds: float) -> Duration:
    """Return the message of a duration [s].

    Raises:
        ConversionError: The duration is not finite.
    """
    if not math.isfinite(seconds):
        raise ConversionError(f"duration {seconds} s is not finite")
    whole, rest = divmod(round(seconds * NANOSECONDS), NANOSECONDS)
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


def chunk_to_message(chunk: ActionChunk, frame_id: str) -> ActionChunkMessage:
    """Return the message of a chunk.

    Args:
        chunk: The chunk.
        frame_id: Base frame of end-effector actions.
    """
    message = ActionChunkMessage()
    message.header.stamp = to_time(chunk.stamp)
    message.header.frame_id = frame_id
    message.episode_id = chunk.episode_id
    message.sequence = chunk.sequence
    message.policy = chunk.policy
    message.profile_hash = chunk.profile_hash
    message.dimension_names = list(chunk.dimension_names)
    message.dt = float(chunk.dt)
    message.first_row_offset = float(chunk.first_row_offset)
    message.horizon = chunk.horizon
    message.data = array.array("d", np.ascontiguousarray(chunk.rows).tobytes())
    message.state_names = list(chunk.state_names)
    message.state = array.array("d", np.ascontiguousarray(chunk.state).tobytes())
    message.prefix_length = chunk.prefix_length
    message.seed = chunk.seed
    # Shortly after the clock's zero, less the latency, is before it.
    message.inputs = [InputStamp(name=name, stamp=to_time(max(0.0, stamp))) for name, stamp in chunk.inputs.items()]
    message.inference_latency = to_duration(chunk.latency)
    message.done = chunk.done
    return message
