"""What a mobile base is told: the chunk's velocities over time, and a ramp to rest."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from steadyhand.profiles.mobile_base import MobileBase

Array = NDArray[np.float64]

# A command to rest is repeated for as long as this: the first message may have been lost [s].
_REPEATED = 0.5
# A command that comes late counts as if it had come after this [s]: what it asks for must not be a jerk.
_LONGEST_STEP = 0.1


class BaseVelocity(NamedTuple):
    """A velocity of the base: ahead along its x axis [m/s], and turning about its z axis [rad/s]."""

    linear: float
    angular: float


class BaseSchedule:
    """Follows velocities within limits; without any it comes to rest and says so for a while.

    From one command to the next the velocity changes by no more than the acceleration limits allow in the time
    between them. Each command counts until the next, and the last until the base's own ``downstream_timeout``.

    Attributes:
        limits: Largest speeds, ahead and turning, shape (2,) [m/s, rad/s].
    """

    def __init__(self, base: MobileBase) -> None:
        axes = (base.linear, base.angular)
        self.limits: Array = np.array([axis.velocity for axis in axes])
        self._acceleration: Array = np.array([axis.acceleration for axis in axes])
        self._brake: Array = np.array([axis.brake_acceleration for axis in axes])
        self._latency = base.latency
        self._timeout = base.downstream_timeout or 0.0
        self._times: Array = np.empty(0)
        self._velocities: Array = np.empty((0, 2))
        self._commanded: Array = np.zeros(2)
        self._when = -np.inf
        self._rested = -np.inf

    def load(self, times: Array, velocities: Array) -> None:
        """Follow ``velocities`` (H, 2) [m/s, rad/s], each held from its own time (H,) on the ROS clock [s]."""
        self._times, self._velocities = times, velocities

    def slow_down(self, times: Array, ratio: float) -> None:
        """Follow the same way at other times (H,), at ``ratio`` of the velocities."""
        if times.shape == self._times.shape:
            self._times, self._velocities = times, self._velocities * ratio

    def restart_at(self, now: float) -> None:
        """Forget every time: the clock went back."""
        self._times, self._when, self._rested = np.empty(0), now, now

    def due(self, now: float, *, follow: bool) -> BaseVelocity | None:
        """Return the velocity to command at ``now``, None where the base has long been at rest.

        Args:
            now: ROS clock [s].
            follow: False to brake and forget the velocities to come.
        """
        if not follow:
            self._times = np.empty(0)
        wanted = self._wanted(now) if self._times.size else None
        change = (self._brake if wanted is None else self._acceleration) * self._elapsed(now)
        goal = np.zeros(2) if wanted is None else np.clip(wanted, -self.limits, self.limits)
        self._commanded = self._commanded + np.clip(goal - self._commanded, -change, change)
        self._when = now
        if wanted is not None or np.any(self._commanded):
            self._rested = now
        elif now > self._rested + _REPEATED:
            return None
        return BaseVelocity(float(self._commanded[0]), float(self._commanded[1]))

    def _wanted(self, now: float) -> Array | None:
        """Return the velocity of the row that is due; None before the first and one row's time after the last."""
        due = now + self._latency
        row = int(np.searchsorted(self._times, due, side="right")) - 1
        spacing = float(self._times[-1] - self._times[-2]) if len(self._times) > 1 else 0.0
        if row < 0 or due > self._times[-1] + spacing:
            return None
        return np.asarray(self._velocities[row])

    def _elapsed(self, now: float) -> float:
        """Return the time that the velocity may change over since the last command [s]."""
        elapsed = now - self._when
        if elapsed > self._timeout:
            self._commanded = np.zeros(2)  # by now it has come to rest by itself
        return min(max(0.0, elapsed), _LONGEST_STEP)
