"""The join: how the motion leaves what was commanded and comes to follow a new chunk."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb, factorial

import numpy as np
from numpy.polynomial import Polynomial
from numpy.typing import NDArray

from steadyhand.execution.reference import Reference
from steadyhand.execution.row_spline import RowSpline

Array = NDArray[np.float64]

# Knots in a join: its polynomial of degree 7 is followed by quintics between them closely.
_PIECES = 6
# Knots closer together would make segments that no controller can tell from a step [s].
_APART = 2e-3


def join(starts: Sequence[Array], spline: RowSpline, rows: Array, handover: float, meet: float) -> Reference:
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
        rows: Times of the rows, increasing, ROS clock [s].
        handover: When the join begins [s].
        meet: When it ends, up to the last row [s].
    """
    duration = meet - handover
    breaks = np.concatenate([[handover], rows[(rows > handover + _APART) & (rows < meet - _APART)], [meet]])
    inside = _divided(breaks, duration / _PIECES)
    times = np.concatenate([inside, [meet], rows[rows > meet + _APART]])
    bases = _COEFFICIENTS[len(starts)]
    offsets = np.stack(changes(starts, spline, handover)) * duration ** np.arange(len(starts))[:, None]
    powers = ((inside - handover) / duration)[:, None] ** np.arange(bases.shape[1])
    curves = spline.at(times)[:3]
    for k, curve in enumerate(curves):
        curve[: len(inside)] += powers @ (bases[k] @ (offsets / duration**k))
        curve[0] = starts[k]
    return Reference(times, *curves)


def _divided(breaks: Array, longest: float) -> Array:
    """Return the times but the last, with more evenly between two that are farther apart than ``longest`` [s]."""
    widths = np.diff(breaks)
    counts = np.maximum(np.ceil(widths / longest - 1e-9), 1.0).astype(np.intp)
    first = np.repeat(np.cumsum(counts) - counts, counts)
    return np.repeat(breaks[:-1], counts) + (np.arange(len(first)) - first) * np.repeat(widths / counts, counts)


def changes(starts: Sequence[Array], spline: RowSpline, handover: float) -> list[Array]:
    """Return what was commanded at the hand-over less the spline, for position and each derivative given."""
    ahead = spline.at(np.array([handover]))[:, 0]
    return [start - value for start, value in zip(starts, ahead, strict=False)]


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
