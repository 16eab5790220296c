"""The cubic spline through the rows of a chunk."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.lapack import dptsv

Array = NDArray[np.float64]


class RowSpline:
    """The twice continuously differentiable cubic spline that begins as a parabola and ends without acceleration.

    A chunk is made for an arm that moves already: to ask for no acceleration at its first row, as the natural spline
    does, would bend the motion just where it is joined. Its last row is the end of what is known, from where a stop
    begins. The second derivatives at the rows solve a tridiagonal system (de Boor, "A Practical Guide to Splines",
    chapter IV), which is symmetric and positive definite. Beyond the rows the outer polynomials go on.

    Args:
        times: Of the rows, shape (H,), increasing [s]; one row is a constant, two are a line.
        positions: Shape (H, n) [rad or m].
    """

    def __init__(self, times: Array, positions: Array) -> None:
        if len(times) == 1:
            times = np.array([times[0], times[0] + 1.0])
            positions = np.repeat(positions, 2, axis=0)
        h = times[1:] - times[:-1]
        self._times, self._positions, self._h = times, positions, h[:, None]
        self._slopes = (positions[1:] - positions[:-1]) / self._h
        # The last equation says that the second derivative vanishes there; the first only makes the system whole, as
        # the second derivative of the first row is that of the second one.
        diagonal, beside = np.ones(len(times)), np.zeros(len(h))
        diagonal[1:-1] = (h[1:] + h[:-1]) / 3.0
        beside[1:-1] = h[1:-1] / 6.0
        change = np.zeros(positions.shape)
        change[1:-1] = self._slopes[1:] - self._slopes[:-1]
        if len(h) > 1:
            diagonal[1] += h[0] / 6.0
        self._curvatures: Array = dptsv(diagonal, beside, change)[2]
        self._curvatures[0] = self._curvatures[1]

    def at(self, times: Array) -> tuple[Array, Array, Array]:
        """Return positions, velocities and accelerations at ``times`` (M,) [s], each shape (M, n)."""
        index = np.minimum(np.searchsorted(self._times[1:-1], times, side="right"), len(self._h) - 1)
        s = (times - self._times[index])[:, None]
        h, start, end = self._h[index], self._curvatures[index], self._curvatures[index + 1]
        velocity = self._slopes[index] - h * (2.0 * start + end) / 6.0
        third = (end - start) / h
        return (
            self._positions[index] + s * (velocity + s * (0.5 * start + s * third / 6.0)),
            velocity + s * (start + 0.5 * s * third),
            start + s * third,
        )

    def jerk(self, times: Array) -> Array:
        """Return third derivatives at ``times`` (M,) [s], shape (M, n) [rad/s^3 or m/s^3]."""
        index = np.minimum(np.searchsorted(self._times[1:-1], times, side="right"), len(self._h) - 1)
        return np.asarray((self._curvatures[index + 1] - self._curvatures[index]) / self._h[index])
