"""Windows as goals of FollowJointTrajectory and ParallelGripperCommand, against the simulated controllers."""

import numpy as np
import pytest
from control_msgs.action import FollowJointTrajectory
from control_msgs.msg import JointTrajectoryControllerState
from stage import DEPLOYMENTS, Stage
from steadyhand.action import RunInstruction
from trajectory_msgs.msg import JointTrajectory, JointTrajectoryPoint

from steadyhand.nodes.conversions import to_duration, to_seconds

Result = RunInstruction.Result
SOON = 0.2
"""Longest time from detection to the beginning of the brake [s]."""
STOPPED_BY_MANAGER = ("CONTROLLER_ABORTED", "CONTROLLER_INACTIVE", "CONTROLLER_REFUSED")
"""What a goal's end, the manager's answer and the next goal's refusal say, whichever comes first."""


@pytest.fixture(scope="module")
def stage(shared_graph):
    stage = Stage(shared_graph, str(DEPLOYMENTS / "panda_scripted_action.yaml"))
    stage.start_node("simulator", gripper_action="parallel_gripper_command", gripper_allow_stalling=True)
    stage.start("policy", "bridge", "pilot")
    yield stage
    stage.close()


@pytest.fixture(autouse=True)
def scene(stage):
    stage.reset()
    yield
    print(stage.graph.logs())
    stage.settle()


def diagnostics(stage):
    status = stage.bridge_status.next(timeout=20.0)
    return {pair.key: pair.value for pair in status.values}


def test_an_episode_through_goals_succeeds_and_its_motion_has_no_seams(stage):
    followed = stage.client.listen(
        JointTrajectoryControllerState, f"/{stage.robot.arm.controller}/controller_state", depth=5000
    )
    assert stage.goal().result().outcome == Result.OUTCOME_SUCCEEDED
    assert "refused" not in stage.graph.processes["simulator"].log
    reports = [report for report in followed.messages if np.abs(report.reference.velocities).max() > 0.01]
    assert len(reports) > 50
    assert np.all(np.abs([r.reference.velocities for r in reports]) <= 1.001 * stage.robot.velocity)
    assert np.all(np.abs([r.reference.accelerations for r in reports]) <= 1.01 * stage.robot.brake_acceleration)

    values = diagnostics(stage)
    assert "longest" in values["arm controller"]
    assert values["controller"] == "active, joint_trajectory_controller/JointTrajectoryController"
    assert values["gripper hand"].startswith(("reached", "stalled"))
    assert not [key for key in values if key.startswith(("count CONTROLLER", "count TOLERANCE", "count GRIPPER"))]


def test_a_goal_of_somebody_else_brakes_and_resume_goes_on(stage):
    goal = stage.moving_goal()
    asked = stage.client.now
    for _ in range(10):  # one that meets a goal of ours on its way is replaced by that, and not noticed
        measured = stage.record.measured[-1][1]
        point = JointTrajectoryPoint(positions=measured.tolist(), time_from_start=to_duration(2.0))
        foreign = JointTrajectory(joint_names=list(stage.robot.joint_names), points=[point])
        asked = stage.client.now
        stage.client.send_goal(
            FollowJointTrajectory,
            f"/{stage.robot.arm.controller}/follow_joint_trajectory",
            FollowJointTrajectory.Goal(trajectory=foreign),
        )
        if stage.states.next().hold_code == "CONTROLLER_ABORTED":
            break
    braking = stage.braking_since(asked)
    assert braking.hold_code == "CONTROLLER_ABORTED"
    assert "INVALID_GOAL" in braking.hold_message
    assert to_seconds(braking.header.stamp) <= asked + SOON
    stage.until_held("CONTROLLER_ABORTED")
    stage.resume()
    stage.until_moving()
    assert not goal.done


def test_a_controller_deactivated_in_motion_holds_the_arm_until_it_is_active_again(stage):
    goal = stage.moving_goal()
    asked = stage.client.now
    stage.freeze("arm_controller_active")
    braking = stage.braking_since(asked)
    assert braking.hold_code in STOPPED_BY_MANAGER
    stage.until_held(braking.hold_code)
    stage.client.wait_for(
        lambda: stage.trigger("bridge/resume").message.startswith("CONTROLLER_INACTIVE"),
        message="a resume on an inactive controller is not refused",
    )
    stage.thaw("arm_controller_active")
    stage.client.wait_for(
        lambda: stage.trigger("bridge/resume").success, message="the active controller is not noticed"
    )
    stage.until_moving()
    assert not goal.done


def test_no_episode_begins_on_an_inactive_controller(stage):
    stage.freeze("arm_controller_active")
    stage.client.wait_for(lambda: "inactive" in diagnostics(stage)["controller"], message="not noticed")
    result = stage.goal().result()
    assert (result.outcome, result.code) == (Result.OUTCOME_REFUSED, "CONTROLLER_INACTIVE")
    stage.thaw("arm_controller_active")
    stage.client.wait_for(lambda: diagnostics(stage)["controller"].startswith("active"), message="not noticed")


def test_a_gripper_that_refuses_brakes_and_is_commanded_anew_after_a_resume(stage):
    stage.freeze("gripper_controller_active")
    goal = stage.goal()
    held = stage.until_held("GRIPPER_REFUSED")
    assert "panda_hand_controller/gripper_cmd" in held.hold_message
    stage.thaw("gripper_controller_active")
    stage.resume()
    stage.until_moving()
    assert not goal.done
    assert diagnostics(stage)["gripper hand"].startswith(("opening", "reached", "stalled"))
