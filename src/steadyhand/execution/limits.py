"""Joint limits, verified on the polynomial and not only at its knots."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from steadyhand.execution.polynomials import highest_values, largest_magnitudes
from steadyhand.execution.reference import Reference

Array = NDArray[np.float64]


@dataclass(frozen=True)
class JointLimits:
    """Limits of n joints, each attribute of shape (n,).

    Attributes:
        names: Joint names.
        lower: Lowest position [rad or m].
        upper: Highest position [rad or m].
        velocity: Largest speed [rad/s or m/s].
        acceleration: [rad/s^2 or m/s^2].
        jerk: [rad/s^3 or m/s^3].
    """

    names: tuple[str, ...]
    lower: Array
    upper: Array
    velocity: Array
    acceleration: Array
    jerk: Array


class Extrema:
    """Extreme values of a reference over all of its segments.

    Every segment is held by its Bernstein coefficients, which bound it: whether it is within limits is mostly seen
    from them, and exact extrema are computed only where that is asked for or needed.

    Args:
        reference: The motion.
    """

    def __init__(self, reference: Reference) -> None:
        h = np.diff(reference.times)[:, None]
        p, v, a = reference.positions, 0.2 * reference.velocities, 0.05 * reference.accelerations
        # The quintic with given position, velocity and acceleration at both ends, each array (degree + 1, K - 1, n).
        self._position = np.empty((6, *h.shape[:1], p.shape[1]))
        self._position[0], self._position[5] = p[:-1], p[1:]
        self._position[1] = p[:-1] + v[:-1] * h
        self._position[2] = p[:-1] + (2.0 * v[:-1] + a[:-1] * h) * h
        self._position[3] = p[1:] - (2.0 * v[1:] - a[1:] * h) * h
        self._position[4] = p[1:] - v[1:] * h
        self._velocity = (self._position[1:] - self._position[:-1]) * (5.0 / h)
        self._acceleration = (self._velocity[1:] - self._velocity[:-1]) * (4.0 / h)
        self._jerk = (self._acceleration[1:] - self._acceleration[:-1]) * (3.0 / h)

    @cached_property
    def speed(self) -> Array:
        """Largest absolute velocities, shape (n,) [rad/s or m/s]."""
        return largest_magnitudes(self._velocity)

    @cached_property
    def acceleration(self) -> Array:
        """Largest absolute accelerations, shape (n,) [rad/s^2 or m/s^2]."""
        return largest_magnitudes(self._acceleration)

    @cached_property
    def jerk(self) -> Array:
        """Largest absolute jerks, shape (n,) [rad/s^3 or m/s^3]."""
        return largest_magnitudes(self._jerk)

    @cached_property
    def lowest(self) -> Array:
        """Smallest positions, shape (n,) [rad or m]."""
        return -highest_values(-self._position)

    @cached_property
    def highest(self) -> Array:
        """Largest positions, shape (n,) [rad or m]."""
        return highest_values(self._position)

    def outside(self, limits: JointLimits) -> NDArray[np.bool_]:
        """Return which joints leave their position limits, shape (n,)."""
        if (self._position >= limits.lower).all() and (self._position <= limits.upper).all():
            return np.zeros(len(limits.names), dtype=np.bool_)
        return (self.lowest < limits.lower) | (self.highest > limits.upper)

    def within(self, limits: JointLimits, room: float = 1.0) -> bool:
        """Return whether velocity, acceleration and jerk of every joint keep their limits times ``room``."""
        return all(_within(control, room * limit) for control, limit, _ in self._derivatives(limits))

    def accelerates_within(self, limits: JointLimits) -> bool:
        """Return whether acceleration and jerk of every joint keep their limits, whatever the velocity."""
        return all(_within(control, limit) for control, limit, _ in self._derivatives(limits)[1:])

    def stretch(self, limits: JointLimits) -> float:
        """Return the factor, at least 1, by which time must be stretched to keep the limits of every derivative.

        Velocity falls with the factor, acceleration with its square and jerk with its cube.
        """
        factor = 1.0
        for control, limit, order in self._derivatives(limits):
            shares = control / limit
            if not (np.abs(shares) <= 1.0).all():
                # Only the joint that is farthest beyond its limit counts, so that all of them share one search.
                worst = float(largest_magnitudes(shares.reshape(len(shares), -1, 1))[0])
                factor = max(factor, worst ** (1.0 / order)) if worst == worst else np.inf
        return factor

    def _derivatives(self, limits: JointLimits) -> tuple[tuple[Array, Array, int], ...]:
        """Return Bernstein coefficients, limit and order of every derivative that is limited."""
        return (
            (self._velocity, limits.velocity, 1),
            (self._acceleration, limits.acceleration, 2),
            (self._jerk, limits.jerk, 3),
        )


def _within(control: Array, limit: Array) -> bool:
    """Return whether polynomials given by Bernstein coefficients stay within plus and minus ``limit``, shape (n,)."""
    return bool((np.abs(control) <= limit).all()) or bool((largest_magnitudes(control) <= limit).all())
