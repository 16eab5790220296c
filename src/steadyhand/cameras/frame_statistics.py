"""How many frames come, how old they are when they are published, and how many are lost."""

from __future__ import annotations

from collections import deque
from threading import Lock

import numpy as np

_WINDOW = 5.0
_KEPT = 1000


class FrameStatistics:
    """Counts frames; may be asked and told from any thread.

    Attributes:
        captured: Frames grabbed.
        published: Frames that were published.
        dropped: Frames that a newer one replaced before they could be published.
    """

    def __init__(self) -> None:
        self.captured = 0
        self.published = 0
        self.dropped = 0
        self._lock = Lock()
        self._arrivals: deque[float] = deque(maxlen=_KEPT)
        self._ages: deque[float] = deque(maxlen=_KEPT)

    def capture(self, now: float) -> None:
        """Count a frame that was grabbed now, steady clock [s]."""
        with self._lock:
            self.captured += 1
            self._arrivals.append(now)

    def drop(self) -> None:
        """Count a frame that nobody will see."""
        with self._lock:
            self.dropped += 1

    def publish(self, age: float) -> None:
        """Count a frame that was published, with the age of its stamp then [s]."""
        with self._lock:
            self.published += 1
            self._ages.append(age)

    def restart(self) -> None:
        """Forget the times of arrival, after an interruption."""
        with self._lock:
            self._arrivals.clear()

    def rate(self, now: float) -> float:
        """Return the rate of the last 5 s [Hz]; 0 where there were no two frames. ``now`` as in ``capture``."""
        with self._lock:
            recent = [arrival for arrival in self._arrivals if now - arrival <= _WINDOW]
        return (len(recent) - 1) / (recent[-1] - recent[0]) if len(recent) > 1 and recent[-1] > recent[0] else 0.0

    def silence(self, now: float) -> float | None:
        """Return the time since the last frame [s], None where there was none."""
        with self._lock:
            return now - self._arrivals[-1] if self._arrivals else None

    def ages(self) -> dict[str, float]:
        """Return percentiles and the maximum of the ages of the newest frames [s]; empty where there are none."""
        with self._lock:
            ages = list(self._ages)
        if not ages:
            return {}
        middle, high = np.percentile(ages, (50, 95)).tolist()
        return {"median": middle, "95 %": high, "max": max(ages)}
