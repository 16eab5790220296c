from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.interpolate import BPoly

from steadyhand.execution.polynomials import (
    extreme_values,
    highest_values,
    largest_magnitudes,
    power_from_bernstein,
    values,
)

_coefficient = st.one_of(st.floats(-10.0, 10.0), st.sampled_from([0.0, 1e-8, -1e-12, 1.0]))


# Few polynomials and many of them take different ways.
@pytest.mark.parametrize("count", [1, 40])
@pytest.mark.parametrize("degree", [0, 1, 2, 3, 4, 5])
@given(data=st.data())
def test_extreme_values_are_those_of_a_dense_sampling(degree: int, count: int, data: st.DataObject) -> None:
    coefficients = np.array([[data.draw(_coefficient) for _ in range(degree + 1)]])
    lowest, highest = extreme_values(np.repeat(coefficients, count, axis=0))
    dense = values(coefficients, np.linspace(0.0, 1.0, 4001)[None])
    assert lowest[0] <= dense.min() + 1e-9
    assert highest[0] >= dense.max() - 1e-9
    assert_allclose([lowest[0], highest[0]], [dense.min(), dense.max()], atol=1e-4)


@pytest.mark.parametrize("count", [1, 40])
@given(st.floats(0.05, 0.95), st.floats(0.05, 0.95), st.floats(0.05, 0.95))
def test_roots_of_a_known_derivative_are_found(count: int, r: float, s: float, t: float) -> None:
    slope = np.polynomial.Polynomial.fromroots([r, s, t])
    quartic = slope.integ()
    lowest, highest = extreme_values(np.repeat(quartic.coef[None], count, axis=0))
    at = quartic(np.array([0.0, 1.0, r, s, t]))
    assert_allclose([lowest[0], highest[0]], [at.min(), at.max()], atol=1e-12)


@pytest.mark.parametrize("degree", [2, 3, 4, 5])
@given(st.integers(0, 10_000))
def test_the_largest_of_many_polynomials_is_that_of_scipys_bernstein_basis(degree: int, seed: int) -> None:
    control = np.random.default_rng(seed).normal(size=(degree + 1, 12, 3)) + 0.5
    dense = BPoly(control.reshape(degree + 1, 1, 12, 3), [0.0, 1.0])(np.linspace(0.0, 1.0, 2001))
    assert_allclose(highest_values(control), dense.max(axis=(0, 1)), atol=1e-4)
    assert_allclose(largest_magnitudes(control), np.abs(dense).max(axis=(0, 1)), atol=1e-4)


def test_the_power_basis_of_a_bernstein_polynomial_is_its_expansion() -> None:
    # x^2 has the coefficients 0, 0, 1; 1 - 2x + x^2 has 1, 0, 0.
    assert_allclose(np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]) @ power_from_bernstein(2), [[0, 0, 1], [1, -2, 1]])


@pytest.mark.parametrize("where", [0, 2, 5])
def test_a_coefficient_that_is_not_a_number_is_not_overlooked(where: int) -> None:
    control = np.zeros((6, 2, 1))
    control[where, 1] = np.nan
    assert not largest_magnitudes(control)[0] <= 1e9
