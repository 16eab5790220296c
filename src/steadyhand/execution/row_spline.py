"""The cubic spline through the rows of a chunk."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steadyhand.execution import curves

Array = NDArray[np.float64]


class RowSpline:
    """The twice continuously differentiable cubic spline that begins as a parabola and ends without acceleration.

    A chunk is made for an arm that moves already: to ask for no acceleration at its first row, as the natural spline
    does, would bend the motion just where it is joined. Its last row is the end of what is known, from where a stop
    begins. The second derivatives at the rows solve a tridiagonal system (de Boor, "A Practical Guide to Splines",
    chapter IV), which is symmetric and positive definite. Beyond the rows the outer polynomials go on.

    Attributes:
        curve: Its polynomials.

    Args:
        times: Of the rows, shape (H,), increasing [s]; one row is a constant, two are a line.
        positions: Shape (H, n) [rad or m].
    """

    def __init__(self, times: Array, positions: Array) -> None:
        if len(times) == 1:
            times = np.array([times[0], times[0] + 1.0])
            positions = np.repeat(positions, 2, axis=0)
        self.curve = curves.Spline(times, positions)

    def at(self, times: Array) -> Array:
        """Return position, velocity, acceleration and jerk at ``times`` (M,) [s], shape (4, M, n)."""
        return curves.sample_spline(self.curve, times)
