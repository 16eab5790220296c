from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.interpolate import CubicSpline

from steadyhand.execution.row_spline import RowSpline


@given(st.integers(0, 10_000), st.integers(3, 60))
def test_it_is_twice_differentiable_begins_as_a_parabola_and_ends_without_acceleration(seed: int, rows: int) -> None:
    random = np.random.default_rng(seed)
    times = 1.0e9 + np.cumsum(random.uniform(0.01, 0.3, rows))
    positions = random.uniform(-2.0, 2.0, (rows, 3))
    spline = RowSpline(times, positions)
    # A cubic spline is what it does at its first row, at its last one and through the others: SciPy's says what it is.
    begun = spline.at(times[:1])[1][0]
    reference = CubicSpline(times, positions, bc_type=((1, begun), (2, np.zeros(3))))
    at = np.concatenate([times, random.uniform(times[0] - 0.2, times[-1] + 0.2, 50)])
    for derivative, found in enumerate(spline.at(at)[:3]):
        expected = reference(at, derivative)
        assert_allclose(found, expected, atol=1e-4 * (1.0 + np.abs(expected).max()))
    assert not spline.at(times[:1])[3].any()


@given(st.integers(0, 10_000))
def test_it_is_the_parabola_that_the_first_rows_are_of(seed: int) -> None:
    random = np.random.default_rng(seed)
    c, times = random.normal(size=(3, 2)), 0.1 * np.arange(20)
    parabola = c[0] + c[1] * times[:, None] + c[2] * times[:, None] ** 2
    position, velocity, acceleration, _ = RowSpline(times, parabola).at(np.array([-0.05]))
    # What the end without acceleration changes has faded by then.
    assert_allclose(position[0], c[0] - 0.05 * c[1] + 0.0025 * c[2], atol=1e-6)
    assert_allclose(velocity[0], c[1] - 0.1 * c[2], atol=1e-6)
    assert_allclose(acceleration[0], 2.0 * c[2], atol=1e-6)


@pytest.mark.parametrize("at", [4.0, 5.0, 7.0])
def test_one_row_is_a_constant(at: float) -> None:
    position, velocity, acceleration, _ = RowSpline(np.array([5.0]), np.array([[0.3, -0.2]])).at(np.array([at]))
    assert_allclose(position, [[0.3, -0.2]])
    assert not velocity.any()
    assert not acceleration.any()


def test_two_rows_are_a_line() -> None:
    position, velocity, acceleration, _ = RowSpline(np.array([1.0, 3.0]), np.array([[0.0], [1.0]])).at(np.array([2.0]))
    assert_allclose([position, velocity, acceleration], [[[0.5]], [[0.5]], [[0.0]]])
