"""The end of a chunk: whatever is followed ends in a stop."""

from __future__ import annotations

import numpy as np

from steadyhand.execution.brake import stop
from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.limits import Extrema
from steadyhand.execution.reasons import Reason
from steadyhand.execution.reference import Reference
from steadyhand.execution.settings import ExecutorSettings


def ending_in_a_stop(reference: Reference, settings: ExecutorSettings) -> Reference:
    """Return a reference with the stop that follows its end.

    Raises:
        RefusedError: It ends too fast to stop within the position limits.
    """
    tail = stop(reference.end, reference.final, settings.brake_limits)
    limits = settings.limits
    outside = Extrema(tail).outside(limits)
    if outside.any():
        joint = int(np.argmax(outside))
        raise RefusedError(
            Reason.POSITION_LIMIT,
            f"the chunk ends too fast to stop {limits.names[joint]} within its limits "
            f"{limits.lower[joint]:g} to {limits.upper[joint]:g}",
        )
    return reference.followed_by(tail)
