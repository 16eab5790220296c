from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from moveit_double import GROUP, JOINTS, Rig, message
from numpy.testing import assert_allclose

from steadyhand.drivers.moveit_planner import MoveItPlanner
from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.reasons import Reason
from steadyhand.execution.reference import Reference

TIMES = np.array([0.0, 0.5, 1.0])
POSITIONS = np.array([[0.0, 0.0, 0.0], [0.05, 0.1, 0.4], [0.1, 0.2, 0.8]])
PLAN = Reference(TIMES, POSITIONS, np.gradient(POSITIONS, axis=0), np.zeros((3, 3)))
GOAL = POSITIONS[-1]


def planner(rig: Rig, **settings: float) -> MoveItPlanner:
    return MoveItPlanner(rig.moveit(), GROUP, JOINTS, **settings)


def shuffled() -> Any:
    """The plan with its joints in another order, as a group may have them."""
    order = [2, 0, 1]
    swapped = Reference(PLAN.times, *(part[:, order] for part in (PLAN.positions, PLAN.velocities, PLAN.accelerations)))
    return message(tuple(JOINTS[k] for k in order), swapped)


def test_a_plan_comes_in_the_profiles_order_with_times_from_zero() -> None:
    rig = Rig(plan_message=shuffled())
    found = planner(rig, planning_time=0.3, speed=0.2).plan(GOAL)
    assert_allclose(found.times, TIMES)
    assert_allclose(found.positions, PLAN.positions)
    assert_allclose(found.velocities, PLAN.velocities)
    assert rig.parameters is not None
    assert rig.parameters.planning_time == 0.3
    assert rig.parameters.max_velocity_scaling_factor == rig.parameters.max_acceleration_scaling_factor == 0.2
    assert not rig.locks


def test_named_goals_are_those_of_the_srdf() -> None:
    rig = Rig(plan_message=shuffled())
    assert_allclose(planner(rig).plan_named("ready").positions, PLAN.positions)
    with pytest.raises(RefusedError, match=r"'home'.*ready, folded"):
        planner(rig).plan_named("home")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (-1, "found no way"),
        (-10, "starts in a collision"),
        (-12, "goal is in a collision"),
        (99999, "without saying why"),
    ],
)
def test_no_plan_says_why(code: int, words: str) -> None:
    with pytest.raises(RefusedError, match=words) as caught:
        planner(Rig(plan_code=code)).plan(GOAL)
    assert caught.value.reason is Reason.PLANNING_FAILED


@pytest.mark.parametrize("rig", [Rig(takes_goals=False), Rig(failing="plan"), Rig(failing="read_only")])
def test_a_planner_that_cannot_is_refused(rig: Rig) -> None:
    with pytest.raises(RefusedError) as caught:
        planner(rig).plan(GOAL)
    assert caught.value.reason is Reason.PLANNING_FAILED
    assert not rig.locks


def broken(**changes: object) -> Any:
    plan = shuffled()
    for name, value in changes.items():
        if name == "joint_names":
            plan.joint_trajectory.joint_names = value
        else:
            setattr(plan.joint_trajectory.points[1], name, value)
    return plan


@pytest.mark.parametrize(
    "changes",
    [
        {"joint_names": ["elbow", "lift", "wrist"]},
        {"velocities": []},
        {"positions": [0.0, float("nan"), 0.0]},
        {"time_from_start": shuffled().joint_trajectory.points[0].time_from_start},
    ],
)
def test_a_plan_that_cannot_be_followed_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(RefusedError, match="plan"):
        planner(Rig(plan_message=broken(**changes))).plan(GOAL)


def test_accelerations_may_be_left_out() -> None:
    found = planner(Rig(plan_message=broken(accelerations=[]))).plan(GOAL)
    assert not found.accelerations.any()
