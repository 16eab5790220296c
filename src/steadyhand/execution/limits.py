"""Joint limits, verified on the polynomial and not only at its knots."""

from __future__ import annotations

from dataclasses import dataclass

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


@dataclass(frozen=True)
class Extrema:
    """Extreme values over a whole reference, each of shape (n,)."""

    lowest: Array
    highest: Array
    speed: Array
    acceleration: Array
    jerk: Array

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


def _derivative(coefficients: Array) -> Array:
    """Differentiate polynomials in power basis, shape (..., degree + 1)."""
    return coefficients[..., 1:] * np.arange(1, coefficients.shape[-1])


def _values(coefficients: Array, times: Array) -> Array:
    """Evaluate polynomials (M, degree + 1) at ``times`` (M, R)."""
    result = np.zeros_like(times)
    for k in range(coefficients.shape[-1] - 1, -1, -1):
        result = result * times + coefficients[:, k, None]
    return result


def _stationary_points(coefficients: Array) -> Array:
    """Return where in [0, 1] polynomials (M, degree + 1) may have extrema, shape (M, degree + 1), ends included.

    The roots of the derivative are the eigenvalues of its companion matrix. A root that is complex, or outside, is
    replaced by the nearest point of the interval: a point more to evaluate, never a wrong extremum.
    """
    derivative = _derivative(coefficients)
    degree = derivative.shape[-1] - 1
    count = len(coefficients)
    ends = np.tile([0.0, 1.0], (count, 1))
    if degree < 1:
        return ends
    scale = np.max(np.abs(derivative), axis=1, keepdims=True)
    scaled = derivative / np.where(scale > 0.0, scale, 1.0)
    # A vanishing leading coefficient gets a tiny one: that root moves far outside, the others stay.
    lead = scaled[:, -1]
    lead = np.where(np.abs(lead) < 1e-9, 1e-9, lead)
    companion = np.zeros((count, degree, degree))
    companion[:, np.arange(1, degree), np.arange(degree - 1)] = 1.0
    companion[:, :, -1] = -scaled[:, :-1] / lead[:, None]
    roots = np.linalg.eigvals(companion).real if degree > 1 else companion[:, 0, :]
    return np.concatenate([ends, np.clip(roots, 0.0, 1.0)], axis=1)


def extrema(reference: Reference) -> Extrema:
    """Return the extreme values of a reference over all of its segments."""
    n = reference.positions.shape[1]
    if len(reference.times) < 2:
        zero = np.zeros(n)
        return Extrema(reference.positions[0], reference.positions[0], zero, zero, zero)
    h = np.diff(reference.times)
    # In normalised time u = s / h every segment lives on [0, 1], which keeps the companion matrices well scaled.
    normalised = reference.coefficients * (h[:, None, None] ** np.arange(6)[None, :, None])
    position = np.moveaxis(normalised, 1, 2).reshape(-1, 6)
    duration = np.repeat(h, n)[:, None]
    curves = [position]
    for _ in range(3):
        curves.append(_derivative(curves[-1]))
    found = [_values(c, _stationary_points(c)) / duration**k for k, c in enumerate(curves)]
    shaped = [f.reshape(len(h), n, -1) for f in found]
    peak = [np.max(np.abs(f), axis=(0, 2)) for f in shaped]
    return Extrema(shaped[0].min(axis=(0, 2)), shaped[0].max(axis=(0, 2)), peak[1], peak[2], peak[3])
