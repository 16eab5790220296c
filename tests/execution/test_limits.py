from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

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


@given(st.integers(0, 10_000))
def test_jerk_is_that_of_the_coefficients(seed: int) -> None:
    reference = random_reference(seed, knots=2, n=1)
    h = reference.end - reference.start
    c = reference.coefficients[0, :, 0]
    s = np.linspace(0.0, h, 5001)
    jerk = np.abs(6 * c[3] + 24 * c[4] * s + 60 * c[5] * s**2).max()
    assert_allclose(Extrema(reference).jerk[0], jerk, rtol=1e-4)


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
