"""How long a chunk takes from observation to hand-over: a decaying maximum."""

from __future__ import annotations

from collections import deque


class DelayEstimate:
    """The largest delay of recent chunks; an old peak leaves when it falls out of the window.

    Real-time chunking (arXiv 2506.07339) plans for the maximum over a buffer of recent delays.
    """

    def __init__(self, window: int = 10) -> None:
        self._recent: deque[float] = deque(maxlen=window)

    def add(self, delay: float) -> None:
        """Count one measured delay [s]."""
        self._recent.append(max(0.0, delay))

    def clear(self) -> None:
        """Forget every delay."""
        self._recent.clear()

    @property
    def value(self) -> float:
        """The estimate [s], 0 before the first chunk."""
        return max(self._recent, default=0.0)
