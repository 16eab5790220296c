"""Where a reference is looked at for collisions, and what is said of one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.reasons import Reason
from steadyhand.execution.reference import Reference
from steadyhand.execution.scene import LocalScene, make_scene, states_to_check
from steadyhand.profiles.contract import load_deployment


def along(steps: np.ndarray, period: float = 0.04 - 1e-9) -> Reference:
    """Return a motion whose joints go by ``steps`` of shape (m, n) in each period of the checks, in a line."""
    positions = np.vstack([np.zeros_like(steps[:1]), np.cumsum(steps, axis=0)])
    still = np.zeros_like(positions)
    return Reference(5.0 + period * np.arange(len(positions)), positions, still, still)


@given(st.integers(0, 2**32 - 1), st.integers(1, 40))
def test_no_joint_moves_far_between_two_configurations_that_are_checked(seed: int, count: int) -> None:
    steps = np.random.default_rng(seed).uniform(-0.02, 0.02, (count, 3))
    motion = along(steps)
    times, positions = states_to_check(motion)
    assert_allclose(times[[0, -1]], [motion.start, motion.end], atol=0.0)
    assert_allclose(positions, motion.sample_many(times)[0], atol=1e-12)
    assert np.all(np.diff(times) > 0.0)
    # Counted along the way, so that a joint that goes there and back is looked at as well.
    rows = np.rint((times - motion.start) / 0.04).astype(int)
    assert_allclose(times, motion.start + 0.04 * rows, atol=1e-6)
    travelled = np.concatenate([[0.0], np.cumsum(np.abs(steps).max(axis=1))])
    assert np.all(np.diff(travelled[rows]) <= 0.04 + 1e-9)
    assert all(travelled[b] - travelled[a] > 0.04 for a, b in zip(rows[:-2], rows[1:-1] + 1, strict=True))


def test_a_motion_at_full_speed_is_checked_at_every_time() -> None:
    motion = along(np.full((16, 1), 0.06))
    assert_allclose(states_to_check(motion)[0], motion.times, atol=1e-6)


@pytest.mark.parametrize("duration", [0.01, 0.04, 0.05])
def test_a_short_motion_is_checked_at_its_ends(duration: float) -> None:
    motion = along(np.full((1, 2), 0.001), duration)
    assert_allclose(states_to_check(motion)[0], motion.times, atol=0.0)


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
