from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steadyhand.execution.brake import move
from steadyhand.execution.easing import Easing, ease
from steadyhand.execution.limits import Extrema, JointLimits

LIMITS = JointLimits(("a", "b"), np.full(2, -3.0), np.full(2, 3.0), np.full(2, 1.0), np.full(2, 4.0), np.full(2, 40.0))
BRAKE = JointLimits(
    LIMITS.names, LIMITS.lower, LIMITS.upper, LIMITS.velocity, 1.5 * LIMITS.acceleration, 3 * LIMITS.jerk
)
PATH = move(10.0, np.array([0.0, 0.5]), np.array([1.5, -1.0]), LIMITS, 1.0)


@given(ratio=st.floats(0.02, 0.98), start=st.floats(10.05, 11.5))
def test_an_eased_motion_stays_on_its_path_within_the_limits_and_ends_where_it_would_have(
    ratio: float, start: float
) -> None:
    found = ease(PATH, start, ratio, BRAKE)
    assert found is not None
    easing, eased = found
    assert Extrema(eased).within(BRAKE, 1.0 + 1e-5)
    before, after = PATH.sample(start), eased.sample(start)
    np.testing.assert_allclose(after.velocity, before.velocity, atol=1e-9)
    np.testing.assert_allclose(after.acceleration, before.acceleration, atol=1e-9)
    along = np.linspace(start, PATH.end, 50)
    positions = eased.sample_many(easing.later(along))[0]
    np.testing.assert_allclose(positions, PATH.sample_many(along)[0], atol=2e-3)


@pytest.mark.parametrize("ratio", [0.1, 0.5, 0.9])
def test_after_the_ramp_everything_takes_so_much_longer_and_before_it_nothing_changes(ratio: float) -> None:
    easing = Easing(5.0, ratio, 0.4)
    times = easing.later(np.array([4.0, 5.0, 8.0, 9.0]))
    np.testing.assert_array_equal(times[:2], [4.0, 5.0])
    assert times[3] - times[2] == pytest.approx(1.0 / ratio)
    assert np.all(np.diff(easing.later(np.linspace(4.0, 7.0, 300))) > 0.0)
