"""The run-up: how long a chunk waits for an arm that begins from rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from steadyhand.chunks.targets import JointTargets
from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.reasons import TOO_FAST
from steadyhand.execution.reference import Reference
from steadyhand.execution.stitching import Stitched, Stitching

RUN_UPS = (0.0, 0.1, 0.2, 0.3, 0.4)
"""Delays tried in turn [s]."""


def stitch_from_rest(
    stitching: Stitching,
    reference: Reference,
    targets: JointTargets,
    handover: float,
    speed: float,
    run_ups: Sequence[float] = RUN_UPS,
) -> tuple[JointTargets, Stitched]:
    """Return the targets, delayed as little as the limits ask for, and how they are stitched.

    An arm that rests cannot be at once where a chunk made for a moving arm says, nor at its speed. Arguments as for
    `Stitching.stitch`.

    Raises:
        RefusedError: As `Stitching.stitch`, after the longest run-up.
    """
    for run_up in run_ups[:-1]:
        delayed = targets.delayed(run_up)
        try:
            stitched = stitching.stitch(reference, delayed, handover, speed)
            return delayed, replace(stitched, lag=stitched.lag + run_up)
        except RefusedError as refusal:
            if refusal.reason not in TOO_FAST:
                raise
    delayed = targets.delayed(run_ups[-1])
    stitched = stitching.stitch(reference, delayed, handover, speed)
    return delayed, replace(stitched, lag=stitched.lag + run_ups[-1])
