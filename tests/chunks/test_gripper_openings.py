from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from steadyhand.chunks.gripper_openings import GripperOpenings
from steadyhand.profiles.action import GripperAction

SIGNS = {"OpenVLA": (0.0, 1.0), "DROID": (1.0, 0.0), "LIBERO": (1.0, -1.0), "CALVIN": (-1.0, 1.0), "width": (0.0, 0.08)}


def openings(closed: float, open_: float, meaning: str = "absolute") -> GripperOpenings:
    term = {"kind": "gripper", "gripper": "hand", "meaning": meaning, "closed": closed, "open": open_}
    return GripperOpenings(GripperAction.model_validate(term))


@pytest.mark.parametrize("family", SIGNS)
def test_closed_is_zero_and_open_is_one_whatever_the_sign(family: str) -> None:
    closed, open_ = SIGNS[family]
    term = openings(closed, open_)
    assert_allclose(term.decode(np.array([closed, (closed + open_) / 2, open_])), [0.0, 0.5, 1.0])


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(-100.0, 100.0), min_size=1, max_size=5), st.sampled_from(sorted(SIGNS)))
def test_openings_stay_between_closed_and_open_and_come_back(values: list[float], family: str) -> None:
    term = openings(*SIGNS[family])
    found = term.decode(np.array(values))
    assert found.min() >= 0.0 and found.max() <= 1.0
    assert_allclose(term.decode(term.encode(found)), found, atol=1e-12)


def test_a_binary_gripper_is_graded_until_it_is_executed() -> None:
    assert_allclose(openings(-1.0, 1.0, "binary").decode(np.array([-0.2, 0.2])), [0.4, 0.6])
