"""Lifecycle: an outside manager drives the nodes, and whatever ends a node in motion brakes the arm first."""

import signal

import pytest
from diagnostic_msgs.msg import DiagnosticArray
from stage import ACTIVE, DEPLOYMENTS, INACTIVE, UNCONFIGURED, Stage
from steadyhand.action import RunInstruction
from steadyhand.msg import ExecutionState

from steadyhand.nodes.conversions import to_seconds

Result = RunInstruction.Result
MANAGED = ("policy", "bridge", "pilot", "visualiser")
HALF_SPEED = str(DEPLOYMENTS / "panda_scripted_half_speed.yaml")


@pytest.fixture(scope="module")
def stage(shared_graph):
    stage = Stage(shared_graph)
    stage.start_node("simulator")
    for name in MANAGED:
        stage.start_node(name, autostart=False)
    yield stage
    stage.close()


@pytest.fixture(autouse=True)
def scene(stage):
    for name in MANAGED:
        bring_up(stage, name)
    stage.wait_until_ready()
    stage.reset()
    yield
    print(stage.graph.logs())
    stage.settle()
    stage.record.check()


def bring_up(stage, name):
    if not stage.graph.processes[name].alive:
        stage.start_node(name, autostart=False)
    state = stage.lifecycle_state(name)
    if state == UNCONFIGURED:
        assert stage.transition(name, "configure")
    if state in (UNCONFIGURED, INACTIVE):
        assert stage.transition(name, "activate")
    assert stage.lifecycle_state(name) == ACTIVE


def heard(stage):
    """The bridge's own time when it last reported [s], and how many windows had come by then.

    On a busy machine its clock may be behind that of whoever asks.
    """
    return to_seconds(stage.states.messages[-1].header.stamp), len(stage.record.windows)


def assert_braked(stage, since):
    """The arm was braked by its last window, rests, and is commanded no more."""
    time, windows = since
    stage.until_time(stage.client.now + 0.2)  # until all that was handed over has come
    assert len(stage.record.windows) > windows
    assert stage.record.windows[-1].made >= time - 1e-6
    end = stage.record.windows[-1].times[-1] + 0.2
    stage.until_time(end)
    stage.assert_still(end, 0.3)


def test_nodes_driven_from_outside_carry_out_a_goal(stage):
    assert stage.goal().result().outcome == Result.OUTCOME_SUCCEEDED


def test_two_rounds_as_a_lifecycle_manager_makes_them_leave_everything_as_it_was(stage):
    """nav2's manager: down in the reverse order, each transition for all nodes before the next, states asked for."""
    diagnosed = stage.client.listen(DiagnosticArray, "/diagnostics")
    for _ in range(2):
        began = stage.client.now
        for label, state, names in (
            ("deactivate", INACTIVE, reversed(MANAGED)),
            ("cleanup", UNCONFIGURED, reversed(MANAGED)),
            ("configure", INACTIVE, MANAGED),
            ("activate", ACTIVE, MANAGED),
        ):
            for name in names:
                assert stage.transition(name, label), (name, label)
                assert stage.lifecycle_state(name) == state, (name, label)
        stage.wait_until_ready()
        stage.assert_still(began, stage.client.now - began)
        assert stage.goal().result().outcome == Result.OUTCOME_SUCCEEDED
        stage.reset()
    # Nothing is left over of the rounds before: each part reports, once in a message.
    diagnosed.clear()
    parts = {
        "policy",
        "camera front",
        "camera wrist",
        "bridge",
        "joint states",
        "controller panda_arm_controller",
        "pilot",
    }
    wanted = {f"steadyhand: {part}" for part in parts}
    stage.client.wait_for(
        lambda: wanted <= {status.name for array in diagnosed.messages for status in array.status},
        message="a part does not report",
    )
    for array in diagnosed.messages:
        names = [status.name for status in array.status]
        assert len(set(names)) == len(names)


def test_deactivating_the_bridge_in_motion_brakes_first_and_fails_the_goal(stage):
    goal = stage.moving_goal()
    since = heard(stage)
    assert stage.transition("bridge", "deactivate")
    assert_braked(stage, since)
    result = goal.result()
    assert (result.outcome, result.code) == (Result.OUTCOME_FAILED, "DEACTIVATED")
    assert stage.goal().result().outcome == Result.OUTCOME_REFUSED
    assert stage.transition("bridge", "activate")
    held = stage.until(lambda report: report.state == ExecutionState.STATE_HELD)
    stage.assert_still(to_seconds(held.header.stamp), 0.3)


def test_a_bridge_cleaned_up_and_configured_again_works(stage):
    for label in ("deactivate", "cleanup", "configure", "activate"):
        assert stage.transition("bridge", label)
    stage.until(lambda report: report.state == ExecutionState.STATE_HELD)
    stage.moving_goal()


def test_deactivating_the_policy_in_motion_brakes_and_fails_the_goal(stage):
    goal = stage.moving_goal()
    assert stage.transition("policy", "deactivate")
    assert goal.result().outcome == Result.OUTCOME_FAILED


def test_deactivating_the_pilot_in_motion_cancels_the_goal_at_rest(stage):
    goal = stage.moving_goal()
    assert stage.transition("pilot", "deactivate")
    assert goal.result().outcome == Result.OUTCOME_CANCELLED
    stage.assert_rested_before_the_end()
    assert not stage.goal().accepted


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_a_bridge_that_is_told_to_end_in_motion_brakes_first_and_leaves_cleanly(stage, number):
    goal = stage.moving_goal()
    bridge = stage.graph.processes["bridge"]
    since = heard(stage)
    bridge.signal(number)
    assert bridge.wait(30.0) == 0
    assert "Traceback" not in bridge.log
    assert_braked(stage, since)
    assert goal.result().outcome == Result.OUTCOME_FAILED


@pytest.mark.parametrize("name", ["pilot", "policy"])
def test_ctrl_c_of_another_node_in_motion_ends_the_goal_and_is_clean(stage, name):
    goal = stage.moving_goal()
    process = stage.graph.processes[name]
    process.signal(signal.SIGINT)
    result = goal.result()
    assert result.outcome == (Result.OUTCOME_CANCELLED if name == "pilot" else Result.OUTCOME_FAILED)
    assert process.wait(30.0) == 0
    assert "Traceback" not in process.log
    stage.until(lambda report: report.state == ExecutionState.STATE_HELD)


def test_a_policy_that_runs_another_deployment_moves_nothing(stage):
    policy = stage.graph.processes["policy"]
    policy.interrupt(30.0)
    policy = stage.start_node("policy", deployment=HALF_SPEED)
    stage.wait_until_ready()
    goal = stage.goal()
    held = stage.until_held("CHUNK_PROFILE")
    assert "profile" in held.hold_message
    assert goal.cancel()
    assert goal.result().chunks == 0
    assert not stage.record.windows
    assert policy.interrupt(30.0) == 0


def test_ctrl_c_of_everything_at_once_is_clean(stage):
    stage.moving_goal()
    stage.goals.clear()
    processes = [stage.graph.processes[name] for name in (*MANAGED, "simulator")]
    for process in processes:
        process.signal(signal.SIGINT)
    for process in processes:
        assert process.wait(30.0) == 0, process.name
        assert "Traceback" not in process.log
    stage.record.check()
    stage.start_node("simulator")
