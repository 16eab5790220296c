"""What has come on a stream of late: how much, how regular, how old."""

from __future__ import annotations

from collections import deque

from steadyhand.benchmarks.statistics import percentiles

_DEPTH = 256
_WINDOW = 5.0
"""Only what came in this time tells the rate [s]."""


class StreamRecord:
    """Arrivals and ages of the newest messages of one stream, of one clock's times [s].

    To hear a message takes about a microsecond and no memory beyond a fixed number of messages; what they come to is
    worked out only when asked for.

    Attributes:
        count: Messages heard in all.
    """

    def __init__(self) -> None:
        """Begin with nothing heard."""
        self.count = 0
        self._times: deque[float] = deque(maxlen=_DEPTH)
        self._ages: deque[float] = deque(maxlen=_DEPTH)
        self._gaps: deque[float] = deque(maxlen=_DEPTH)
        self._before: float | None = None

    def hear(self, now: float, age: float = 0.0) -> None:
        """Take note of a message that comes ``now`` [s], and of its age on arrival [s]."""
        before, self._before = self._before, now
        if before is not None and now < before:
            self._forget()  # the clock went back
        elif before is not None:
            self._gaps.append(now - before)
        self.count += 1
        self._times.append(now)
        self._ages.append(age)

    def pause(self) -> None:
        """Let the time until the next message not count as a gap: none is due."""
        self._before = None

    def silence(self, now: float) -> float:
        """Return the time since the newest message [s]; infinite where none has come."""
        return max(0.0, now - self._times[-1]) if self._times else float("inf")

    def rate(self, now: float) -> float:
        """Return the messages a second of late [Hz]; 0 where that cannot be told."""
        times = [time for time in self._times if now - time <= _WINDOW]
        return (len(times) - 1) / (times[-1] - times[0]) if len(times) > 1 and times[-1] > times[0] else 0.0

    def ages(self) -> dict[str, float]:
        """Return percentiles of the ages on arrival [ms]; empty where nothing has come."""
        return percentiles([1e3 * age for age in self._ages]) if self._ages else {}

    def gaps(self) -> dict[str, float]:
        """Return percentiles of the times between two messages [ms]; empty where there are none."""
        return percentiles([1e3 * gap for gap in self._gaps]) if self._gaps else {}

    def _forget(self) -> None:
        for kept in (self._times, self._ages, self._gaps):
            kept.clear()
