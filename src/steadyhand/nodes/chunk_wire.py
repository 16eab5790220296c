"""Action chunks as they travel, without a message object in between."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

from rclpy.serialization import deserialize_message

from steadyhand.cdr import PLAIN, CdrError, Reader, Writer
from steadyhand.chunks.chunk import ActionChunk
from steadyhand.msg import ActionChunk as ActionChunkMessage
from steadyhand.nodes.conversions import split
from steadyhand.nodes.exceptions import ConversionError


def write_chunk(chunk: ActionChunk, frame_id: str) -> bytes:
    """Return a chunk as a publisher of steadyhand/ActionChunk sends it.

    Args:
        chunk: The chunk.
        frame_id: Base frame of end-effector actions.

    Raises:
        ConversionError: A time is not finite, or before the clock's zero.
    """
    times = {"stamp": chunk.stamp, "latency": chunk.latency, **chunk.inputs}
    wrong = [f"{name} {time}" for name, time in times.items() if not math.isfinite(time)]
    if wrong or chunk.stamp < 0.0:
        raise ConversionError(f"a chunk's times have to be finite, and its stamp not negative: {wrong or chunk.stamp}")
    out = Writer()
    out.time(*split(chunk.stamp))
    out.text(frame_id)
    out.text(chunk.episode_id)
    out.number("Q", chunk.sequence)
    out.text(chunk.policy)
    out.text(chunk.profile_hash)
    out.texts(chunk.dimension_names)
    out.number("d", chunk.dt)
    out.number("d", chunk.first_row_offset)
    out.number("I", chunk.horizon)
    out.doubles(chunk.rows)
    out.texts(chunk.state_names)
    out.doubles(chunk.state)
    out.number("I", chunk.prefix_length)
    out.number("Q", chunk.seed)
    out.number("I", len(chunk.inputs))
    for name, stamp in chunk.inputs.items():
        out.text(name)
        # Shortly after the clock's zero, less the latency, is before it.
        out.time(*split(max(0.0, stamp)))
    out.time(*split(chunk.latency))
    out.number("?", chunk.done)
    return out.finish()


def chunk_to_message(chunk: ActionChunk, frame_id: str) -> ActionChunkMessage:
    """Return a chunk as a message, for what has it within another. Arguments and errors as for `write_chunk`."""
    return deserialize_message(write_chunk(chunk, frame_id), ActionChunkMessage)


def read_chunk(data: bytes) -> Any:
    """Return what a subscription of steadyhand/ActionChunk received, with the attributes of the message.

    Raises:
        ConversionError: It ends too early, or holds what is no text.
    """
    try:
        # What is written in another way is left to ROS, which raises RuntimeError where it cannot read it either.
        return _read(Reader(data)) if data[:2] == PLAIN[:2] else deserialize_message(data, ActionChunkMessage)
    except (CdrError, RuntimeError) as error:
        raise ConversionError(f"an action chunk cannot be read: {error}") from error


def _read(data: Reader) -> SimpleNamespace:
    header = SimpleNamespace(stamp=_stamp(data), frame_id=data.text())
    return SimpleNamespace(
        header=header,
        episode_id=data.text(),
        sequence=data.number("Q"),
        policy=data.text(),
        profile_hash=data.text(),
        dimension_names=data.texts(),
        dt=data.number("d"),
        first_row_offset=data.number("d"),
        horizon=data.count(),
        data=data.doubles(),
        state_names=data.texts(),
        state=data.doubles(),
        prefix_length=data.number("I"),
        seed=data.number("Q"),
        inputs=[SimpleNamespace(name=data.text(), stamp=_stamp(data)) for _ in range(data.count())],
        inference_latency=_stamp(data),
        done=bool(data.number("?")),
    )


def _stamp(data: Reader) -> SimpleNamespace:
    seconds, nanoseconds = data.time()
    return SimpleNamespace(sec=seconds, nanosec=nanoseconds)
