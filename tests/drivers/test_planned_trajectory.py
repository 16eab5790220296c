from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from numpy.testing import assert_allclose

from steadyhand.drivers.planned_trajectory import read_plan
from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.reasons import Reason


def trajectory(names: list[str], *points: dict[str, Any]) -> Any:
    empty: dict[str, Any] = {"positions": [], "velocities": [], "accelerations": []}
    times = [SimpleNamespace(sec=k, nanosec=500_000_000) for k in range(len(points))]
    found = [
        SimpleNamespace(**(empty | point), time_from_start=time) for point, time in zip(points, times, strict=True)
    ]
    return SimpleNamespace(joint_names=names, points=found)


def test_joints_come_in_the_order_asked_for_whatever_else_the_plan_moves() -> None:
    planned = trajectory(
        ["finger", "b", "a"],
        {"positions": [9.0, 2.0, 1.0], "velocities": [0.0, 0.2, 0.1]},
        {"positions": [9.0, 4.0, 3.0], "velocities": [0.0, 0.4, 0.3]},
    )
    plan = read_plan(planned, ("a", "b"))
    assert_allclose(plan.times, [0.5, 1.5])
    assert_allclose(plan.positions, [[1.0, 2.0], [3.0, 4.0]])
    assert plan.velocities is not None
    assert_allclose(plan.velocities, [[0.1, 0.2], [0.3, 0.4]])
    assert plan.accelerations is None


def test_what_only_some_points_tell_is_told_by_none() -> None:
    plan = read_plan(trajectory(["a"], {"positions": [1.0], "velocities": [0.1]}, {"positions": [2.0]}), ("a",))
    assert plan.velocities is None


@pytest.mark.parametrize(
    ("planned", "words"),
    [
        (trajectory(["a"], {"positions": [1.0]}), "lacks the joints b"),
        (trajectory(["a", "b"], {"positions": [1.0, 2.0]}, {"positions": [1.0]}), "without positions of every joint"),
    ],
)
def test_a_plan_of_other_joints_or_without_positions_is_refused(planned: Any, words: str) -> None:
    with pytest.raises(RefusedError, match=words) as refusal:
        read_plan(planned, ("a", "b"))
    assert refusal.value.reason is Reason.PLANNING_FAILED
