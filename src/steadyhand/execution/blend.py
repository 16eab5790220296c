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
    chunk = [values.reshape(shape) for values in (*spline.at(at), spline.jerk(at))]
    own = chunk[3][0, 0]
    commanded = (state.position, state.velocity, state.acceleration)
    smooth = _curves((*commanded, own), chunk, spline, handover, durations)
    # What the commanded jerk adds to that: its offset is the last of the basis.
    added = [
        _VALUES[4][order][3][:, None] * durations[:, None, None] ** (3 - order) * (jerk - own) for order in range(1, 4)
    ]
    peaks = np.stack([_largest(smooth[2], limits.jerk), _largest(smooth[2] + added[2], limits.jerk)])
    keeps = np.argmin(peaks, axis=0).astype(np.bool_)
    smooth = [curve + np.where(keeps[:, None, :], more, 0.0) for curve, more in zip(smooth, added, strict=True)]
    peak = peaks.min(axis=0).max(axis=1)
    quintic = _curves(commanded, chunk, spline, handover, durations)
    excess = np.concatenate([_excess(smooth, limits), _excess(quintic, limits)])
    sorts = [Blend((*commanded, np.where(keep, jerk, own)), float(t)) for keep, t in zip(keeps, durations, strict=True)]
    sorts += [Blend(commanded, float(t)) for t in durations]
    least = sorts[int(np.argmin(excess))]
    kept = excess[: len(durations)] <= _INSIDE
    if not kept.any():
        return (least,)
    peak = np.where(kept, peak, np.inf)
    best = sorts[int(np.argmax(peak <= _WORTH * peak.min()))]
    return (best, least) if best is not least else (best,)


def _curves(
    starts: tuple[Array, ...], chunk: list[Array], spline: RowSpline, handover: float, durations: Array
) -> list[Array]:
    """Return velocities, accelerations and jerks of the joins at `_POINTS`, each of shape (M, U, n)."""
    differences = np.stack(changes(starts, spline, handover))
    return [
        chunk[order]
        + np.einsum(
            "ku,mk,kn->mun",
            _VALUES[len(starts)][order],
            durations[:, None] ** (np.arange(len(starts)) - float(order)),
            differences,
        )
        for order in range(1, 4)
    ]


def _excess(curves: list[Array], limits: JointLimits) -> Array:
    """Return the factor by which time would have to be stretched to keep the limits, below 1 where there is room."""
    allowed = (limits.velocity, limits.acceleration, limits.jerk)
    shares = [_largest(curve, limit).max(axis=1) for curve, limit in zip(curves, allowed, strict=True)]
    return np.asarray(np.max([share ** (1.0 / (k + 1)) for k, share in enumerate(shares)], axis=0))


def _largest(curve: Array, limit: Array) -> Array:
    return np.asarray(np.abs(curve / limit).max(axis=1))


_POINTS = np.linspace(0.0, 1.0, 17)
_VALUES = {
    count: [np.stack([basis.deriv(order)(_POINTS) for basis in bases]) for order in range(4)]
    for count, bases in BASES.items()
}
