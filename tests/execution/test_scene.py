"""Where a reference is looked at for collisions, and what is said of one."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.reasons import Reason
from steadyhand.execution.reference import Reference
from steadyhand.execution.scene import LocalScene, make_scene, rows_to_check
from steadyhand.profiles.contract import load_deployment


@given(st.integers(0, 2**32 - 1), st.integers(2, 40))
def test_no_joint_moves_far_between_two_configurations_that_are_checked(seed: int, count: int) -> None:
    random = np.random.default_rng(seed)
    positions = np.cumsum(random.uniform(-0.02, 0.02, (count, 3)), axis=0)
    rows = rows_to_check(positions)
    assert rows[0] == 0
    assert rows[-1] == count - 1
    assert all(later > earlier for earlier, later in pairwise(rows))
    assert np.all(np.abs(np.diff(positions[rows], axis=0)) <= 0.04 + 1e-12)


def test_a_motion_at_full_speed_is_checked_at_every_row() -> None:
    positions = np.arange(0.0, 1.0, 0.06)[:, None]
    assert rows_to_check(positions) == list(range(len(positions)))


def test_a_motion_into_the_table_is_refused_and_both_are_named() -> None:
    contract = load_deployment("panda_embedded")
    scene = make_scene(contract)
    assert isinstance(scene, LocalScene)
    begin = contract.robot.home_positions
    into = np.array([0.0, 1.2, 0.0, -1.4, 0.0, 2.6, 0.785])
    still = np.zeros((2, 7))
    with pytest.raises(RefusedError) as caught:
        scene.check(Reference(np.array([10.0, 12.0]), np.stack([begin, into]), still, still))
    assert caught.value.reason is Reason.COLLISION
    assert "would touch table" in str(caught.value)
    scene.check(Reference.resting(10.0, begin))
