"""Extrema of polynomials on the unit interval, many at a time."""

from __future__ import annotations

from functools import cache
from math import comb

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_TINY = 1e-12
_FEW = 16


def derivative(coefficients: Array) -> Array:
    """Differentiate polynomials in power basis, lowest degree first, shape (..., degree + 1)."""
    return coefficients[..., 1:] * np.arange(1, coefficients.shape[-1])


def values(coefficients: Array, points: Array) -> Array:
    """Evaluate polynomials (M, degree + 1) at ``points`` (M, R) by Horner's rule."""
    result = np.repeat(coefficients[:, -1:], points.shape[1], axis=1)
    for k in range(coefficients.shape[-1] - 2, -1, -1):
        result *= points
        result += coefficients[:, k, None]
    return result


def extreme_values(coefficients: Array) -> tuple[Array, Array]:
    """Return the smallest and largest value on [0, 1] of polynomials up to degree 5, shape (M, degree + 1), each (M,).

    The values at both ends and at the real roots of the derivative are compared. Roots come from closed forms up to a
    cubic derivative (Cardano's formula in its trigonometric form), above that from the companion matrix. A root that is
    complex, outside of the interval or ill-conditioned costs nothing: it is clipped to the interval and evaluated,
    which adds a point of the curve and never a wrong extremum.
    """
    slope = derivative(coefficients)
    degree = slope.shape[-1] - 1
    ends = np.broadcast_to(np.array([0.0, 1.0]), (len(coefficients), 2))
    if degree < 1:
        points = ends
    else:
        scale = np.abs(slope).max(axis=1, keepdims=True)
        slope = slope / np.maximum(scale, _TINY)
        closed = {1: _linear, 2: _quadratic, 3: _cubic}
        # Of a few cubics the eigenvalues come sooner than all the steps of the formula.
        find = _companion if degree == 3 and len(slope) <= _FEW else closed.get(degree, _companion)
        roots = find(slope)
        # Of a root that is not a number fmin makes 1, which is an end of the interval.
        points = np.concatenate([ends, np.fmax(np.fmin(roots, 1.0), 0.0)], axis=1)
    found = values(coefficients, points)
    return found.min(axis=1), found.max(axis=1)


def highest_values(control: Array) -> Array:
    """Return the largest value on [0, 1] of any polynomial of each column, given their Bernstein coefficients.

    A polynomial never leaves the span of its coefficients, the first and last of which are its values at the ends
    (Farin, "Curves and Surfaces for CAGD"). So only a polynomial whose span reaches beyond every end of its column can
    hold the largest value: few do, and only those are searched.

    Args:
        control: Bernstein coefficients of polynomials up to degree 5, shape (degree + 1, M, n).

    Returns:
        Shape (n,); not a number where any coefficient is not finite.
    """
    if not np.isfinite(control).all():
        return np.full(control.shape[2], np.nan)
    highest = np.maximum(control[0], control[-1]).max(axis=0)
    above = control.max(axis=0) > highest
    if above.any():
        found = extreme_values(control[:, above].T @ power_from_bernstein(len(control) - 1))[1]
        np.maximum.at(highest, np.nonzero(above)[1], found)
    return np.asarray(highest, dtype=np.float64)


def largest_magnitudes(control: Array) -> Array:
    """Return the largest absolute values instead of the largest values: see `highest_values`."""
    if not np.isfinite(control).all():
        return np.full(control.shape[2], np.nan)
    bounds = np.abs(control)
    largest = np.maximum(bounds[0], bounds[-1]).max(axis=0)
    above = bounds.max(axis=0) > largest
    if above.any():
        lowest, highest = extreme_values(control[:, above].T @ power_from_bernstein(len(control) - 1))
        np.maximum.at(largest, np.nonzero(above)[1], np.maximum(-lowest, highest))
    return np.asarray(largest, dtype=np.float64)


@cache
def power_from_bernstein(degree: int) -> Array:
    """Return the matrix that turns rows of Bernstein coefficients into rows of power basis coefficients."""
    rows = range(degree + 1)
    return np.array([[comb(degree, j) * comb(j, i) * (-1.0) ** (j - i) if i <= j else 0.0 for j in rows] for i in rows])


def _away_from_zero(divisor: Array) -> Array:
    return np.where(np.abs(divisor) < _TINY, _TINY, divisor)


def _linear(c: Array) -> Array:
    return -c[:, :1] / _away_from_zero(c[:, 1:])


def _quadratic(c: Array) -> Array:
    """Return both roots in the form that does not cancel: q / a and c / q."""
    c0, c1, c2 = c[:, 0], c[:, 1], c[:, 2]
    q = -0.5 * (c1 + np.where(c1 < 0.0, -1.0, 1.0) * np.sqrt(np.maximum(c1**2 - 4.0 * c2 * c0, 0.0)))
    return np.stack([q / _away_from_zero(c2), c0 / _away_from_zero(q)], axis=1)


def _cubic(c: Array) -> Array:
    """Return the roots of cubics, and those of their quadratic part, which stand in where the cubic term vanishes."""
    c0, c1, c2, c3 = (c[:, k] for k in range(4))
    lead = np.where(np.abs(c3) < 1e-6, 1e-6, c3)
    a, b, d = c2 / lead, c1 / lead, c0 / lead
    p, q = b - a**2 / 3.0, 2.0 * a**3 / 27.0 - a * b / 3.0 + d
    # Three real roots where the discriminant is negative, else the one real root by Cardano's formula.
    radius = 2.0 * np.sqrt(np.maximum(-p / 3.0, 0.0))
    cosine = np.clip(4.0 * -q / _away_from_zero(radius**3), -1.0, 1.0)
    angle = np.arccos(cosine) / 3.0
    turns = 2.0 * np.pi / 3.0 * np.arange(3)
    three = radius[:, None] * np.cos(angle[:, None] - turns)
    root = np.sqrt(np.maximum((q / 2.0) ** 2 + (p / 3.0) ** 3, 0.0))
    one = np.cbrt(-q / 2.0 + root) + np.cbrt(-q / 2.0 - root)
    single = (q / 2.0) ** 2 + (p / 3.0) ** 3 > 0.0
    depressed = np.where(single[:, None], one[:, None], three)
    roots = np.concatenate([depressed - a[:, None] / 3.0, _quadratic(c[:, :3])], axis=1)
    return _polished(c, np.clip(roots, -0.5, 1.5))


def _polished(c: Array, roots: Array) -> Array:
    """Return roots after two steps of Newton's method, which mend what cancellation lost."""
    slope = derivative(c)
    for _ in range(2):
        step = values(c, roots) / _away_from_zero(values(slope, roots))
        roots = roots - np.clip(step, -0.1, 0.1)
    return roots


def _companion(c: Array) -> Array:
    """Return the real parts of the eigenvalues of the companion matrices."""
    degree = c.shape[-1] - 1
    lead = np.where(np.abs(c[:, -1]) < 1e-9, 1e-9, c[:, -1])
    companion = np.zeros((len(c), degree, degree))
    companion[:, np.arange(1, degree), np.arange(degree - 1)] = 1.0
    companion[:, :, -1] = -c[:, :-1] / lead[:, None]
    return np.asarray(np.linalg.eigvals(companion).real, dtype=np.float64)
