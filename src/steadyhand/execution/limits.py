"""Joint limits, verified on the polynomial and not only at its knots."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from steadyhand.execution.polynomials import derivative, extreme_values, quintic_hull
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
    """Extreme values of a reference over all of its segments, each of shape (n,).

    Attributes:
        speed: Largest absolute velocity [rad/s or m/s].
        acceleration: Largest absolute acceleration [rad/s^2 or m/s^2].
        jerk: Largest absolute jerk [rad/s^3 or m/s^3].
    """

    def __init__(self, reference: Reference) -> None:
        self._segments, self._joints = len(reference.times) - 1, reference.positions.shape[1]
        h = np.diff(reference.times)
        # In normalised time u = s / h every segment lives on [0, 1], which keeps the polynomials well scaled.
        normalised = reference.coefficients * (h[:, None, None] ** np.arange(6)[None, :, None])
        self._position = np.moveaxis(normalised, 1, 2).reshape(-1, 6)
        duration = np.repeat(h, self._joints)
        velocity = derivative(self._position)
        acceleration = derivative(velocity)
        self.speed = self._peak(velocity, duration)
        self.acceleration = self._peak(acceleration, duration**2)
        self.jerk = self._peak(derivative(acceleration), duration**3)

    @cached_property
    def _positions(self) -> tuple[Array, Array]:
        lowest, highest = extreme_values(self._position)
        shape = (self._segments, self._joints)
        return lowest.reshape(shape).min(axis=0), highest.reshape(shape).max(axis=0)

    @property
    def lowest(self) -> Array:
        """Smallest positions [rad or m]."""
        return self._positions[0]

    @property
    def highest(self) -> Array:
        """Largest positions [rad or m]."""
        return self._positions[1]

    def outside(self, limits: JointLimits) -> NDArray[np.bool_]:
        """Return which joints leave their position limits, shape (n,)."""
        lowest, highest = quintic_hull(self._position)
        shape = (self._segments, self._joints)
        # The hull is quick and never too small; only where it reaches beyond a limit is the exact answer needed.
        if np.all(lowest.reshape(shape) >= limits.lower) and np.all(highest.reshape(shape) <= limits.upper):
            return np.zeros(self._joints, dtype=np.bool_)
        return (self.lowest < limits.lower) | (self.highest > limits.upper)

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

    def _peak(self, coefficients: Array, scale: Array) -> Array:
        lowest, highest = extreme_values(coefficients)
        peak = np.maximum(np.abs(lowest), np.abs(highest)) / scale
        return np.asarray(peak.reshape(self._segments, self._joints).max(axis=0), dtype=np.float64)
