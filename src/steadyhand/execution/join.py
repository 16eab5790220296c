"""The join: how the motion leaves what was commanded and comes to follow a new chunk."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb, factorial

import numpy as np
from numpy.polynomial import Polynomial
from numpy.typing import NDArray

from steadyhand.execution import curves
from steadyhand.execution.reference import Reference
from steadyhand.execution.row_spline import RowSpline

Array = NDArray[np.float64]

# Knots in a join: its polynomial of degree 7 is followed by quintics between them closely.
_PIECES = 6
# Knots closer together would make segments that no controller can tell from a step [s].
_APART = 2e-3


def join(starts: Sequence[Array], spline: RowSpline, handover: float, meet: float) -> Reference:
    """Return the motion from what was commanded onto a spline, which it follows alone from ``meet`` on.

    It is the spline plus an offset d, which begins as what was commanded less the spline in position and the n
    derivatives that are given, and is zero in all of them at ``meet``. With u from 0 to 1 over the join and T its
    duration

        d(u) = sum_(k=0..n) d_k T^k / k! u^k (1 - u)^(n+1) sum_(m=0..n-k) C(n+m, m) u^m,

    d_k being the offset's k-th derivative at the hand-over: Hermite's two-point interpolation (Davis, "Interpolation
    and Approximation", 1963, 2.3). Rows within the join are kept, each moved by the offset that is left.

    Args:
        starts: Commanded at the hand-over: position, velocity, acceleration and maybe jerk, each of one number a joint.
        spline: Through the rows, over ROS time [s].
        handover: When the join begins [s].
        meet: When it ends, up to the last row [s].
    """
    count = len(starts)
    knots = curves.join(
        spline.curve,
        handover,
        meet,
        np.array(starts),
        _COEFFICIENTS[count],
        longest=(meet - handover) / _PIECES,
        apart=_APART,
    )
    return Reference.through(knots)


def _basis(k: int, n: int) -> Polynomial:
    """Return the polynomial whose k-th derivative is 1 at 0, while its others up to the n-th are 0 there and at 1."""
    u = Polynomial([0.0, 1.0])
    series = Polynomial([float(comb(n + m, m)) for m in range(n + 1 - k)])
    basis: Polynomial = u**k * (1.0 - u) ** (n + 1) * series / factorial(k)
    return basis


def _coefficients(bases: Sequence[Polynomial], order: int, size: int) -> Array:
    """Return the coefficients of the ``order``-th derivatives as columns, shape (size, number of polynomials)."""
    columns = np.zeros((size, len(bases)))
    for k, basis in enumerate(bases):
        derived = basis.deriv(order).coef
        columns[: len(derived), k] = derived
    return columns


BASES = {n + 1: tuple(_basis(k, n) for k in range(n + 1)) for n in (2, 3)}
"""Number of given derivatives, position included, to the polynomials of `join` in u."""

_COEFFICIENTS = {
    count: np.stack([_coefficients(bases, order, 2 * count) for order in range(3)]) for count, bases in BASES.items()
}
