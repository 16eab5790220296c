from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from steadyhand.chunks.joint_columns import JointColumns
from steadyhand.chunks.joint_positions import JointPositions
from steadyhand.profiles.action import JointMeaning

PLAIN = JointColumns(np.arange(3), np.ones(3), np.zeros(3))
# Degrees; a reversed joint counted from 90 degrees; ticks of a 12-bit encoder with its zero in the middle.
COUNTED = JointColumns(
    np.arange(3), np.array([np.pi / 180, -np.pi / 180, 2 * np.pi / 4096]), np.array([0.0, 90.0, 2048.0])
)
values = st.lists(st.floats(-3.0, 3.0), min_size=3, max_size=3)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(values, min_size=1, max_size=6).map(np.array),
    values.map(np.array),
    st.sampled_from(get_args(JointMeaning)),
    st.sampled_from([PLAIN, COUNTED]),
)
def test_positions_come_back_from_every_meaning(
    positions: np.ndarray, observed: np.ndarray, meaning: JointMeaning, columns: JointColumns
) -> None:
    term = JointPositions(meaning, columns)
    assert_allclose(term.decode(term.encode(positions, observed), observed), positions, atol=1e-12)


def test_each_meaning_is_what_its_equation_says() -> None:
    rows, observed = np.array([[0.1, 0.0, 0.0], [0.1, 0.2, 0.0]]), np.array([1.0, 2.0, 3.0])
    assert_allclose(JointPositions("absolute", PLAIN).decode(rows, observed), rows)
    assert_allclose(JointPositions("delta_to_observation", PLAIN).decode(rows, observed), [[1.1, 2, 3], [1.1, 2.2, 3]])
    assert_allclose(JointPositions("delta_per_step", PLAIN).decode(rows, observed), [[1.1, 2, 3], [1.2, 2.2, 3]])


@pytest.mark.parametrize("meaning", ["delta_to_observation", "delta_per_step"])
def test_differences_have_no_zero_point(meaning: JointMeaning) -> None:
    observed = np.array([0.3, -0.2, 0.1])
    assert_allclose(JointPositions(meaning, COUNTED).decode(np.zeros((4, 3)), observed), np.tile(observed, (4, 1)))
    turned = JointPositions(meaning, COUNTED).decode(np.array([[90.0, 90.0, 1024.0]]), np.zeros(3))
    assert_allclose(turned, [[np.pi / 2, -np.pi / 2, np.pi / 2]])


def test_absolute_positions_are_counted_from_the_policys_zero() -> None:
    turned = JointPositions("absolute", COUNTED).decode(np.array([[90.0, 90.0, 2048.0]]), np.zeros(3))
    assert_allclose(turned, [[np.pi / 2, 0.0, 0.0]], atol=1e-15)


@settings(max_examples=20, deadline=None)
@given(values.map(np.array), st.floats(-1.0, 1.0), st.sampled_from(["delta_to_observation", "delta_per_step"]))
def test_differences_do_not_know_where_the_arm_is(observed: np.ndarray, shift: float, meaning: JointMeaning) -> None:
    term = JointPositions(meaning, PLAIN)
    path = observed + np.linspace(0.1, 0.5, 4)[:, None]
    assert_allclose(term.encode(path + shift, observed + shift), term.encode(path, observed), atol=1e-12)
