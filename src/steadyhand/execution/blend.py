"""The blend: how long a join takes, and with which jerk it begins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steadyhand.execution.join import BASES, changes
from steadyhand.execution.limits import JointLimits
from steadyhand.execution.reference import State
from steadyhand.execution.row_spline import RowSpline

Array = NDArray[np.float64]

# A longer join departs from the chunk for longer: it has to be worth this much of the peak jerk.
_WORTH = 1.1
# Between the points that are looked at a limit may be exceeded by a little; the polynomial has the last word.
_INSIDE = 0.97


@dataclass(frozen=True)
class Blend:
    """One way of joining.

    Attributes:
        starts: What the motion begins with: position, velocity, acceleration and maybe jerk, each of shape (n,).
        duration: Time from the hand-over until the chunk alone is followed [s].
    """

    starts: tuple[Array, ...]
    duration: float


def blends(
    state: State, jerk: Array, spline: RowSpline, handover: float, durations: Array, limits: JointLimits
) -> tuple[Blend, ...]:
    """Return the blend of least peak jerk that keeps the limits, if one does, and the one that exceeds them least.

    Every duration is looked at with two sorts of join, at a few points of each, all at once. The first begins, joint by
    joint, with the jerk that was commanded or with the chunk's own, whichever leads to less: jerk need not be
    continuous, since that of a cubic spline jumps at every row. Joins that are worse by less than a tenth give way to a
    shorter one. The second leaves the jerk free, which needs less acceleration.

    Args:
        state: Commanded at the hand-over.
        jerk: Commanded just before it, shape (n,).
        spline: Through the rows of the chunk.
        handover: When the join begins [s].
        durations: Of the joins to look at, increasing, shape (M,) [s].
        limits: Limits of the motion.
    """
    at = (handover + durations[:, None] * _POINTS).ravel()
    shape = (len(durations), len(_POINTS), len(jerk))
    # Velocity, acceleration and jerk, as everything below: shape (3, M, U, n).
    chunk = spline.at(at)[1:].reshape(3, *shape)
    own = chunk[2, 0, 0]
    commanded = (state.position, state.velocity, state.acceleration)
    differences = np.stack(changes(commanded, spline, handover))
    # The offset in jerk is nothing where a join begins with the chunk's own; that of the commanded one comes on top.
    smooth = chunk + _offsets(np.vstack([differences, np.zeros_like(jerk)]), durations)
    more = _offsets(np.vstack([np.zeros_like(differences), jerk - own]), durations)
    peaks = [np.abs(curve[2] / limits.jerk).max(axis=1) for curve in (smooth, smooth + more)]
    keeps = peaks[1] < peaks[0]
    smooth += np.where(keeps[:, None, :], more, 0.0)
    peak = np.minimum(*peaks).max(axis=1)
    excess = _excess(np.concatenate([smooth, chunk + _offsets(differences, durations)], axis=1), limits)
    sorts = [Blend((*commanded, np.where(keep, jerk, own)), float(t)) for keep, t in zip(keeps, durations, strict=True)]
    sorts += [Blend(commanded, float(t)) for t in durations]
    least = sorts[int(np.argmin(excess))]
    kept = excess[: len(durations)] <= _INSIDE
    if not kept.any():
        return (least,)
    peak = np.where(kept, peak, np.inf)
    best = sorts[int(np.argmax(peak <= _WORTH * peak.min()))]
    return (best, least) if best is not least else (best,)


def _offsets(differences: Array, durations: Array) -> Array:
    """Return velocities, accelerations and jerks of the offsets that begin with ``differences`` (k, n)."""
    count = len(differences)
    scaled = differences * durations[:, None, None] ** np.arange(count)[:, None]
    return np.asarray((_VALUES[count][:, None] @ scaled) / durations[:, None, None] ** _ORDERS)


def _excess(curves: Array, limits: JointLimits) -> Array:
    """Return the factor by which time would have to be stretched to keep the limits, below 1 where there is room."""
    allowed = np.stack([limits.velocity, limits.acceleration, limits.jerk])[:, None, None]
    shares = np.abs(curves / allowed).max(axis=(2, 3))
    return np.asarray((shares ** (1.0 / _ORDERS[:, 0, :, 0])).max(axis=0))


_POINTS = np.linspace(0.0, 1.0, 17)
_ORDERS = np.array([1.0, 2.0, 3.0])[:, None, None, None]
_VALUES = {
    count: np.stack([np.stack([basis.deriv(order)(_POINTS) for basis in bases], axis=1) for order in (1, 2, 3)])
    for count, bases in BASES.items()
}
"""Number of given derivatives to the values of velocity, acceleration and jerk of each basis, shape (3, U, k)."""
