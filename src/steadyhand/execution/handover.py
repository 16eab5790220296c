"""The hand-over: when a chunk takes over from what is commanded."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steadyhand.chunks.targets import JointTargets
from steadyhand.execution.limits import JointLimits
from steadyhand.execution.reference import Reference
from steadyhand.execution.row_spline import RowSpline

Array = NDArray[np.float64]

# Moments that are looked at are so far apart, and jerk is taken over as long [s].
_STEP = 0.01
# Time in which a turn of an arm takes place: a jerk counts as the acceleration that it makes in it [s].
_TURN = 0.13
# To wait has to be worth this much.
_WORTH = 1.1


def calm_moment(
    reference: Reference, targets: JointTargets, earliest: float, latest: float, limits: JointLimits, speed: float = 1.0
) -> float:
    """Return when a chunk should take over: as soon as both motions turn about as little as they will until ``latest``.

    A join adds to what is commanded and to what the chunk asks for, and it adds most where it begins. Where both are
    calm, what it adds is no more than they do themselves elsewhere. How much they turn is the largest, over both, of
    acceleration and jerk as shares of the acceleration limits, Euclidean over the joints.

    Args:
        reference: What is commanded.
        targets: The chunk as joint positions over time.
        earliest: First time at which it could take over [s].
        latest: Last time at which it may [s].
        limits: Limits of the motion.
        speed: Speed override that the chunk will be followed with, above 0 and up to 1.
    """
    count = int((min(latest, float(targets.times[-1])) - earliest) / _STEP + 1e-9) + 1
    if count < 2 or len(targets.times) < 2:
        return earliest
    times = earliest + _STEP * np.arange(-1, count + 1)
    asked = RowSpline(targets.times, targets.positions).at(np.clip(times, targets.times[0], targets.times[-1]))
    turning = np.maximum(_turning(reference.sample_many(times)[2], limits), _turning(speed**2 * asked[2], limits))
    return float(times[1 + int((turning <= _WORTH * turning.min()).argmax())])


def _turning(accelerations: Array, limits: JointLimits) -> Array:
    """Return how much a motion turns at all but the first and the last of its samples."""
    shares = accelerations / limits.acceleration
    jerks: Array = (_TURN / _STEP) * np.linalg.norm(np.diff(shares, axis=0), axis=1)
    return np.asarray(np.maximum.reduce([np.linalg.norm(shares[1:-1], axis=1), jerks[:-1], jerks[1:]]))
