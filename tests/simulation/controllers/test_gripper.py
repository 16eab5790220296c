"""The gripper controller: reaching, stalling, preemption."""

import math

import pytest

from steadyhand.simulation.controllers.exceptions import ControllerError
from steadyhand.simulation.controllers.goal import Goal, GoalStatus
from steadyhand.simulation.controllers.gripper import GripperController, GripperGoal, GripperOptions


def run(gripper, seconds, position, velocity=0.0, now=100.0):
    """Update at 100 Hz with a measured position that stays."""
    for step in range(round(seconds / 0.01)):
        gripper.update(now + step * 0.01, position, velocity)
    return now + seconds


def test_it_starts_by_holding():
    assert GripperController(GripperOptions(max_effort=5.0), 0.03).update(0.0, 0.029, 0.0) == (0.03, 5.0)


def test_reaching_the_goal_succeeds():
    gripper = GripperController(GripperOptions(), 0.04)
    goal = GripperGoal(0.0, 20.0)
    gripper.start(goal, 100.0)
    assert gripper.update(100.0, 0.04, 0.0) == (0.0, 20.0)
    assert goal.active
    gripper.update(100.01, 0.009, -0.1)
    assert goal.status is GoalStatus.SUCCEEDED
    assert goal.result.reached_goal
    assert not goal.result.stalled
    assert goal.result.position == 0.009
    assert goal.result.effort == 20.0


def test_standing_away_from_the_goal_for_a_second_aborts_as_stalled():
    gripper = GripperController(GripperOptions(), 0.04)
    goal = GripperGoal(0.0, 20.0)
    gripper.start(goal, 100.0)
    now = run(gripper, 1.0, 0.025)
    assert goal.active
    run(gripper, 0.1, 0.025, now=now)
    assert goal.status is GoalStatus.ABORTED
    assert goal.result.stalled
    assert gripper.update(102.0, 0.025, 0.0) == (0.0, 20.0), "it goes on pressing"


def test_a_stall_counts_as_success_where_allowed():
    gripper = GripperController(GripperOptions(allow_stalling=True, stall_timeout=0.2), 0.04)
    goal = GripperGoal(0.0, 20.0)
    gripper.start(goal, 100.0)
    run(gripper, 0.3, 0.025)
    assert goal.status is GoalStatus.SUCCEEDED
    assert goal.result.stalled
    assert not goal.result.reached_goal


def test_motion_postpones_the_stall():
    gripper = GripperController(GripperOptions(), 0.04)
    goal = GripperGoal(0.0, 20.0)
    gripper.start(goal, 100.0)
    run(gripper, 5.0, 0.025, velocity=0.01)
    assert goal.active


def test_a_new_goal_cancels_the_old_one():
    gripper = GripperController(GripperOptions(), 0.04)
    old, new = GripperGoal(0.0, 20.0), GripperGoal(0.02, 10.0)
    gripper.start(old, 100.0)
    gripper.start(new, 100.1)
    assert old.status is GoalStatus.CANCELED
    assert gripper.update(100.1, 0.04, 0.0) == (0.02, 10.0)


def test_cancel_holds_the_measured_position():
    gripper = GripperController(GripperOptions(max_effort=3.0), 0.04)
    goal = GripperGoal(0.0, 20.0)
    gripper.start(goal, 100.0)
    gripper.update(100.0, 0.031, -0.1)
    gripper.cancel(goal)
    assert goal.status is GoalStatus.CANCELED
    assert gripper.update(100.01, 0.03, 0.0) == (0.031, 3.0)


def test_activation_aborts_the_goal():
    gripper = GripperController(GripperOptions(), 0.04)
    goal = GripperGoal(0.0, 20.0)
    gripper.start(goal, 100.0)
    gripper.activate(0.02)
    assert goal.status is GoalStatus.ABORTED
    assert gripper.update(100.0, 0.02, 0.0)[0] == 0.02


@pytest.mark.parametrize(("position", "effort"), [(math.nan, 1.0), (0.0, math.inf), (0.0, -1.0)])
def test_a_goal_has_finite_values(position, effort):
    with pytest.raises(ControllerError, match="finite"):
        GripperGoal(position, effort)


def test_a_goal_ends_once_and_tells_once():
    told = []
    goal = Goal(told.append)
    goal.finish(GoalStatus.SUCCEEDED, "done")
    with pytest.raises(ControllerError, match="succeeded"):
        goal.finish(GoalStatus.ABORTED, "no")
    assert told == [goal]
