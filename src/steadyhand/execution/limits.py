"""Joint limits, verified on the polynomial and not only at its knots."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from steadyhand.execution.polynomials import highest_values
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
        return _largest(self._velocity)

    @cached_property
    def acceleration(self) -> Array:
        """Largest absolute accelerations, shape (n,) [rad/s^2 or m/s^2]."""
        return _largest(self._acceleration)

    @cached_property
    def jerk(self) -> Array:
        """Largest absolute jerks, shape (n,) [rad/s^3 or m/s^3]."""
        return _largest(self._jerk)

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
        bounds = (
            (self._velocity, limits.velocity, "speed"),
            (self._acceleration, limits.acceleration, "acceleration"),
            (self._jerk, limits.jerk, "jerk"),
        )
        return all(
            bool((np.abs(control) <= room * limit).all()) or bool((getattr(self, exact) <= room * limit).all())
            for control, limit, exact in bounds
        )

    def stretch(self, limits: JointLimits) -> float:
        """Return the factor by which time must be stretched to bring every derivative within its limit.

        Velocity falls with the factor, acceleration with its square and jerk with its cube.
        """
        return float(
            max(
                np.max(self.speed / limits.velocity),
                np.sqrt(np.max(self.acceleration / limits.acceleration)),
                np.cbrt(np.max(self.jerk / limits.jerk)),
            )
        )


def _largest(control: Array) -> Array:
    """Return the largest absolute values of polynomials given by Bernstein coefficients, shape (n,)."""
    return np.maximum(highest_values(control), highest_values(-control))
