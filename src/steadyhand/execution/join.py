"""The join: how the motion leaves what was commanded and comes to follow a new chunk."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from steadyhand.execution.reference import Reference, State

Array = NDArray[np.float64]

# Knots in a join: its polynomial of degree 7 is followed by quintics between them to about a thousandth.
_PIECES = 6
# Knots closer together would make segments that no controller can tell from a step [s].
_APART = 2e-3


def join(state: State, jerk: Array, spline: CubicSpline, rows: Array, handover: float, meet: float) -> Reference:
    """Return the motion from ``state`` onto a spline, which it follows alone from ``meet`` on.

    It is the spline plus an offset d, which begins as what was commanded less the spline, in position, velocity,
    acceleration and jerk, and is zero in all four at ``meet``. With u from 0 to 1 over the join and T its duration

        d(u) = sum_(k=0..3) d_k T^k / k! u^k (1 - u)^4 sum_(m=0..3-k) C(3+m, m) u^m,

    d_k being the offset's k-th derivative at the hand-over: Hermite's two-point interpolation (Davis, "Interpolation
    and Approximation", 1963, 2.3). Rows within the join are kept, each moved by the offset that is left.

    Args:
        state: Commanded at the hand-over.
        jerk: Commanded just before it, shape (n,) [rad/s^3 or m/s^3].
        spline: Through the rows, over ROS time [s].
        rows: Times of the rows, increasing, ROS clock [s].
        handover: When the join begins [s].
        meet: When it ends, up to the last row [s].
    """
    duration = meet - handover
    breaks = [handover, *rows[(rows > handover + _APART) & (rows < meet - _APART)], meet]
    knots = [
        np.linspace(begin, end, max(1, int(np.ceil(_PIECES * (end - begin) / duration - 1e-9))), endpoint=False)
        for begin, end in zip(breaks[:-1], breaks[1:], strict=True)
    ]
    inside = np.concatenate(knots)
    times = np.concatenate([inside, [meet], rows[rows > meet + _APART]])
    starts = (state.position, state.velocity, state.acceleration, jerk)
    offsets = [(start - spline(handover, k)) * duration**k for k, start in enumerate(starts)]
    u = (inside - handover) / duration
    curves = []
    for k in range(3):
        curve = spline(times, k)
        curve[: len(u)] += sum(basis.deriv(k)(u)[:, None] * d for basis, d in zip(_BASES, offsets, strict=True)) / duration**k
        curve[0] = starts[k]
        curves.append(curve)
    return Reference(times, *curves)


def rough(state: State, jerk: Array, spline: CubicSpline, handover: float, durations: Array) -> Array:
    """Return the largest jerk of the offset that joins of some durations (M,) [s] have, shape (M, n).

    It is taken at a few points of each join; arguments as for `join`.
    """
    starts = (state.position, state.velocity, state.acceleration, jerk)
    powers = durations[:, None] ** (np.arange(4) - 3.0)
    differences = np.stack([start - spline(handover, k) for k, start in enumerate(starts)])
    return np.asarray(np.abs(np.einsum("ku,mk,kn->mun", _JERKS, powers, differences)).max(axis=1))


def _basis(k: int) -> np.polynomial.Polynomial:
    """Return the polynomial whose k-th derivative is 1 at 0, of degree 7, flat to the third derivative elsewhere."""
    u = np.polynomial.Polynomial([0.0, 1.0])
    binomial = (1.0, 4.0, 10.0, 20.0)
    series = np.polynomial.Polynomial([binomial[m] for m in range(4 - k)])
    factorial = (1.0, 1.0, 2.0, 6.0)[k]
    return u**k * (1.0 - u) ** 4 * series / factorial


_BASES = tuple(_basis(k) for k in range(4))
_JERKS = np.stack([basis.deriv(3)(np.linspace(0.0, 1.0, 17)) for basis in _BASES])
