"""The way that a tool has come of late."""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray


class Track:
    """Points of one tool at increasing times, bounded in time and in number.

    Args:
        seconds: How far back it goes [s].
        depth: Most points kept.
    """

    def __init__(self, seconds: float, depth: int = 500) -> None:
        self._seconds = seconds
        self._kept: deque[tuple[float, NDArray[np.float64]]] = deque(maxlen=depth)

    def add(self, time: float, pose: NDArray[np.float64]) -> None:
        """Add a pose, shape (4, 4) [m], at a time [s]; where the clock went back, begin anew."""
        if self._kept and time < self._kept[-1][0]:
            self._kept.clear()
        self._kept.append((time, pose))
        while time - self._kept[0][0] > self._seconds:
            self._kept.popleft()

    @property
    def times(self) -> NDArray[np.float64]:
        """Times, shape (N,) [s]."""
        return np.array([time for time, _ in self._kept])

    @property
    def poses(self) -> NDArray[np.float64]:
        """Poses, oldest first, shape (N, 4, 4) [m]."""
        return np.array([pose for _, pose in self._kept]).reshape(-1, 4, 4)

    @property
    def points(self) -> NDArray[np.float64]:
        """Positions, oldest first, shape (N, 3) [m]."""
        return np.asarray(self.poses[:, :3, 3])
