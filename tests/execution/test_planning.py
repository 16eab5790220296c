from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.limits import Extrema, JointLimits
from steadyhand.execution.planning import Plan, planned_reference
from steadyhand.execution.reasons import Reason

from .conftest import joint_limits

_START = np.array([0.2, -0.4, 1.0])
_GOAL = np.array([-0.8, 0.6, 0.1])


def detour(seconds: float, points: int = 25, *, velocities: bool = True, detour: float = 0.3) -> Plan:
    """Return a way that begins and ends at speed, as a planner may give it that thinks of no jerk."""
    times = np.linspace(0.0, seconds, points)
    s = (times / seconds)[:, None]
    aside = detour * np.array([1.0, -0.5, 0.2])
    positions = _START + (_GOAL - _START) * s + aside * np.sin(np.pi * s)
    speeds = ((_GOAL - _START) + aside * np.pi * np.cos(np.pi * s)) / seconds
    return Plan(times, positions, speeds if velocities else None)


@settings(max_examples=40)
@given(
    seconds=st.floats(0.2, 8.0), points=st.integers(3, 60), velocities=st.booleans(), fraction=st.sampled_from([0.5, 1])
)
def test_whatever_the_plan_the_limits_are_kept_from_rest_to_rest(
    seconds: float, points: int, velocities: bool, fraction: float
) -> None:
    limits = joint_limits(3, velocity=1.0, acceleration=4.0, jerk=150.0)
    plan = detour(seconds, points, velocities=velocities)
    motion = planned_reference(plan, 10.0, _START, _GOAL, limits, fraction)
    assert Extrema(motion).within(limits)
    assert np.all(Extrema(motion).speed <= fraction * limits.velocity)
    assert motion.start == 10.0
    assert motion.ends_at_rest
    assert not np.any(motion.velocities[0])
    assert_allclose(motion.positions[[0, -1]], [_START, _GOAL])


def test_a_slow_plan_keeps_its_points_and_about_its_time(limits: JointLimits) -> None:
    plan = detour(8.0)
    motion = planned_reference(plan, 0.0, _START, _GOAL, limits, 1.0)
    assert_allclose(motion.positions[1:-1], plan.positions[1:-1])
    assert 8.0 <= motion.end < 10.0


def _changed(plan: Plan, row: int, joint: int, value: float) -> Plan:
    positions = plan.positions.copy()
    positions[row, joint] = value
    return Plan(plan.times, positions, plan.velocities)


WRONG = {
    "begins with joint2": _changed(detour(2.0), 0, 1, -0.3),
    "ends with joint1": _changed(detour(2.0), -1, 0, 0.9),
    "not finite": _changed(detour(2.0), 5, 0, np.nan),
    "out of its limits": _changed(detour(2.0, velocities=False), 12, 2, 3.5),
    "out of order": Plan(detour(2.0).times[::-1], detour(2.0).positions),
    "a plan of": Plan(np.zeros(1), _START[None]),
    "takes 0.000 s": Plan(np.zeros(2), np.stack([_START, _GOAL])),
}


@pytest.mark.parametrize("words", WRONG)
def test_a_plan_that_cannot_be_trusted_is_refused(limits: JointLimits, words: str) -> None:
    with pytest.raises(RefusedError, match=words) as refusal:
        planned_reference(WRONG[words], 0.0, _START, _GOAL, limits, 1.0)
    assert refusal.value.reason is Reason.PLANNING_FAILED
