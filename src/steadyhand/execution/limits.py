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


def _control() -> Array:
    """Return the matrix from a quintic's ends to its Bernstein coefficients and those of its derivatives.

    Columns: the change of position over the segment of duration h, the velocities at both ends times h, the
    accelerations times h^2. Rows: position less that at the beginning (6), and its derivatives with respect to t / h:
    velocity (5), acceleration (4), jerk (3).
    """
    position = np.array(
        [
            [0.0, 0.0, 0.0, 0.0, 0.0],
            [0.0, 0.2, 0.0, 0.0, 0.0],
            [0.0, 0.4, 0.0, 0.05, 0.0],
            [1.0, 0.0, -0.4, 0.0, 0.05],
            [1.0, 0.0, -0.2, 0.0, 0.0],
            [1.0, 0.0, 0.0, 0.0, 0.0],
        ]
    )
    rows = [position]
    for degree in (5.0, 4.0, 3.0):
        rows.append(degree * np.diff(rows[-1], axis=0))
    return np.concatenate(rows)


_CONTROL = _control()


class Extrema:
    """Extreme values of a reference over all of its segments.

    Every segment is held by its Bernstein coefficients, which bound it: whether it is within limits is mostly seen
    from them, and exact extrema are computed only where that is asked for or needed.

    Args:
        reference: The motion.
    """

    def __init__(self, reference: Reference) -> None:
        h = np.diff(reference.times)[:, None]
        p, v, a = reference.positions, reference.velocities, reference.accelerations
        ends = np.empty((5, len(h), p.shape[1]))
        np.subtract(p[1:], p[:-1], out=ends[0])
        np.multiply(v[:-1], h, out=ends[1])
        np.multiply(v[1:], h, out=ends[2])
        np.multiply(a[:-1], h**2, out=ends[3])
        np.multiply(a[1:], h**2, out=ends[4])
        # Each array (degree + 1, K - 1, n).
        control = (_CONTROL @ ends.reshape(5, -1)).reshape(18, *ends.shape[1:])
        self._position = control[:6] + p[:-1]
        self._velocity = control[6:11] / h
        self._acceleration = control[11:15] / h**2
        self._jerk = control[15:] / h**3

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
