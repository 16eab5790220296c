from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.interpolate import CubicSpline

from steadyhand.execution.natural_spline import NaturalSpline


@given(st.integers(0, 10_000), st.integers(2, 60))
def test_it_is_scipys_natural_spline_also_beyond_its_rows(seed: int, rows: int) -> None:
    random = np.random.default_rng(seed)
    times = 1.0e9 + np.cumsum(random.uniform(0.01, 0.3, rows))
    positions = random.uniform(-2.0, 2.0, (rows, 3))
    reference = CubicSpline(times, positions, bc_type="natural")
    at = np.concatenate([times, random.uniform(times[0] - 0.2, times[-1] + 0.2, 50)])
    for derivative, found in enumerate(NaturalSpline(times, positions).at(at)):
        expected = reference(at, derivative)
        assert_allclose(found, expected, atol=1e-4 * (1.0 + np.abs(expected).max()))


@pytest.mark.parametrize("at", [4.0, 5.0, 7.0])
def test_one_row_is_a_constant(at: float) -> None:
    position, velocity, acceleration = NaturalSpline(np.array([5.0]), np.array([[0.3, -0.2]])).at(np.array([at]))
    assert_allclose(position, [[0.3, -0.2]])
    assert not velocity.any()
    assert not acceleration.any()


def test_two_rows_are_a_line() -> None:
    position, velocity, acceleration = NaturalSpline(np.array([1.0, 3.0]), np.array([[0.0], [1.0]])).at(np.array([2.0]))
    assert_allclose([position, velocity, acceleration], [[[0.5]], [[0.5]], [[0.0]]])
