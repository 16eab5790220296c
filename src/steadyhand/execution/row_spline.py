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
        self._times, wide = times, h[:, None]
        slopes = (positions[1:] - positions[:-1]) / wide
        # The last equation says that the second derivative vanishes there; the first only makes the system whole, as
        # the second derivative of the first row is that of the second one.
        diagonal, beside = np.ones(len(times)), np.zeros(len(h))
        diagonal[1:-1] = (h[1:] + h[:-1]) / 3.0
        beside[1:-1] = h[1:-1] / 6.0
        change = np.zeros(positions.shape)
        change[1:-1] = slopes[1:] - slopes[:-1]
        if len(h) > 1:
            diagonal[1] += h[0] / 6.0
        curvatures: Array = dptsv(diagonal, beside, change)[2]
        curvatures[0] = curvatures[1]
        start, end = curvatures[:-1], curvatures[1:]
        # Power basis of every segment in the time since its first row, shape (H - 1, 4, n).
        self._coefficients = np.stack(
            [positions[:-1], slopes - wide * (2.0 * start + end) / 6.0, 0.5 * start, (end - start) / (6.0 * wide)],
            axis=1,
        )

    def at(self, times: Array) -> Array:
        """Return position, velocity, acceleration and jerk at ``times`` (M,) [s], shape (4, M, n)."""
        index = np.minimum(np.searchsorted(self._times[1:-1], times, side="right"), len(self._coefficients) - 1)
        s = times - self._times[index]
        # Each row: 1, s, s^2, s^3 differentiated as often as its number says.
        basis = np.zeros((len(s), 4, 4))
        basis[:, range(4), range(4)] = (1.0, 1.0, 2.0, 6.0)
        basis[:, 0, 1] = s
        basis[:, 1, 2] = 2.0 * s
        basis[:, 2, 3] = 6.0 * s
        basis[:, 0, 2] = s * s
        basis[:, 1, 3] = 3.0 * basis[:, 0, 2]
        basis[:, 0, 3] = s * basis[:, 0, 2]
        return np.asarray((basis @ self._coefficients[index]).transpose(1, 0, 2))
