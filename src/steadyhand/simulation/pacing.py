"""Simulated time that follows a clock."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

_WINDOW = 100  # ticks over which the speed is measured


class Pacer:
    """Says when the next tick is due, and what has been lost where the simulation cannot keep up.

    Args:
        period: Simulated time of a tick [s].
        clock: The clock to follow [s].
        speed: Simulated seconds for each second of the clock.
        slack: How far ticks may fall behind and still catch up [s]; beyond it the time is lost.
    """

    def __init__(self, period: float, clock: Callable[[], float], speed: float = 1.0, slack: float = 0.1) -> None:
        self._period = period
        self._clock = clock
        self._interval = period / speed
        self._slack = slack
        self._due: float | None = None
        self._ticks: deque[float] = deque(maxlen=_WINDOW)
        self.lost = 0.0

    @property
    def real_time_factor(self) -> float:
        """Simulated seconds for each second of the clock, over the last 100 ticks; 0 before the second."""
        if len(self._ticks) < 2:
            return 0.0
        elapsed = self._ticks[-1] - self._ticks[0]
        return (len(self._ticks) - 1) * self._period / elapsed if elapsed > 0.0 else 0.0

    def remaining(self) -> float:
        """Return the time until the next tick is due on the clock [s]; negative where it is late."""
        return 0.0 if self._due is None else self._due - self._clock()

    def tick(self) -> float:
        """Begin a tick, and return the time on the clock at which it was due [s].

        A tick later than the slack, or a clock that has been set back by more than that, restarts the schedule now;
        time skipped in this way adds to ``lost``.
        """
        now = self._clock()
        due = now if self._due is None else self._due
        if abs(now - due) > self._slack + self._interval:
            self.lost += max(0.0, now - due)
            due = now
        self._due = due + self._interval
        self._ticks.append(now)
        return due
