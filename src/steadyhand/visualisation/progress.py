"""What the bridge reports, as far as it can be seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steadyhand.chunks.messages import to_seconds


@dataclass(frozen=True)
class Progress:
    """One report.

    Attributes:
        stamp: Of the report, ROS clock [s].
        episode_id: Open episode, empty for none.
        sequence: Chunk that the reference contains, None before the first.
        first_row: First row of it in the reference.
        committed_rows: Rows of it, counted from row 0, that can no longer be changed.
        hold_code: Why the arm brakes or is held, empty while it moves freely.
        hold_message: The same for a person.
        positions: Commanded joint positions, shape (n,) [rad or m]; None while nothing is commanded.
    """

    stamp: float = 0.0
    episode_id: str = ""
    sequence: int | None = None
    first_row: int = 0
    committed_rows: int = 0
    hold_code: str = ""
    hold_message: str = ""
    positions: NDArray[np.float64] | None = None


def progress_from_message(message: Any) -> Progress:
    """Return what a steadyhand/ExecutionState says, whichever library read it."""
    return Progress(
        stamp=to_seconds(message.header.stamp),
        episode_id=message.episode_id,
        sequence=int(message.chunk_sequence) if message.has_chunk else None,
        first_row=int(message.first_row),
        committed_rows=int(message.committed_rows),
        hold_code=message.hold_code,
        hold_message=message.hold_message,
        positions=np.array(message.positions, dtype=np.float64) if len(message.positions) else None,
    )
