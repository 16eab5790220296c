"""Splice: drop the rows that have passed, join what is commanded with continuous velocity and acceleration."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steadyhand.chunks.targets import JointTargets
from steadyhand.execution.blend import blends
from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.join import join
from steadyhand.execution.limits import Extrema, JointLimits
from steadyhand.execution.reasons import Reason
from steadyhand.execution.reference import Reference, State
from steadyhand.execution.row_spline import RowSpline
from steadyhand.execution.stitching import Stitched

Array = NDArray[np.float64]

# Aiming a little inside the limits lets the search end in a few rounds instead of creeping up to them.
_MARGIN = 0.98
_ROUNDS = 6
# Durations of the join that are looked at, as factors of the blend asked for; it takes at least this long [s].
_BLENDS = np.geomspace(1.0, 5.0, 8)
_SHORTEST = 0.05
# Rows already passed that shape the motion through those to come: a row's influence falls to a quarter with each.
_PASSED = 3


class Splice:
    """Joins a chunk to the commanded state by an offset from its spline that fades away: see `join`.

    Rows are interpolated by the C2 cubic spline, whose derivatives at the rows are handed on as the knots of the
    reference. The offset lasts from 1 to 5 times ``blend``, whatever asks for the least peak jerk: see `blends`.

    Where no join keeps the limits, the rows after the hand-over are slowed uniformly. Slowing beyond the lag budget is
    refused.

    Args:
        limits: Limits of the motion.
        blend: Shortest time over which the join is made [s].
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
        if not left.any():
            raise RefusedError(
                Reason.CHUNK_STALE,
                f"all {len(targets.times)} rows have passed: the last was meant for "
                f"{handover - targets.times[-1]:.3f} s ago",
            )
        first = int(left.argmax())
        state, jerk = reference.leaving(handover)
        self._check_jump(state, targets, first, handover)
        # The spline runs through some passed rows too, so that its end condition is not felt at the hand-over.
        kept = slice(max(0, first - _PASSED), None)
        times, positions = _begun(targets.times[kept], targets.positions[kept], handover)
        stretch = 1.0 / speed
        for _ in range(_ROUNDS):
            candidate, found, excess = self._gentlest(state, jerk, times, positions, handover, stretch)
            lag = (stretch * speed - 1.0) * float(times[-1] - handover)
            if lag > self._lag:
                break
            if excess <= 1.0:
                self._check_positions(found)
                return Stitched(candidate, first, stretch, lag)
            beyond = found
            stretch *= max(excess / _MARGIN, 1.02)
        reason, worst = self._worst(beyond)
        raise RefusedError(
            reason,
            f"to keep the limits the chunk would take {stretch * speed:.2f} times its duration or more, "
            f"{lag:.2f} s of lag, limit {self._lag:g} s. {worst}",
        )

    def _gentlest(
        self, state: State, jerk: Array, times: Array, positions: Array, handover: float, stretch: float
    ) -> tuple[Reference, Extrema, float]:
        """Return the smoothest join that keeps the limits, or one that exceeds them least; its extrema, and by what."""
        slowed = handover + (times - handover) * stretch
        spline = RowSpline(slowed, positions)
        longest = float(slowed[-1]) - handover
        if longest <= _SHORTEST:
            candidate = _joined(state, spline, slowed, handover, handover + _SHORTEST)
            found = Extrema(candidate)
            return candidate, found, found.stretch(self._limits)
        durations = np.minimum(np.maximum(_BLENDS * (self._blend * max(1.0, stretch)), _SHORTEST), longest)
        best: tuple[Reference, Extrema, float] | None = None
        for blend in blends(state, jerk, spline, handover, durations, self._limits):
            candidate = join(blend.starts, spline, handover, handover + blend.duration)
            found = Extrema(candidate)
            excess = found.stretch(self._limits)
            if best is None or excess < best[2]:
                best = candidate, found, excess
            if excess <= 1.0:
                break
        assert best is not None
        return best

    def _check_jump(self, state: State, targets: JointTargets, first: int, handover: float) -> None:
        before = max(0, first - 1)
        row = targets.positions[first]
        if before < first:
            share = (handover - targets.times[before]) / (targets.times[first] - targets.times[before])
            row = (1.0 - share) * targets.positions[before] + share * row
        jump = np.abs(row - state.position)
        if not (jump <= self._start_jump).all():
            joint = int(np.argmax(jump))
            raise RefusedError(
                Reason.START_JUMP,
                f"the chunk begins {jump[joint]:.3f} from the commanded position of {self._limits.names[joint]}, "
                f"limit {self._start_jump:g}",
            )

    def _check_positions(self, found: Extrema) -> None:
        outside = found.outside(self._limits)
        if outside.any():
            joint = int(np.argmax(outside))
            raise RefusedError(
                Reason.POSITION_LIMIT,
                f"the motion takes {self._limits.names[joint]} to {found.lowest[joint]:.4f} .. "
                f"{found.highest[joint]:.4f}, limits {self._limits.lower[joint]:g} to {self._limits.upper[joint]:g}",
            )

    def _worst(self, found: Extrema) -> tuple[Reason, str]:
        """Return which derivative would need the most time, and every one that is beyond its limit, in words."""
        limits = self._limits
        stretch, reason, said = 0.0, Reason.VELOCITY_LIMIT, []
        for order, (code, name, value, limit) in enumerate(
            (
                (Reason.VELOCITY_LIMIT, "velocity", found.speed, limits.velocity),
                (Reason.ACCELERATION_LIMIT, "acceleration", found.acceleration, limits.acceleration),
                (Reason.JERK_LIMIT, "jerk", found.jerk, limits.jerk),
            ),
            start=1,
        ):
            joint = int(np.argmax(value / limit))
            excess = float(value[joint] / limit[joint])
            if excess > 1.0:
                said.append(f"{name} of {limits.names[joint]} {value[joint]:.2f} of {limit[joint]:g}")
                if excess ** (1.0 / order) > stretch:
                    stretch, reason = excess ** (1.0 / order), code
        return reason, ", ".join(said)


def _joined(state: State, spline: RowSpline, times: Array, handover: float, meet: float) -> Reference:
    """Return the quintic from ``state`` at ``handover`` to the spline at ``meet``, and the spline's knots from there.

    A chunk that ends before the blend does is joined at its last row.
    """
    meet = max(min(meet, float(times[-1])), handover + _SHORTEST)
    knots = np.concatenate([[meet], times[times > meet + 1e-3]])
    p, v, a, _ = spline.at(np.minimum(knots, times[-1]))
    return Reference(
        np.concatenate([[handover], knots]),
        np.concatenate([state.position[None], p]),
        np.concatenate([state.velocity[None], v]),
        np.concatenate([state.acceleration[None], a]),
    )


def _begun(times: Array, positions: Array, handover: float) -> tuple[Array, Array]:
    """Return the rows with as many before the first as the hand-over needs, in a line: as the motion begins."""
    ahead = float(times[0]) - handover
    if len(times) < 2:
        return times, positions
    period = float(times[1] - times[0])
    if ahead <= 1.01 * period:
        return times, positions
    back = np.arange(int(np.ceil(ahead / period)) + 1, 0, -1)[:, None]
    before = positions[0] - back * (positions[1] - positions[0])
    return np.concatenate([times[0] - period * back[:, 0], times]), np.vstack([before, positions])
