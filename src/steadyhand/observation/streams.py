"""Bounded streams of samples, indexed by their capture time."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import Generic, TypeVar

Value = TypeVar("Value")


@dataclass(frozen=True)
class Sample(Generic[Value]):
    """A value and its capture time on the ROS clock [s]."""

    stamp: float
    value: Value


class Stream(Generic[Value]):
    """The newest samples of one input, in order of their capture times.

    Samples that arrive late are put where they belong. One that is older than the newest by more than ``jump`` is
    the first of a clock that was set back: everything before it is forgotten. So is what can no longer be compared:
    nothing outlives ``clear``.

    Attributes:
        name: What the stream carries, for messages.
        capacity: Most samples kept.
        jump: Step back in time that means another clock [s].
    """

    def __init__(self, name: str, capacity: int, jump: float = 1.0) -> None:
        """Create an empty stream."""
        if capacity < 1:
            raise ValueError(f"stream '{name}': capacity {capacity} is less than 1")
        self.name = name
        self.capacity = capacity
        self.jump = jump
        self._stamps: list[float] = []
        self._values: list[Value] = []

    def __len__(self) -> int:
        return len(self._stamps)

    @property
    def newest(self) -> Sample[Value] | None:
        """The sample with the latest capture time, None while empty."""
        return Sample(self._stamps[-1], self._values[-1]) if self._stamps else None

    @property
    def oldest(self) -> Sample[Value] | None:
        """The sample with the earliest capture time, None while empty."""
        return Sample(self._stamps[0], self._values[0]) if self._stamps else None

    def push(self, stamp: float, value: Value) -> None:
        """Add a sample captured at ``stamp``, ROS clock [s]; an equal stamp replaces."""
        if self._stamps and stamp < self._stamps[-1] - self.jump:
            self.clear()
        index = bisect_left(self._stamps, stamp)
        if index < len(self._stamps) and self._stamps[index] == stamp:
            self._values[index] = value
            return
        self._stamps.insert(index, stamp)
        self._values.insert(index, value)
        if len(self._stamps) > self.capacity:
            del self._stamps[0], self._values[0]

    def at_or_before(self, stamp: float) -> Sample[Value] | None:
        """Return the newest sample captured at ``stamp`` or before it, None where there is none."""
        index = bisect_right(self._stamps, stamp) - 1
        return Sample(self._stamps[index], self._values[index]) if index >= 0 else None

    def after(self, stamp: float) -> Sample[Value] | None:
        """Return the oldest sample captured after ``stamp``, None where there is none."""
        index = bisect_right(self._stamps, stamp)
        return Sample(self._stamps[index], self._values[index]) if index < len(self._stamps) else None

    def clear(self) -> None:
        """Forget every sample."""
        self._stamps.clear()
        self._values.clear()
