"""Episodes from goal to outcome: success, cancellation, stop and resume, one goal at a time, shadow mode."""

import numpy as np
import pytest
from action_msgs.msg import GoalStatus
from stage import Stage
from steadyhand.action import RunInstruction
from steadyhand.msg import ExecutionState, PilotStatus

Result = RunInstruction.Result


@pytest.fixture(scope="module")
def stage(shared_graph):
    stage = Stage(shared_graph)
    stage.start()
    yield stage
    stage.close()


@pytest.fixture(autouse=True)
def scene(stage):
    stage.reset()
    yield
    print(stage.graph.logs())
    stage.settle()
    stage.record.check()


def test_the_scripted_policy_picks_the_named_cube(stage):
    goal = stage.goal()
    result = goal.result()
    assert goal.status() == GoalStatus.STATUS_SUCCEEDED
    assert (result.outcome, result.success_source) == (Result.OUTCOME_SUCCEEDED, "simulator")
    assert result.holds == 0
    assert result.chunks_refused == 0
    assert result.chunks > 3
    assert {entry.phase for entry in goal.feedback} >= {PilotStatus.PHASE_RUNNING}
    assert stage.record.speed() > 0.2
    assert len(stage.record.windows) > 20


def test_a_cancelled_goal_is_braked_and_held_before_its_result_comes(stage):
    goal = stage.moving_goal()
    assert goal.cancel()
    assert goal.result().outcome == Result.OUTCOME_CANCELLED
    assert goal.status() == GoalStatus.STATUS_CANCELED
    stage.assert_rested_before_the_end()
    stage.assert_still(stage.client.now + 0.1)


def test_a_stop_brakes_shows_in_the_feedback_and_resume_goes_on(stage):
    goal = stage.moving_goal()
    assert stage.trigger("bridge/stop").success
    stopped = stage.until_held("STOPPED")
    assert stopped.episode_id
    stage.client.wait_for(lambda: goal.feedback[-1].hold_code == "STOPPED", message="no such feedback")
    stage.assert_still(stage.client.now)
    stage.resume()
    assert goal.result().outcome == Result.OUTCOME_SUCCEEDED
    assert goal.result().holds == 1


def test_resume_without_an_episode_is_refused(stage):
    answer = stage.trigger("bridge/resume")
    assert not answer.success
    assert "goal" in answer.message


def test_a_stop_that_is_not_resumed_ends_the_goal_as_cancelled(stage):
    goal = stage.moving_goal()
    assert stage.trigger("bridge/stop").success
    result = goal.result()
    assert (result.outcome, result.code) == (Result.OUTCOME_CANCELLED, "STOPPED")
    assert goal.status() == GoalStatus.STATUS_CANCELED


def test_a_second_goal_is_rejected_and_the_first_goes_on(stage):
    goal = stage.moving_goal()
    assert not stage.goal("pick up the blue cube").accepted
    assert goal.result().outcome == Result.OUTCOME_SUCCEEDED


@pytest.mark.parametrize(
    "fields",
    [{"instruction": "  "}, {"deployment": "another"}, {"mode": "fly"}, {"speed": 2.0}],
    ids=["blank", "deployment", "mode", "speed"],
)
def test_a_goal_that_cannot_be_carried_out_is_rejected(stage, fields):
    assert not stage.goal(**fields).accepted


def test_an_instruction_that_the_task_does_not_know_is_refused_and_nothing_moves(stage):
    began = stage.client.now
    goal = stage.goal("sing a song")
    assert goal.result().outcome == Result.OUTCOME_REFUSED
    assert goal.status() == GoalStatus.STATUS_ABORTED
    stage.assert_still(began, 0.5)


def test_shadow_mode_computes_everything_and_commands_nothing(stage):
    goal = stage.goal(mode="shadow", timeout=3.0)
    running = stage.until(lambda report: report.state == ExecutionState.STATE_RUNNING)
    assert running.mode == ExecutionState.MODE_SHADOW
    result = goal.result()
    assert result.outcome == Result.OUTCOME_TIMED_OUT
    assert result.chunks > 1
    assert not stage.record.windows
    assert stage.record.travel(0.0) < 2e-3


def test_half_speed_halves_the_velocities_and_still_succeeds(stage):
    goal = stage.goal(speed=0.5)
    assert goal.result().outcome == Result.OUTCOME_SUCCEEDED


def test_the_arm_moves_to_the_start_pose_before_the_policy_begins(stage):
    stage.moving_goal().cancel()
    stage.settle()
    assert stage.away_from_home > 0.02
    goal = stage.goal()
    stage.until(lambda report: report.state == ExecutionState.STATE_STARTING)
    reached = stage.until_held("START_POSE_REACHED")
    np.testing.assert_allclose(reached.positions, stage.robot.home_positions, atol=1e-6)
    assert goal.result().outcome == Result.OUTCOME_SUCCEEDED
