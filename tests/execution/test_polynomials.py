from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from steadyhand.execution.polynomials import extreme_values, values

_coefficient = st.one_of(st.floats(-10.0, 10.0), st.sampled_from([0.0, 1e-8, -1e-12, 1.0]))


@pytest.mark.parametrize("degree", [0, 1, 2, 3, 4, 5])
@given(data=st.data())
def test_extreme_values_are_those_of_a_dense_sampling(degree: int, data: st.DataObject) -> None:
    coefficients = np.array([[data.draw(_coefficient) for _ in range(degree + 1)]])
    lowest, highest = extreme_values(coefficients)
    dense = values(coefficients, np.linspace(0.0, 1.0, 4001)[None])
    assert lowest[0] <= dense.min() + 1e-9
    assert highest[0] >= dense.max() - 1e-9
    assert_allclose([lowest[0], highest[0]], [dense.min(), dense.max()], atol=1e-4)


@given(st.floats(0.05, 0.95), st.floats(0.05, 0.95), st.floats(0.05, 0.95))
def test_roots_of_a_known_derivative_are_found(r: float, s: float, t: float) -> None:
    slope = np.polynomial.Polynomial.fromroots([r, s, t])
    quartic = slope.integ()
    lowest, highest = extreme_values(quartic.coef[None])
    at = quartic(np.array([0.0, 1.0, r, s, t]))
    assert_allclose([lowest[0], highest[0]], [at.min(), at.max()], atol=1e-12)
