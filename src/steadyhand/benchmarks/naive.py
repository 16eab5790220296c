"""What a runtime without stitching does, as a reference for measurements. No profile can ask for it."""

from __future__ import annotations

import numpy as np

from steadyhand.chunks.targets import JointTargets
from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.reasons import Reason
from steadyhand.execution.reference import Reference
from steadyhand.execution.row_spline import RowSpline
from steadyhand.execution.stitching import Stitched

# One period of a controller at 100 Hz: the quickest that a command can change [s].
_SWITCH = 0.01


class Naive:
    """Runs every chunk from its first row as soon as it arrives, whatever the arm is doing, and checks no limit.

    Between its rows it is as smooth as `Splice`, so that a comparison shows the boundaries alone.
    """

    def clear(self) -> None:
        """Do nothing: no chunk is remembered."""

    def stitch(self, reference: Reference, targets: JointTargets, handover: float, speed: float) -> Stitched:
        """Switch to the chunk within one control period: see `Stitching.stitch`."""
        del speed
        if len(targets.times) < 2:
            raise RefusedError(Reason.CHUNK_STALE, "one row is no motion")
        since = targets.times - targets.times[0]
        spline = RowSpline(since, targets.positions)
        state = reference.sample(handover)
        knots = np.concatenate([[_SWITCH], since[since > _SWITCH + 1e-3]])
        begun = (state.position, state.velocity, state.acceleration)
        rows = Reference(
            np.concatenate([[handover], handover + knots]),
            *(np.vstack([first, others]) for first, others in zip(begun, spline.at(knots)[:3], strict=True)),
        )
        return Stitched(rows, 0, 1.0, float(handover - targets.times[0]))
