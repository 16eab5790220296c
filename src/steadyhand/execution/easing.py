"""Easing: the rest of a motion made slower, along the same path and without a step in speed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steadyhand.execution.limits import Extrema, JointLimits
from steadyhand.execution.reference import Reference

Array = NDArray[np.float64]

_ROOM = 1.0 + 1e-6
_STEP = 0.02
_SHORTEST = 0.1
_GROWTH = 1.3
_ROUNDS = 12


@dataclass(frozen=True)
class Easing:
    """From ``start`` on a motion goes from its own speed to ``ratio`` of it within ``duration``, and stays there.

    The path's own time u advances at du/dt = 1 - (1 - r) (3 s^2 - 2 s^3), s = (t - start) / duration, so that
    acceleration is continuous; with r = 0 that is the law of the brake.

    Attributes:
        start: ROS clock [s].
        ratio: Speed afterwards by speed before, above 0 and up to 1.
        duration: [s].
    """

    start: float
    ratio: float
    duration: float

    def later(self, times: Array) -> Array:
        """Return when the motion now comes to where it would have been at ``times``, shape (H,), ROS clock [s]."""
        s = np.linspace(0.0, 1.0, 201)
        along = self.start + self._along(s)
        end = float(along[-1])
        eased = np.interp(times, along, self.start + self.duration * s)
        beyond = self.start + self.duration + (times - end) / self.ratio
        return np.where(times <= self.start, times, np.where(times < end, eased, beyond))

    def applied(self, path: Reference) -> Reference:
        """Return ``path`` from the start on, eased; it has to reach beyond the start."""
        s = np.linspace(0.0, 1.0, max(3, int(np.ceil(self.duration / _STEP)) + 1))
        u = self.start + self._along(s)
        rate = (1.0 - (1.0 - self.ratio) * (3.0 * s**2 - 2.0 * s**3))[:, None]
        change = (-(1.0 - self.ratio) * (6.0 * s - 6.0 * s**2) / self.duration)[:, None]
        p, v, a = path.sample_many(u)
        ramp = Reference(self.start + self.duration * s, p, v * rate, a * rate**2 + v * change)
        end = float(u[-1])
        if path.end <= end + 1e-3:
            # It rests before the new speed is reached, and so does the ramp.
            return ramp
        rest = path.between(end, path.end)
        times = ramp.end + (rest.times - end) / self.ratio
        return ramp.followed_by(
            Reference(times, rest.positions, rest.velocities * self.ratio, rest.accelerations * self.ratio**2)
        )

    def _along(self, s: Array) -> Array:
        """Return how far the path's own time has come at parts of the duration [s]."""
        return self.duration * (s - (1.0 - self.ratio) * (s**3 - 0.5 * s**4))


def ease(path: Reference, start: float, ratio: float, limits: JointLimits) -> tuple[Easing, Reference] | None:
    """Return the quickest easing that the limits allow and the eased path, None where they allow none.

    Args:
        path: The checked motion, ending at rest after ``start``.
        start: When to begin, ROS clock [s].
        ratio: Speed afterwards by speed before, above 0 and up to 1.
        limits: What a change of speed may use of acceleration and jerk.
    """
    duration = _SHORTEST
    for _ in range(_ROUNDS):
        easing = Easing(start, ratio, duration)
        eased = easing.applied(path)
        if Extrema(eased).within(limits, _ROOM):
            return easing, eased
        duration *= _GROWTH
    return None
