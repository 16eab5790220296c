"""The hand-over: when a chunk takes over from what is commanded."""

from __future__ import annotations

from steadyhand.chunks.targets import JointTargets
from steadyhand.execution import curves
from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.limits import JointLimits
from steadyhand.execution.reference import Reference
from steadyhand.execution.row_spline import RowSpline
from steadyhand.execution.stitching import Stitched, Stitching

# Moments that are looked at are so far apart, and jerk is taken over as long [s].
_STEP = 0.01
# Time in which a turn of an arm takes place: a jerk counts as the acceleration that it makes in it [s].
_TURN = 0.13
# To wait has to be worth this much.
_WORTH = 1.1


def stitch_when_calm(
    stitching: Stitching,
    reference: Reference,
    targets: JointTargets,
    handover: tuple[float, float],
    speed: float,
    limits: JointLimits,
) -> Stitched:
    """Return how a chunk is stitched at a calm moment, or as soon as it can be where it is refused at that.

    Args:
        stitching: How.
        reference: What is commanded.
        targets: The chunk as joint positions over time.
        handover: Earliest and latest time at which it may take over, ROS clock [s].
        speed: Speed override, above 0 and up to 1.
        limits: Limits of the motion.

    Raises:
        RefusedError: As `Stitching.stitch`, at the earliest time.
    """
    earliest, latest = handover
    calm = calm_moment(reference, targets, earliest, latest, limits, speed)
    try:
        return stitching.stitch(reference, targets, calm, speed)
    except RefusedError:
        if calm <= earliest:
            raise
    return stitching.stitch(reference, targets, earliest, speed)


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
    return earliest + _STEP * curves.calmest(
        reference.knots,
        RowSpline(targets.times, targets.positions).curve,
        count,
        earliest,
        step=_STEP,
        turn=_TURN,
        speed=speed,
        limits=limits.acceleration,
        worth=_WORTH,
    )
