"""The blend: how long a join takes, and with which jerk it begins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steadyhand.execution import curves
from steadyhand.execution.join import BASES
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
        durations: Of the joins to look at, none shorter than the one before it, shape (M,) [s].
        limits: Limits of the motion.
    """
    commanded = (state.position, state.velocity, state.acceleration)
    begun, peak, excess = curves.look_at_joins(
        spline.curve,
        handover,
        np.array([*commanded, jerk]),
        limits.derivatives,
        durations,
        _POINTS,
        (_VALUES[4], _VALUES[3]),
    )
    count = len(durations)

    def blend(which: int) -> Blend:
        starts = (*commanded, begun[which]) if which < count else commanded
        return Blend(starts, float(durations[which % count]))

    least = int(excess.argmin())
    kept = excess[0] <= _INSIDE
    if not kept.any():
        return (blend(least),)
    peak = np.where(kept, peak, np.inf)
    best = int((peak <= _WORTH * peak.min()).argmax())
    return (blend(best), blend(least)) if best != least else (blend(best),)


_POINTS = np.linspace(0.0, 1.0, 17)
_VALUES = {
    count: np.stack([np.stack([basis.deriv(order)(_POINTS) for basis in bases], axis=1) for order in (1, 2, 3)])
    for count, bases in BASES.items()
}
"""Number of given derivatives to the values of velocity, acceleration and jerk of each basis, shape (3, U, k)."""
