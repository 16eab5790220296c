"""The arm's part of a chunk: what every way of writing it must do."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class ArmMotion(Protocol):
    """A motion written in rows: H joint positions, shape (H, n), or H poses of the tool, shape (H, 4, 4).

    ``observed`` are the arm's positions at the observation that rows belong to, shape (n,) [rad or m].
    """

    def decode(self, rows: Array, observed: Array) -> Array:
        """Return the motion that rows (H, D) stand for.

        Raises:
            MeaningError: A row stands for nothing.
        """
        ...

    def encode(self, motion: Array, observed: Array, rows: Array) -> None:
        """Write a motion into its columns of rows (H, D): the inverse of `decode`."""
        ...

    def positions(self, motion: Array, observed: Array) -> Array:
        """Return the joint positions of a motion that continues from the observation, shape (H, n) [rad or m].

        Raises:
            MeaningError: A pose is out of reach.
        """
        ...

    def between(self, motion: Array, rows: Array, times: Array) -> Array:
        """Return a motion at other times [s], shape (K,), than those of its rows, shape (H,): the C2 cubic spline."""
        ...

    def motion(self, positions: Array) -> Array:
        """Return the motion of joint positions, shape (H, n) [rad or m]."""
        ...
