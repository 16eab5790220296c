"""Nodes that are killed in the middle of a motion and started again: nothing moves until a new goal."""

import pytest
from stage import PICK, Stage
from steadyhand.action import RunInstruction
from steadyhand.msg import ExecutionState

from steadyhand.nodes.conversions import to_seconds

Result = RunInstruction.Result


@pytest.fixture(scope="module")
def stage(shared_graph):
    stage = Stage(shared_graph)
    stage.start()
    yield stage
    stage.close()


@pytest.fixture(autouse=True)
def scene(stage):
    # What an attempt that failed has left dead must not fail those that follow.
    dead = [name for name in ("policy", "bridge", "pilot") if not stage.graph.processes[name].alive]
    for name in dead:
        stage.start_node(name)
    if dead:
        stage.wait_until_ready()
    stage.reset()
    yield
    print(stage.graph.logs())
    stage.settle()
    stage.record.check()


def assert_nothing_moves_until_a_new_goal(stage):
    stage.wait_until_ready()
    began = stage.client.now
    stage.assert_still(began, 0.5)
    stage.reset()
    assert stage.goal(PICK).result().outcome == Result.OUTCOME_SUCCEEDED


def test_a_policy_that_dies_brakes_the_arm_and_fails_the_goal(stage):
    goal = stage.moving_goal()
    killed = stage.client.now
    stage.graph.processes["policy"].kill()
    braking = stage.braking_since(killed)
    # Bridge and pilot both listen for the policy: whichever misses it first ends the motion.
    assert braking.hold_code in ("POLICY_SILENT", "UNDERRUN", "EPISODE_ENDED")
    stage.start_node("policy")
    result = goal.result()
    assert result.outcome == Result.OUTCOME_FAILED
    assert result.code in ("POLICY_SILENT", "POLICY_LOST_EPISODE")
    assert_nothing_moves_until_a_new_goal(stage)


def test_a_bridge_that_dies_leaves_a_window_that_ends_at_rest_and_fails_the_goal(stage):
    goal = stage.moving_goal()
    stage.graph.processes["bridge"].kill()
    stage.client.wait_for(lambda: stage.graph.processes["bridge"].code is not None)
    end = stage.record.windows[-1].made + stage.robot.safety.max_unattended_motion
    stage.until_time(end + 0.2)
    stage.assert_still(end + 0.2, 0.5)
    stage.start_node("bridge")
    result = goal.result()
    assert result.outcome == Result.OUTCOME_FAILED
    assert result.code in ("BRIDGE_SILENT", "BRIDGE_LOST_EPISODE")
    assert_nothing_moves_until_a_new_goal(stage)


def test_a_pilot_that_dies_makes_the_bridge_brake_and_hold_until_the_next_pilot_has_a_goal(stage):
    stage.moving_goal()
    stage.graph.processes["pilot"].kill()
    stage.goals.clear()
    held = stage.until_held("PILOT_SILENT")
    # The drives follow the command, which rests now, by 40 ms.
    stage.assert_still(to_seconds(held.header.stamp) + 0.1, 0.5)
    assert not stage.trigger("bridge/resume").success
    stage.start_node("pilot")
    assert_nothing_moves_until_a_new_goal(stage)


def test_a_simulator_that_dies_ends_the_goal_and_its_new_clock_holds_the_bridge(stage):
    goal = stage.moving_goal()
    stage.graph.processes["simulator"].kill()
    assert goal.result().outcome == Result.OUTCOME_FAILED
    stage.record.check()
    stage.replace_simulator()
    assert_nothing_moves_until_a_new_goal(stage)


def test_a_bridge_that_is_frozen_leaves_a_window_that_ends_at_rest_and_then_brakes(stage):
    goal = stage.moving_goal()
    bridge = stage.graph.processes["bridge"]
    bridge.pause()
    try:
        last = stage.record.windows[-1]
        stage.until_time(last.made + stage.robot.safety.max_unattended_motion + 0.3)
        assert stage.record.speed(stage.client.now - 0.05) < 5e-3
    finally:
        bridge.resume()
    stage.until(lambda report: report.state == ExecutionState.STATE_HELD)
    assert goal.result().outcome != Result.OUTCOME_REFUSED
