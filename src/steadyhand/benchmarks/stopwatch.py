"""Durations of calls, on the steady clock and on the thread's own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from steadyhand.benchmarks.statistics import percentiles


class Stopwatch:
    """Collects durations.

    Attributes:
        wall: On the steady clock [ms].
        cpu: That the thread computed, without what other programs took [ms].
    """

    def __init__(self) -> None:
        self.wall: list[float] = []
        self.cpu: list[float] = []

    @contextmanager
    def lap(self) -> Iterator[None]:
        """Measure what is inside of the ``with``; also where it raises."""
        cpu, wall = time.thread_time_ns(), time.perf_counter_ns()
        try:
            yield
        finally:
            self.wall.append(1e-6 * (time.perf_counter_ns() - wall))
            self.cpu.append(1e-6 * (time.thread_time_ns() - cpu))

    def result(self) -> dict[str, Any]:
        """Return ``{count, wall_ms, cpu_ms}``, the times as percentiles; only the count where there are none."""
        if not self.wall:
            return {"count": 0}
        return {"count": len(self.wall), "wall_ms": percentiles(self.wall), "cpu_ms": percentiles(self.cpu)}
