"""Faults in the middle of a motion: the arm brakes at once, says why, and goes on when the fault has cleared."""

import numpy as np
import pytest
from stage import Stage
from steadyhand.action import RunInstruction
from steadyhand.msg import ExecutionState

from steadyhand.drivers.controller_probe import SILENCE
from steadyhand.nodes.conversions import to_seconds

Result = RunInstruction.Result
SOON = 0.2
"""Longest time from the limit of detection to the beginning of the brake [s]."""


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


def test_frozen_joint_states_brake_at_once_and_resume_goes_on_when_they_are_back(stage):
    goal = stage.moving_goal()
    stage.freeze("publish_joint_states")
    braking = stage.braking_since(stage.record.measured[-1][0])
    newest = stage.record.measured[-1][0]
    assert braking.hold_code == "JOINT_STATE_STALE"
    assert to_seconds(braking.header.stamp) <= newest + stage.robot.safety.joint_state_age + SOON
    stage.until_held("JOINT_STATE_STALE")
    assert not stage.trigger("bridge/resume").success

    stage.thaw("publish_joint_states")
    stage.until_joint_states()
    stage.assert_still(stage.client.now, 0.3)
    stage.resume()
    assert goal.result().outcome == Result.OUTCOME_SUCCEEDED


def test_frozen_cameras_end_the_motion_with_the_last_chunk_and_a_new_image_continues_it(stage):
    goal = stage.moving_goal()
    stage.freeze("publish_images")
    underrun = stage.until(lambda report: report.hold_code == "UNDERRUN")
    last = stage.chunks.latest
    end = to_seconds(last.header.stamp) + last.first_row_offset + (last.horizon - 1) * last.dt
    assert to_seconds(underrun.header.stamp) <= end + SOON
    held = stage.until_held("UNDERRUN")
    stage.assert_still(to_seconds(held.header.stamp), 0.3)
    assert stage.chunks.latest is last

    stage.thaw("publish_images")
    assert goal.result().outcome == Result.OUTCOME_SUCCEEDED


def test_a_controller_deactivated_in_motion_is_noticed_on_a_topic_too(stage):
    goal = stage.moving_goal()
    stage.freeze("arm_controller_active")
    asked = stage.client.now
    braking = stage.braking_since(asked)
    assert braking.hold_code in ("CONTROLLER_INACTIVE", "CONTROLLER_SILENT")
    assert to_seconds(braking.header.stamp) <= asked + SILENCE + SOON
    stage.until_held(braking.hold_code)
    stage.record.clear()  # the arm stood still while its reference braked
    stage.thaw("arm_controller_active")
    stage.client.wait_for(lambda: stage.trigger("bridge/resume").success, message="not noticed that it is active")
    stage.until_moving()
    assert not goal.done


def test_a_fault_that_does_not_clear_ends_the_goal_as_failed(stage):
    goal = stage.moving_goal()
    stage.freeze("publish_joint_states")
    result = goal.result()
    assert (result.outcome, result.code) == (Result.OUTCOME_FAILED, "JOINT_STATE_STALE")
    assert goal.status() == stage.client.STATUS.STATUS_ABORTED


def test_a_frozen_policy_brakes_when_its_chunk_runs_out_or_its_silence_is_noticed(stage):
    goal = stage.moving_goal()
    policy = stage.graph.processes["policy"]
    policy.pause()
    try:
        stage.until(lambda report: report.hold_code in ("UNDERRUN", "POLICY_SILENT"))
        stage.until(lambda report: report.state == ExecutionState.STATE_HELD)
    finally:
        policy.resume()
    stage.client.wait_for(lambda: goal.done or stage.states.latest.hold_code == "POLICY_SILENT")
    stage.settle()
    assert stage.goal().result().outcome == Result.OUTCOME_SUCCEEDED


def test_the_arm_rests_within_the_longest_unattended_motion_after_any_brake(stage):
    stage.moving_goal()
    stage.freeze("publish_images")
    asked = stage.client.now
    stage.trigger("bridge/stop")
    braking = stage.braking_since(asked)
    stage.until_time(to_seconds(braking.header.stamp) + stage.robot.safety.max_unattended_motion + 0.2)
    rest = stage.client.now
    stage.until_time(rest + 0.3)
    assert stage.record.speed(rest) < 5e-3
    assert np.all(np.abs(stage.record.windows[-1].states[-1, 1:]) < 1e-9)
