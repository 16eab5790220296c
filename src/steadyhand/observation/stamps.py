"""Stamps of messages in seconds."""

from __future__ import annotations

ROUNDING = 1e-6
"""Two times that differ by less are one stamp: doubles of this century's seconds are 0.24 microseconds apart [s]."""


def seconds(sec: int, nanosec: int) -> float:
    """Return a stamp in seconds; everything that is compared bit by bit must come this way."""
    return float(sec) + float(nanosec) * 1e-9
