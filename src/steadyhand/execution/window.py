"""The rolling window: what the controller is handed, ending in its own brake."""

from __future__ import annotations

import numpy as np

from steadyhand.execution.brake import brake, shortest_stop
from steadyhand.execution.limits import JointLimits
from steadyhand.execution.reference import Reference

# The window begins this far in the past, so that the controller's update time lies inside it.
_PAST = 0.1
# Time that the bridge gets to renew a window before its tail begins: several periods of a 20 Hz refresh.
_RENEWAL = 0.2
_STEP = 0.02


def window(reference: Reference, now: float, limits: JointLimits, longest: float) -> tuple[Reference, float]:
    """Return what may be handed over of ``reference`` at ``now``, ending at rest within ``longest``.

    Args:
        reference: What is commanded, ending at rest; it covers ``now``.
        now: ROS clock [s].
        limits: Brake limits.
        longest: ``max_unattended_motion`` [s].

    Returns:
        The window, and when it leaves ``reference`` for its braking tail [s], infinite where it never does.
    """
    past = now - _PAST
    if reference.end <= now + longest:
        return reference.between(past, max(reference.end, now)), np.inf
    # A long tail leaves little time to renew the window in, so the tail along the path gets only part of it.
    along = longest - _RENEWAL
    begin = now + _RENEWAL
    spare = now + longest - begin - shortest_stop(reference.sample(begin), limits)
    if spare > _STEP:
        later = begin + 0.8 * spare
        tail = brake(reference, later, limits, along)
        if tail.end <= now + longest:
            return reference.between(past, later, then=tail), later
    tail = brake(reference, begin, limits, along)
    while tail.end > now + longest + 1e-6 and begin > now + _STEP:
        begin -= _STEP
        tail = brake(reference, begin, limits, along)
    return reference.between(past, begin, then=tail), begin
