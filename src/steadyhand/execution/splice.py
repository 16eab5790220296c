"""Splice: drop the rows that have passed, join what is commanded with continuous velocity and acceleration."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steadyhand.chunks.targets import JointTargets
from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.limits import Extrema, JointLimits
from steadyhand.execution.natural_spline import NaturalSpline
from steadyhand.execution.reasons import Reason
from steadyhand.execution.reference import Reference, State
from steadyhand.execution.stitching import Stitched

Array = NDArray[np.float64]

# Aiming a little inside the limits lets the search end in a few rounds instead of creeping up to them.
_MARGIN = 0.98
_ROUNDS = 6
# Blends tried, as factors of the one asked for; the join takes at least this long [s].
_BLENDS = (1.0, 1.5, 2.25, 3.4)
_SHORTEST = 0.05


class Splice:
    """Joins a chunk to the commanded state by the quintic that meets its spline after ``blend``.

    The quintic between two states is the curve of least jerk for its duration (Flash and Hogan, "The coordination of
    arm movements", J. Neuroscience 1985). Rows are interpolated by the C2 cubic spline, whose derivatives at the rows
    are handed on as the knots of the reference.

    Where the motion exceeds a limit, the blend is made longer; where that is not enough, the rows after the hand-over
    are slowed uniformly. Slowing beyond the lag budget is refused.

    Args:
        limits: Limits of the motion.
        blend: Time over which the join is made [s].
        start_jump: Largest distance of any joint between the commanded state and the chunk at the hand-over [rad or m].
        lag: Longest delay against the policy's timing that slowing may cause [s].
    """

    def __init__(self, limits: JointLimits, *, blend: float, start_jump: float, lag: float) -> None:
        self._limits = limits
        self._blend = blend
        self._start_jump = start_jump
        self._lag = lag

    def clear(self) -> None:
        """Do nothing: a splice remembers no chunk."""

    def stitch(self, reference: Reference, targets: JointTargets, handover: float, speed: float) -> Stitched:
        """Stitch a chunk's targets onto ``reference`` at ``handover``: see `Stitching.stitch`."""
        left = targets.times > handover + 1e-6
        if not np.any(left):
            raise RefusedError(
                Reason.CHUNK_STALE,
                f"all {len(targets.times)} rows have passed: the last was meant for "
                f"{handover - targets.times[-1]:.3f} s ago",
            )
        first = int(np.argmax(left))
        state = reference.sample(handover)
        self._check_jump(state, targets, first, handover)
        # The spline runs through one passed row too, so that it does not begin with the join's own end condition.
        kept = slice(max(0, first - 1), None)
        times, positions = targets.times[kept], targets.positions[kept]
        stretch = 1.0 / speed
        for _ in range(_ROUNDS):
            candidate, excess = self._gentlest(state, times, positions, handover, stretch)
            lag = (stretch * speed - 1.0) * float(times[-1] - handover)
            if lag > self._lag:
                break
            if excess <= 1.0:
                self._check_positions(candidate)
                return Stitched(candidate, first, stretch, lag)
            stretch *= max(excess / _MARGIN, 1.02)
        raise RefusedError(
            Reason.VELOCITY_LIMIT,
            f"to keep the limits the chunk would take {stretch * speed:.2f} times its duration or more, "
            f"{lag:.2f} s of lag, limit {self._lag:g} s. {self._worst(candidate)}",
        )

    def _gentlest(
        self, state: State, times: Array, positions: Array, handover: float, stretch: float
    ) -> tuple[Reference, float]:
        """Return the join with the shortest blend that keeps the limits, or the one that exceeds them least.

        A longer blend costs no time, while stretching does: it is tried first.
        """
        slowed = handover + (times - handover) * stretch
        spline = NaturalSpline(slowed, positions)
        best, least = None, np.inf
        for factor in _BLENDS:
            meet = handover + max(factor * self._blend * max(1.0, stretch), _SHORTEST)
            candidate = _joined(state, spline, slowed, handover, meet)
            excess = Extrema(candidate).stretch(self._limits)
            if excess < least:
                best, least = candidate, excess
            if excess <= 1.0 or meet >= slowed[-1]:
                break
        assert best is not None
        return best, least

    def _check_jump(self, state: State, targets: JointTargets, first: int, handover: float) -> None:
        before = max(0, first - 1)
        row = targets.positions[first]
        if before < first:
            share = (handover - targets.times[before]) / (targets.times[first] - targets.times[before])
            row = (1.0 - share) * targets.positions[before] + share * row
        jump = np.abs(row - state.position)
        if not np.all(jump <= self._start_jump):
            joint = int(np.argmax(jump))
            raise RefusedError(
                Reason.START_JUMP,
                f"the chunk begins {jump[joint]:.3f} from the commanded position of {self._limits.names[joint]}, "
                f"limit {self._start_jump:g}",
            )

    def _check_positions(self, candidate: Reference) -> None:
        found = Extrema(candidate)
        outside = found.outside(self._limits)
        if np.any(outside):
            joint = int(np.argmax(outside))
            raise RefusedError(
                Reason.POSITION_LIMIT,
                f"the motion takes {self._limits.names[joint]} to {found.lowest[joint]:.4f} .. "
                f"{found.highest[joint]:.4f}, limits {self._limits.lower[joint]:g} to {self._limits.upper[joint]:g}",
            )

    def _worst(self, candidate: Reference) -> str:
        found, limits = Extrema(candidate), self._limits
        excess = [
            ("velocity", found.speed, limits.velocity),
            ("acceleration", found.acceleration, limits.acceleration),
            ("jerk", found.jerk, limits.jerk),
        ]
        return ", ".join(
            f"{name} of {limits.names[joint]} {value[joint]:.2f} of {limit[joint]:g}"
            for name, value, limit in excess
            if (value / limit)[joint := int(np.argmax(value / limit))] > 1.0
        )


def _joined(state: State, spline: NaturalSpline, times: Array, handover: float, meet: float) -> Reference:
    """Return the quintic from ``state`` at ``handover`` to the spline at ``meet``, and the spline's knots from there.

    A chunk that ends before the blend does is joined at its last row.
    """
    meet = max(min(meet, float(times[-1])), handover + _SHORTEST)
    knots = np.concatenate([[meet], times[times > meet + 1e-3]])
    p, v, a = spline.at(np.minimum(knots, times[-1]))
    return Reference(
        np.concatenate([[handover], knots]),
        np.concatenate([state.position[None], p]),
        np.concatenate([state.velocity[None], v]),
        np.concatenate([state.acceleration[None], a]),
    )
