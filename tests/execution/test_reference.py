from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.interpolate import BPoly

from steadyhand.execution.reference import Reference, State


def random_reference(seed: int, knots: int = 6, n: int = 3) -> Reference:
    random = np.random.default_rng(seed)
    times = 100.0 + np.cumsum(random.uniform(0.02, 0.4, knots))
    return Reference(times, *(random.normal(size=(knots, n)) for _ in range(3)))


@given(st.integers(0, 10_000))
def test_equals_the_bernstein_polynomial_through_the_same_derivatives(seed: int) -> None:
    reference = random_reference(seed)
    times = np.linspace(reference.start, reference.end, 57)[:-1]
    for joint in range(3):
        knots = np.stack(
            [reference.positions[:, joint], reference.velocities[:, joint], reference.accelerations[:, joint]], axis=1
        )
        independent = BPoly.from_derivatives(reference.times, knots)
        p, v, a = reference.sample_many(times)
        later = times[1:] + 1e-9
        assert_allclose(reference.jerks(later)[:, joint], independent(later, nu=3), rtol=1e-6, atol=1e-2)
        assert_allclose(p[:, joint], independent(times), atol=1e-7)
        assert_allclose(v[:, joint], independent(times, nu=1), atol=1e-5)
        assert_allclose(a[:, joint], independent(times, nu=2), atol=1e-3)


@given(st.integers(0, 10_000), st.floats(0.0, 0.45), st.floats(0.55, 1.0))
def test_a_part_is_the_same_curve(seed: int, first: float, last: float) -> None:
    reference = random_reference(seed)
    span = reference.end - reference.start
    part = reference.between(reference.start + first * span, reference.start + last * span)
    times = np.linspace(part.start, part.end, 31)[1:-1]
    for ours, theirs in zip(part.sample_many(times), reference.sample_many(times), strict=True):
        assert_allclose(ours, theirs, atol=1e-6)


def test_rest_goes_on_before_and_after() -> None:
    reference = Reference.resting(10.0, np.array([1.0, 2.0]))
    later = reference.between(9.5, 12.0)
    assert later.start == 9.5
    assert later.end == 12.0
    state = later.sample(11.0)
    assert_allclose(state.position, [1.0, 2.0])
    assert_allclose(state.velocity, 0.0)
    assert reference.ends_at_rest


def test_parts_join_to_the_whole() -> None:
    reference = random_reference(3)
    middle = float(reference.times[2]) + 0.01
    joined = reference.between(reference.start, middle).followed_by(reference.between(middle, reference.end))
    times = np.linspace(reference.start, reference.end, 40)[:-1]
    assert_allclose(joined.sample_many(times)[1], reference.sample_many(times)[1], atol=1e-6)


def test_arrays_are_read_only() -> None:
    reference = Reference.from_states(np.array([0.0, 1.0]), [State.at_rest(np.zeros(2))] * 2)
    for array in (reference.times, reference.positions, reference.velocities, reference.accelerations):
        assert not array.flags.writeable


@given(st.integers(0, 10_000))
def test_the_jerk_at_a_knot_is_that_of_the_segment_before(seed: int) -> None:
    reference = random_reference(seed)
    assert not reference.jerks([reference.start, reference.end + 0.1]).any()
    assert_allclose(
        reference.jerks(reference.times[1:]), reference.jerks(reference.times[1:] - 1e-9), rtol=1e-3, atol=1e-2
    )


@pytest.mark.parametrize(
    "wrong", [{"times": np.zeros(5)}, {"velocities": np.zeros((6, 2))}, {"accelerations": np.zeros(6)}]
)
def test_arrays_of_other_shapes_make_no_motion(wrong: dict[str, np.ndarray]) -> None:
    with pytest.raises(ValueError, match="make no motion"):
        replace(random_reference(1), **wrong)
