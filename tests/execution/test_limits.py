from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.polynomial import Polynomial
from numpy.testing import assert_allclose
from scipy.interpolate import BPoly

from steadyhand.execution.limits import Extrema
from steadyhand.execution.reference import Reference

from .conftest import joint_limits
from .test_reference import random_reference


@given(st.integers(0, 10_000))
def test_extrema_are_those_of_a_dense_sampling(seed: int) -> None:
    reference = random_reference(seed, knots=4, n=2)
    found = Extrema(reference)
    times = np.linspace(reference.start, reference.end, 20_001)[:-1]
    p, v, a = reference.sample_many(times)
    for exact, sampled in (
        (found.highest, p.max(axis=0)),
        (-found.lowest, (-p).max(axis=0)),
        (found.speed, np.abs(v).max(axis=0)),
        (found.acceleration, np.abs(a).max(axis=0)),
    ):
        assert np.all(exact >= sampled - 1e-6 * (1.0 + np.abs(sampled)))
        assert_allclose(exact, sampled, rtol=2e-3, atol=2e-3)


@given(st.integers(0, 10_000), st.integers(2, 6))
def test_extrema_are_those_of_scipys_bernstein_basis_at_the_roots_that_numpy_finds(seed: int, knots: int) -> None:
    reference = random_reference(seed, knots, n=2)
    found = Extrema(reference)
    for joint in range(2):
        derivatives = (reference.positions, reference.velocities, reference.accelerations)
        curve = BPoly.from_derivatives(reference.times, np.stack([part[:, joint] for part in derivatives], axis=1))
        exact = [found.lowest[joint], found.highest[joint]]
        assert_allclose(exact, _ends(curve), rtol=1e-7, atol=1e-7)
        for order, largest in enumerate((found.speed, found.acceleration, found.jerk), start=1):
            assert_allclose(largest[joint], np.abs(_ends(curve.derivative(order))).max(), rtol=1e-6)


def _ends(curve: BPoly) -> tuple[float, float]:
    """Smallest and largest value, of those at the knots and wherever the derivative of a segment vanishes."""
    degree, values = len(curve.c) - 1, [*curve.c[0], *curve.c[-1]]
    for begin, end in zip(curve.x[:-1], curve.x[1:], strict=True):
        s = np.linspace(0.0, 1.0, degree + 1)
        segment = Polynomial.fit(
            s, curve(begin + s * (end - begin) * (1 - 1e-12)), degree, domain=[0, 1], window=[0, 1]
        )
        roots = segment.deriv().roots()
        inside = roots.real[(np.abs(roots.imag) < 1e-6) & (roots.real > 0.0) & (roots.real < 1.0)]
        values.extend(curve(begin + inside * (end - begin)))
    return float(min(values)), float(max(values))


@pytest.mark.parametrize("part", ["positions", "velocities", "accelerations"])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("knot", [0, 2, 5])
def test_what_is_not_finite_keeps_no_limit(part: str, value: float, knot: int) -> None:
    reference, limits = random_reference(4), joint_limits(3, velocity=1e9, acceleration=1e9, jerk=1e9, position=1e9)
    spoilt = np.array(getattr(reference, part))
    spoilt[knot, 1] = value
    found = Extrema(replace(reference, **{part: spoilt}))
    assert found.outside(limits).tolist() == [False, True, False]
    assert not found.within(limits)
    assert found.stretch(limits) == np.inf


def test_a_constant_has_no_derivatives() -> None:
    found = Extrema(Reference.resting(5.0, np.array([0.3, -0.2])))
    assert_allclose(found.lowest, [0.3, -0.2])
    assert_allclose(found.highest, [0.3, -0.2])
    assert_allclose([found.speed, found.acceleration, found.jerk], 0.0, atol=1e-9)


@given(st.integers(0, 1000), st.floats(0.2, 3.0))
def test_stretching_by_the_factor_brings_every_derivative_within_its_limit(seed: int, scale: float) -> None:
    limits = joint_limits(3, velocity=scale, acceleration=2 * scale, jerk=30 * scale)
    reference = random_reference(seed)
    k = Extrema(reference).stretch(limits)
    times = reference.start + k * (reference.times - reference.start)
    slowed = Extrema(Reference(times, reference.positions, reference.velocities / k, reference.accelerations / k**2))
    assert np.all(slowed.speed <= limits.velocity * (1 + 1e-6))
    assert np.all(slowed.acceleration <= limits.acceleration * (1 + 1e-6))
    assert np.all(slowed.jerk <= limits.jerk * (1 + 1e-6))
    found = Extrema(reference)
    worst = (found.speed / limits.velocity, found.acceleration / limits.acceleration, found.jerk / limits.jerk)
    assert_allclose(k, max(1.0, *(np.max(share) ** (1 / order) for order, share in enumerate(worst, 1))))
    assert found.within(limits) == (k == 1.0)
    assert found.within(limits, k**3 * (1 + 1e-9))


@given(st.integers(0, 10_000), st.floats(0.5, 4.0))
def test_joints_outside_are_those_whose_extrema_are(seed: int, position: float) -> None:
    limits = joint_limits(3, velocity=1.0, acceleration=1.0, jerk=1.0, position=position)
    found = Extrema(random_reference(seed))
    assert np.array_equal(found.outside(limits), (found.lowest < -position) | (found.highest > position))
