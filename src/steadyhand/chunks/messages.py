"""The chunk that a message carries, whichever library read the message."""

from __future__ import annotations

from typing import Any

import numpy as np

from steadyhand.chunks.chunk import ActionChunk
from steadyhand.chunks.exceptions import ConversionError
from steadyhand.observation.stamps import seconds


def to_seconds(stamp: Any) -> float:
    """Return a stamp or a duration (``sec``, ``nanosec``) in seconds; stamps of this century keep 0.3 microseconds."""
    return seconds(stamp.sec, stamp.nanosec)


def chunk_from_message(message: Any) -> ActionChunk:
    """Return the chunk that a steadyhand/ActionChunk carries; values are not judged here.

    Raises:
        ConversionError: The number of values is not horizon x dimensions, or state and its names differ in length.
    """
    dimensions = len(message.dimension_names)
    if len(message.data) != message.horizon * dimensions:
        raise ConversionError(
            f"action chunk {message.sequence} of '{message.policy}' carries {len(message.data)} values, "
            f"but its horizon {message.horizon} x {dimensions} dimensions is {message.horizon * dimensions}"
        )
    if len(message.state) != len(message.state_names):
        raise ConversionError(
            f"action chunk {message.sequence} of '{message.policy}' carries {len(message.state)} state values "
            f"for {len(message.state_names)} names"
        )
    return ActionChunk(
        stamp=to_seconds(message.header.stamp),
        rows=np.asarray(message.data, dtype=np.float64).reshape(message.horizon, dimensions),
        dimension_names=tuple(message.dimension_names),
        dt=message.dt,
        first_row_offset=message.first_row_offset,
        state_names=tuple(message.state_names),
        state=np.asarray(message.state, dtype=np.float64),
        inputs={entry.name: to_seconds(entry.stamp) for entry in message.inputs},
        episode_id=message.episode_id,
        sequence=message.sequence,
        policy=message.policy,
        profile_hash=message.profile_hash,
        prefix_length=message.prefix_length,
        seed=message.seed,
        latency=to_seconds(message.inference_latency),
        done=message.done,
    )
