"""Splice: drop the rows that have passed, join what is commanded with continuous velocity and acceleration."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steadyhand.chunks.targets import JointTargets
from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.join import join, rough
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
_BLENDS = np.array([1.0, 1.25, 1.5, 1.85, 2.25, 2.75, 3.4])
_SHORTEST = 0.05
# Rows already passed that shape the motion through those to come: a row's influence falls to a quarter with each.
_PASSED = 3
# Part of the jerk limits that a join may use where a longer one would need less.
_GENTLE = 0.05


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
        state, jerk = reference.sample(handover), reference.jerk(handover)
        self._check_jump(state, targets, first, handover)
        # The spline runs through some passed rows too, so that its end condition is not felt at the hand-over.
        kept = slice(max(0, first - _PASSED), None)
        times, positions = _begun(targets.times[kept], targets.positions[kept], handover)
        stretch = 1.0 / speed
        for _ in range(_ROUNDS):
            candidate, excess = self._gentlest(state, jerk, times, positions, handover, stretch)
            lag = (stretch * speed - 1.0) * float(times[-1] - handover)
            if lag > self._lag:
                break
            if excess <= 1.0:
                self._check_positions(candidate)
                return Stitched(candidate, first, stretch, lag)
            beyond = candidate
            stretch *= max(excess / _MARGIN, 1.02)
        reason, worst = self._worst(beyond)
        raise RefusedError(
            reason,
            f"to keep the limits the chunk would take {stretch * speed:.2f} times its duration or more, "
            f"{lag:.2f} s of lag, limit {self._lag:g} s. {worst}",
        )

    def _gentlest(
        self, state: State, jerk: Array, times: Array, positions: Array, handover: float, stretch: float
    ) -> tuple[Reference, float]:
        """Return the join with the shortest blend that keeps the limits, or the one that exceeds them least.

        A longer blend costs no time, while stretching does: it is tried first.
        """
        slowed = handover + (times - handover) * stretch
        spline = NaturalSpline(slowed, positions)
        longest = float(slowed[-1]) - handover
        if longest <= _SHORTEST:
            candidate = _joined(state, spline, slowed, handover, handover + _SHORTEST)
            return candidate, Extrema(candidate).stretch(self._limits)
        durations = np.minimum(np.maximum(_BLENDS * self._blend * max(1.0, stretch), _SHORTEST), longest)
        starts = [state.position, state.velocity, state.acceleration, jerk]
        roughness = np.max(rough(starts, spline, handover, durations) / self._limits.jerk, axis=1)
        gentle = roughness <= _GENTLE
        begin = int(np.argmax(gentle)) if np.any(gentle) else int(np.argmin(roughness))
        # Continuity in jerk costs acceleration: where there is none to spare it is given up.
        longer = np.unique(np.linspace(begin, len(durations) - 1, 3).astype(np.int64))
        attempts = [(starts, duration) for duration in dict.fromkeys(durations[longer])]
        attempts += [(starts[:3], duration) for duration in dict.fromkeys(durations[::3])]
        best, least = None, np.inf
        for given, duration in attempts:
            candidate = join(given, spline, slowed, handover, handover + duration)
            excess = Extrema(candidate).stretch(self._limits)
            if excess < least:
                best, least = candidate, excess
            if excess <= 1.0:
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

    def _worst(self, candidate: Reference) -> tuple[Reason, str]:
        """Return which derivative would need the most time, and every one that is beyond its limit, in words."""
        found, limits = Extrema(candidate), self._limits
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


def _begun(times: Array, positions: Array, handover: float) -> tuple[Array, Array]:
    """Return the rows with as many before the first as the hand-over needs, in a line: as the motion begins."""
    ahead = float(times[0]) - handover
    if ahead <= 0.0 or len(times) < 2:
        return times, positions
    period = float(times[1] - times[0])
    back = np.arange(int(np.ceil(ahead / period)) + 1, 0, -1)[:, None]
    before = positions[0] - back * (positions[1] - positions[0])
    return np.concatenate([times[0] - period * back[:, 0], times]), np.vstack([before, positions])
