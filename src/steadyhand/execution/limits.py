"""Joint limits, verified on the polynomial and not only at its knots."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

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

    @cached_property
    def derivatives(self) -> Array:
        """Limits of velocity, acceleration and jerk, shape (3, n)."""
        return np.stack([self.velocity, self.acceleration, self.jerk])


class Extrema:
    """Extreme values of a reference over all of its segments; not a number where anything of a joint is not finite.

    Attributes:
        lowest: Smallest positions, shape (n,) [rad or m].
        highest: Largest positions, shape (n,) [rad or m].
        speed: Largest absolute velocities, shape (n,) [rad/s or m/s].
        acceleration: Largest absolute accelerations, shape (n,) [rad/s^2 or m/s^2].
        jerk: Largest absolute jerks, shape (n,) [rad/s^3 or m/s^3].

    Args:
        reference: The motion.
    """

    def __init__(self, reference: Reference) -> None:
        found = reference.knots.extrema
        self.lowest, self.highest, self.speed, self.acceleration, self.jerk = found
        self._derivatives = found[2:]

    def outside(self, limits: JointLimits) -> NDArray[np.bool_]:
        """Return which joints leave their position limits, shape (n,)."""
        inside: NDArray[np.bool_] = (self.lowest >= limits.lower) & (self.highest <= limits.upper)
        return ~inside

    def within(self, limits: JointLimits, room: float = 1.0) -> bool:
        """Return whether velocity, acceleration and jerk of every joint keep their limits times ``room``."""
        return bool((self._derivatives <= room * limits.derivatives).all())

    def accelerates_within(self, limits: JointLimits) -> bool:
        """Return whether acceleration and jerk of every joint keep their limits, whatever the velocity."""
        return bool((self._derivatives[1:] <= limits.derivatives[1:]).all())

    def stretch(self, limits: JointLimits) -> float:
        """Return the factor, at least 1, by which time must be stretched to keep the limits of every derivative.

        Velocity falls with the factor, acceleration with its square and jerk with its cube.
        """
        worst = (self._derivatives / limits.derivatives).max(axis=1).tolist()
        if all(share <= 1.0 for share in worst):
            return 1.0
        return max(share ** (1.0 / order) if share == share else np.inf for order, share in enumerate(worst, start=1))
