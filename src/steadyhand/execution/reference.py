"""The reference: piecewise quintic motion of the joints over time, always ending at rest."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# How the derivatives of 1, s, ..., s^5 are made of the same powers: which, and how often.
_LOWER = (np.array([0, 0, 1, 2, 3, 4]), np.array([0, 0, 0, 1, 2, 3]))
_FACTORS = (np.array([0.0, 1.0, 2.0, 3.0, 4.0, 5.0]), np.array([0.0, 0.0, 2.0, 6.0, 12.0, 20.0]))


@dataclass(frozen=True)
class State:
    """Position, velocity and acceleration of every joint at one time, each shape (n,)."""

    position: Array
    velocity: Array
    acceleration: Array

    @staticmethod
    def at_rest(position: Array) -> State:
        """Return the state that rests at ``position``."""
        position = np.asarray(position, dtype=np.float64)
        return State(position, np.zeros_like(position), np.zeros_like(position))


@dataclass(frozen=True)
class Reference:
    """Quintic Hermite segments between knots, twice continuously differentiable by construction.

    A JointTrajectoryController that is given the knots with positions, velocities and accelerations interpolates with
    the same polynomials, so that what is verified here is what the arm is told to do.

    Attributes:
        times: Knot times, ROS clock [s], shape (K,), increasing.
        positions: Shape (K, n) [rad or m].
        velocities: Shape (K, n) [rad/s or m/s].
        accelerations: Shape (K, n) [rad/s^2 or m/s^2].
    """

    times: Array
    positions: Array
    velocities: Array
    accelerations: Array

    def __post_init__(self) -> None:
        for name in ("times", "positions", "velocities", "accelerations"):
            array = np.array(getattr(self, name), dtype=np.float64)
            array.setflags(write=False)
            object.__setattr__(self, name, array)

    @staticmethod
    def from_states(times: Array, states: list[State]) -> Reference:
        """Make a reference through ``states`` at ``times``."""
        return Reference(
            np.asarray(times, dtype=np.float64),
            np.stack([s.position for s in states]),
            np.stack([s.velocity for s in states]),
            np.stack([s.acceleration for s in states]),
        )

    @staticmethod
    def resting(time: float, position: Array) -> Reference:
        """Make a reference that rests at ``position``, around ``time`` and ever after."""
        return Reference.from_states(np.array([time - 1.0, time]), [State.at_rest(position)] * 2)

    def of_joints(self, columns: NDArray[np.intp]) -> Reference:
        """Return the motion of some of the joints, in the order of ``columns``."""
        parts = (self.positions, self.velocities, self.accelerations)
        return Reference(self.times, *(part[:, columns] for part in parts))

    @property
    def start(self) -> float:
        """Time of the first knot [s]."""
        return float(self.times[0])

    @property
    def end(self) -> float:
        """Time of the last knot [s]."""
        return float(self.times[-1])

    @property
    def final(self) -> State:
        """State at the last knot."""
        return State(self.positions[-1], self.velocities[-1], self.accelerations[-1])

    @property
    def ends_at_rest(self) -> bool:
        """True where the last knot has neither velocity nor acceleration."""
        return bool(np.all(np.abs(self.velocities[-1]) < 1e-9) and np.all(np.abs(self.accelerations[-1]) < 1e-6))

    @cached_property
    def coefficients(self) -> Array:
        """Power basis of every segment in the time since its first knot, shape (K-1, 6, n)."""
        h = np.diff(self.times)[:, None]
        p0, v0, a0 = self.positions[:-1], self.velocities[:-1], self.accelerations[:-1]
        dp = self.positions[1:] - p0 - v0 * h - 0.5 * a0 * h**2
        dv = self.velocities[1:] - v0 - a0 * h
        da = self.accelerations[1:] - a0
        c3 = (10.0 * dp - 4.0 * dv * h + 0.5 * da * h**2) / h**3
        c4 = (-15.0 * dp + 7.0 * dv * h - da * h**2) / h**4
        c5 = (6.0 * dp - 3.0 * dv * h + 0.5 * da * h**2) / h**5
        return np.stack([p0, v0, 0.5 * a0, c3, c4, c5], axis=1)

    def sample(self, time: float) -> State:
        """Return the state at ``time``; outside of the knots it is at rest at the nearest one."""
        index = int(np.searchsorted(self.times[1:-1], time, side="right"))
        begin, end = float(self.times[index]), float(self.times[index + 1])
        s = min(max(time, begin), end) - begin
        powers = [1.0, s, s**2, s**3, s**4, s**5]
        slopes = [0.0, 1.0, 2.0 * s, 3.0 * powers[2], 4.0 * powers[3], 5.0 * powers[4]]
        bends = [0.0, 0.0, 2.0, 6.0 * s, 12.0 * powers[2], 20.0 * powers[3]]
        found = np.array([powers, slopes, bends]) @ self.coefficients[index]
        if not self.start <= time <= self.end:
            found[1:] = 0.0
        return State(found[0], found[1], found[2])

    def sample_many(self, times: Array) -> tuple[Array, Array, Array]:
        """Return positions, velocities and accelerations at ``times`` (M,), each shape (M, n)."""
        times = np.asarray(times, dtype=np.float64)
        index = np.searchsorted(self.times[1:-1], times, side="right")
        begin, end = self.times[index], self.times[index + 1]
        # Rows of the products: 1, s, ..., s^5, and their first and second derivatives.
        powers = np.empty((len(times), 3, 6))
        powers[:, 0, 0] = 1.0
        powers[:, 0, 1:] = (np.minimum(np.maximum(times, begin), end) - begin)[:, None]
        np.multiply.accumulate(powers[:, 0], axis=1, out=powers[:, 0])
        np.multiply(powers[:, 0, _LOWER[0]], _FACTORS[0], out=powers[:, 1])
        np.multiply(powers[:, 0, _LOWER[1]], _FACTORS[1], out=powers[:, 2])
        found = powers @ self.coefficients[index]
        outside = (times < self.start) | (times > self.end)
        if outside.any():
            found[outside, 1:] = 0.0
        return found[:, 0], found[:, 1], found[:, 2]

    def jerk(self, time: float) -> Array:
        """Return the jerk just before ``time``, shape (n,) [rad/s^3 or m/s^3]; 0 outside of the knots."""
        if not self.start < time <= self.end:
            return np.zeros(self.positions.shape[1])
        index = int(np.searchsorted(self.times, time, side="left")) - 1
        s, c = time - self.times[index], self.coefficients[index]
        return np.asarray(6.0 * c[3] + s * (24.0 * c[4] + s * 60.0 * c[5]))

    def between(self, start: float, end: float) -> Reference:
        """Return the part from ``start`` to ``end``, with knots at both ends.

        A start before the first knot is moved to it; an end after the last knot extends the rest.
        """
        start = max(start, self.start)
        end = max(end, start + 1e-5)
        # A knot within a microsecond of a cut would make a segment that no controller can tell from a step.
        first = int(np.searchsorted(self.times, start + 1e-6, side="right"))
        last = max(first, int(np.searchsorted(self.times, end - 1e-6, side="left")))
        ends = self.sample_many(np.array([start, end]))
        knots = (self.positions, self.velocities, self.accelerations)
        return Reference(
            np.concatenate([[start], self.times[first:last], [end]]),
            *(np.concatenate([cut[:1], kept[first:last], cut[1:]]) for cut, kept in zip(ends, knots, strict=True)),
        )

    def delayed(self, delay: float) -> Reference:
        """Return the same motion, later by ``delay`` [s]."""
        return Reference(self.times + delay, self.positions, self.velocities, self.accelerations)

    def slowed(self, factor: float) -> Reference:
        """Return a motion from rest to rest, that takes ``factor`` times as long from the same beginning on."""
        times = self.start + (self.times - self.start) * factor
        return Reference(times, self.positions, self.velocities / factor, self.accelerations / factor**2)

    def followed_by(self, other: Reference) -> Reference:
        """Return this reference with ``other``, whose first knot is this one's last, appended."""
        return Reference(
            np.concatenate([self.times, other.times[1:]]),
            np.concatenate([self.positions, other.positions[1:]]),
            np.concatenate([self.velocities, other.velocities[1:]]),
            np.concatenate([self.accelerations, other.accelerations[1:]]),
        )
