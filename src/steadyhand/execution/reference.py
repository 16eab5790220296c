"""The reference: piecewise quintic motion of the joints over time, always ending at rest."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from steadyhand.execution import curves

Array = NDArray[np.float64]


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
        knots: The same for `steadyhand.execution.curves`.
    """

    times: Array
    positions: Array
    velocities: Array
    accelerations: Array
    knots: curves.Knots = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._hold(curves.Knots(self.times, self.positions, self.velocities, self.accelerations))

    @staticmethod
    def through(knots: curves.Knots) -> Reference:
        """Make a reference of knots."""
        made = object.__new__(Reference)
        made._hold(knots)
        return made

    def _hold(self, knots: curves.Knots) -> None:
        object.__setattr__(self, "knots", knots)
        for name in ("times", "positions", "velocities", "accelerations"):
            object.__setattr__(self, name, getattr(knots, name))

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

    def sample(self, time: float) -> State:
        """Return the state at ``time``; outside of the knots it is at rest at the nearest one."""
        found = self._at([time])
        return State(found[0, 0], found[1, 0], found[2, 0])

    def leaving(self, time: float) -> tuple[State, Array]:
        """Return the state at ``time``, and the jerk just before it, shape (n,) [rad/s^3 or m/s^3].

        At the first knot it is the jerk after it.
        """
        found = self._at([time], before=time > self.start)
        return State(found[0, 0], found[1, 0], found[2, 0]), found[3, 0]

    def sample_many(self, times: ArrayLike) -> tuple[Array, Array, Array]:
        """Return positions, velocities and accelerations at ``times`` (M,), each shape (M, n)."""
        found = self._at(times)
        return found[0], found[1], found[2]

    def jerks(self, times: ArrayLike) -> Array:
        """Return the jerks just before ``times`` (M,), shape (M, n) [rad/s^3 or m/s^3]; 0 outside of the knots."""
        return np.asarray(self._at(times, before=True)[3])

    def _at(self, times: ArrayLike, *, before: bool = False) -> Array:
        return curves.sample(self.knots, np.asarray(times), before=before)

    def between(self, start: float, end: float, then: Reference | None = None) -> Reference:
        """Return the part from ``start`` to ``end``, with knots at both ends, followed by another reference.

        A start before the first knot is moved to it; an end after the last knot extends the rest. What follows begins
        with the part's last knot.
        """
        start = max(start, self.start)
        end = max(end, start + 1e-5)
        # A knot within a microsecond of a cut would make a segment that no controller can tell from a step.
        after = None if then is None else then.knots
        return Reference.through(curves.cut(self.knots, start, end, apart=1e-6, then=after))

    def delayed(self, delay: float) -> Reference:
        """Return the same motion, later by ``delay`` [s]."""
        return Reference(self.times + delay, self.positions, self.velocities, self.accelerations)

    def slowed(self, factor: float) -> Reference:
        """Return a motion from rest to rest, that takes ``factor`` times as long from the same beginning on."""
        times = self.start + (self.times - self.start) * factor
        return Reference(times, self.positions, self.velocities / factor, self.accelerations / factor**2)

    def followed_by(self, other: Reference) -> Reference:
        """Return this reference with ``other``, whose first knot is this one's last, appended."""
        return self.between(self.start, self.end, then=other)
