"""The reference clock: how far a controller that slows itself down has come along what it was handed."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.reasons import Reason
from steadyhand.execution.reference import Reference

_FROZEN = 1e-3
# Above 1 the controller would play a curve faster than its limits allow; a little more is rounding.
_HIGHEST = 1.0 + 1e-3
# Between two numbers that stand for seconds since 1970, until 2038 [s].
_GRAIN = 2.0**-22
# Older stamps than this do not reach the bridge: they are refused for their age.
_HISTORY = 10.0


@dataclass(frozen=True)
class PaceLimits:
    """Limits of a speed scaling that is listened to: its age and the longest freeze [s]."""

    age: float
    freeze: float


@dataclass(frozen=True)
class _Knot:
    """From ``time`` on the scale is ``scale``; up to there ``lost`` seconds were lost."""

    time: float
    lost: float
    scale: float


class Pace:
    """Advances at the robot's speed scaling, so that what is commanded and what the robot does stay together.

    With the scale s(t) the reference is at t - lost(t), where lost(t) is the integral of 1 - s. Without a scaling, or
    as long as it stays at 1, that is the ROS clock itself.

    Args:
        limits: None where the robot publishes no scaling; the scale is 1 then.
    """

    def __init__(self, limits: PaceLimits | None = None) -> None:
        self._limits = limits
        self._knots: deque[_Knot] = deque()
        self._heard = float("-inf")
        self._invalid = ""

    @property
    def scale(self) -> float:
        """Speed of the controller along what it was handed, 0 to 1."""
        return self._knots[-1].scale if self._knots else 1.0

    @property
    def frozen(self) -> bool:
        """True while the controller stands still in the middle of what it was handed."""
        return self.scale < _FROZEN

    def restart(self) -> None:
        """Forget everything heard: the reference is at the ROS clock again."""
        self._knots.clear()
        self._heard, self._invalid = float("-inf"), ""

    def hear(self, scale: float, now: float, steady: float) -> None:
        """Take the scaling that holds from ``now`` on, ROS clock [s]; ``steady`` is the time of receipt [s]."""
        self._heard = steady
        if not 0.0 <= scale <= _HIGHEST:
            self._invalid = f"the speed scaling is {scale:g}, expected 0 to 1"
            return
        self._invalid = ""
        scale = min(scale, 1.0)
        if scale == self.scale:
            return
        now = max(now, self._knots[-1].time) if self._knots else now
        self._knots.append(_Knot(now, self._lost(now), scale))
        while len(self._knots) > 1 and self._knots[1].time < now - _HISTORY:
            self._knots.popleft()

    def at(self, time: float) -> float:
        """Return where the reference is at a time, both in seconds; it never goes back and never skips."""
        return time - self._lost(time)

    def slowed(self, start: float, end: float) -> bool:
        """Return whether the reference fell behind the ROS clock between two times on it [s]."""
        return self._lost(end) - self._lost(start) > 1e-9

    def handed(self, window: Reference, now: float) -> Reference:
        """Return a window of the reference at the times that the controller, which enters it ``now``, will see."""
        lost = self._lost(now)
        if lost == 0.0:
            return window
        # A rounding that differs from knot to knot would be a step in speed: times on the ROS clock are whole grains.
        return Reference(
            window.times + round(lost / _GRAIN) * _GRAIN, window.positions, window.velocities, window.accelerations
        )

    def check(self, steady: float) -> None:
        """Raise RefusedError where a scaling is listened to and is missing, too old or no scaling."""
        if self._limits is None:
            return
        if self._invalid:
            raise RefusedError(Reason.SPEED_SCALING_INVALID, self._invalid)
        age = steady - self._heard
        if not age <= self._limits.age:
            said = f"the newest is {age:.2f} s old, limit {self._limits.age:g} s" if age < 1e9 else "none has come"
            raise RefusedError(Reason.SPEED_SCALING_STALE, f"speed scaling: {said}")

    def check_freeze(self, now: float) -> None:
        """Raise RefusedError where the robot has stood still at a scale of 0 for too long."""
        if self._limits is None or not self.frozen:
            return
        frozen = now - self._knots[-1].time
        if frozen > self._limits.freeze:
            raise RefusedError(
                Reason.SPEED_FROZEN,
                f"the speed scaling has been 0 for {frozen:.1f} s, limit {self._limits.freeze:g} s",
            )

    def _lost(self, time: float) -> float:
        for knot in reversed(self._knots):
            if knot.time <= time:
                return knot.lost + (1.0 - knot.scale) * (time - knot.time)
        return self._knots[0].lost if self._knots else 0.0
