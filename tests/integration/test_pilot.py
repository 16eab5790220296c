"""The pilot among nodes that do as the test says: what it asks of whom, in which order, and how every episode ends."""

from itertools import pairwise

import pytest
from action_msgs.msg import GoalStatus
from cockpit import PICK, WHOLE, Cockpit, Result
from steadyhand.msg import ExecutionState, PilotStatus
from stub_nodes import END, START

from steadyhand.nodes.conversions import to_duration


@pytest.fixture(scope="module")
def flown(shared_graph):
    cockpit = Cockpit(shared_graph, hold_limit=1.0)
    cockpit.until_phase(PilotStatus.PHASE_IDLE)
    yield cockpit
    cockpit.client.close()


@pytest.fixture
def cockpit(flown):
    flown.settle()
    yield flown
    print(flown.graph.logs())
    flown.settle()


def test_an_episode_is_opened_run_and_ended_at_both_nodes(cockpit):
    goal = cockpit.goal(seed=7, speed=0.5)
    cockpit.until_phase(PilotStatus.PHASE_RUNNING)
    assert cockpit.status.latest.instruction == PICK
    assert cockpit.instruction.latest.data == PICK
    cockpit.client.wait_for(lambda: any(entry.chunks >= 2 for entry in goal.feedback))
    cockpit.stubs.success = True
    result = goal.result()
    assert goal.status() == GoalStatus.STATUS_SUCCEEDED
    assert (result.outcome, result.success_source, result.message) == (
        Result.OUTCOME_SUCCEEDED,
        "simulator",
        "so the test says",
    )
    assert cockpit.stubs.calls == WHOLE
    request = cockpit.stubs.requests[0]
    assert (request.instruction, request.seed, request.speed) == (PICK, 7, 0.5)
    assert (request.mode, request.episode_id) == (ExecutionState.MODE_RUN, result.episode_id)
    assert result.chunks >= 2 and result.chunks_refused == 0
    assert result.latency_median == pytest.approx(0.02)
    phases = [entry.phase for entry in goal.feedback]
    assert phases == sorted(phases) and PilotStatus.PHASE_STARTING in phases
    cockpit.until_phase(PilotStatus.PHASE_IDLE)
    assert cockpit.status.latest.last_outcome == "succeeded" and cockpit.status.latest.episode_id == ""
    cockpit.client.wait_for(lambda: cockpit.instruction.latest.data == "")


def test_the_status_is_repeated_as_a_heartbeat(cockpit):
    cockpit.status.collect(5)
    arrivals = list(cockpit.status.arrivals)[-5:]
    assert max(b - a for a, b in pairwise(arrivals)) < 0.8, "the bridge brakes after a second"


@pytest.mark.parametrize(
    "fields", [{"instruction": " "}, {"speed": 1.5}, {"mode": "fly"}, {"deployment": "another"}], ids=str
)
def test_a_goal_that_cannot_be_carried_out_is_rejected_and_nobody_is_asked(cockpit, fields):
    assert not cockpit.goal(**fields).accepted
    assert cockpit.stubs.calls == []


def test_a_second_goal_is_rejected_while_one_runs(cockpit):
    first = cockpit.running()
    assert not cockpit.goal("pick up the blue cube").accepted
    assert first.cancel()
    assert first.result().outcome == Result.OUTCOME_CANCELLED


def test_a_goal_straight_after_the_result_is_taken(cockpit):
    first = cockpit.running()
    cockpit.stubs.success = True
    first.result()
    cockpit.stubs.success = False
    second = cockpit.goal()
    assert second.accepted and second.cancel()
    second.result()


def test_the_result_of_a_cancel_waits_until_the_arm_rests(cockpit):
    goal = cockpit.running()
    assert goal.cancel()
    cockpit.client.wait_for(lambda: cockpit.stubs.state == ExecutionState.STATE_BRAKING)
    assert not goal.done
    assert goal.result().outcome == Result.OUTCOME_CANCELLED
    assert cockpit.stubs.state == ExecutionState.STATE_HELD
    assert goal.status() == GoalStatus.STATUS_CANCELED
    assert cockpit.stubs.calls[-2:] == [("bridge", END), ("policy", END)]


def test_an_instruction_that_nobody_understands_is_refused_before_anybody_is_asked(cockpit):
    goal = cockpit.goal("sing a song")
    result = goal.result()
    assert (result.outcome, result.code) == (Result.OUTCOME_REFUSED, "NOT_UNDERSTOOD")
    assert goal.status() == GoalStatus.STATUS_ABORTED
    assert cockpit.stubs.calls == []


def test_a_policy_that_refuses_keeps_the_bridge_out_of_it(cockpit):
    cockpit.stubs.refusals = {"policy": "ODD"}
    result = cockpit.goal().result()
    assert (result.outcome, result.code) == (Result.OUTCOME_REFUSED, "ODD")
    # The end is told while the result is on its way.
    cockpit.client.wait_for(lambda: len(cockpit.stubs.calls) >= 2)
    assert cockpit.stubs.calls == [("policy", START), ("policy", END)]


def test_a_bridge_that_is_not_ready_is_asked_again(cockpit):
    cockpit.stubs.refusals = {"bridge": "JOINT_STATE_STALE"}
    goal = cockpit.goal()
    cockpit.client.wait_for(lambda: cockpit.stubs.calls.count(("bridge", START)) >= 3)
    cockpit.stubs.refusals = {}
    cockpit.until_phase(PilotStatus.PHASE_RUNNING)
    goal.cancel()
    goal.result()


def test_a_task_that_can_no_longer_succeed_fails(cockpit):
    goal = cockpit.running()
    cockpit.stubs.failed = True
    result = goal.result()
    assert (result.outcome, result.code, result.success_source) == (Result.OUTCOME_FAILED, "TASK_FAILED", "simulator")
    assert goal.status() == GoalStatus.STATUS_ABORTED


def test_the_timeout_of_the_goal_ends_it(cockpit):
    goal = cockpit.goal(timeout=to_duration(1.5))
    result = goal.result()
    assert (result.outcome, result.success_source) == (Result.OUTCOME_TIMED_OUT, "timeout")
    assert 1.5 <= result.elapsed < 3.0
    assert goal.status() == GoalStatus.STATUS_ABORTED


def test_a_bridge_that_forgets_the_episode_fails_it(cockpit):
    goal = cockpit.running()
    cockpit.stubs.bridge_episode = ""
    cockpit.stubs.hold("NOT_STARTED")
    assert goal.result().code == "BRIDGE_LOST_EPISODE"


def test_a_policy_that_forgets_the_episode_fails_it(cockpit):
    goal = cockpit.running()
    cockpit.stubs.policy_episode = ""
    assert goal.result().code == "POLICY_LOST_EPISODE"


def test_a_silent_policy_fails_the_episode(cockpit):
    goal = cockpit.running()
    cockpit.stubs.beating = False
    result = goal.result()
    assert (result.outcome, result.code) == (Result.OUTCOME_FAILED, "POLICY_SILENT")


def test_a_silent_bridge_fails_the_episode_and_does_not_hold_its_result_for_ever(cockpit):
    goal = cockpit.running()
    cockpit.stubs.reporting = False
    result = goal.result()
    assert (result.outcome, result.code) == (Result.OUTCOME_FAILED, "BRIDGE_SILENT")
    assert "did not report rest" in result.message


def test_a_hold_that_lasts_fails_with_its_code(cockpit):
    goal = cockpit.running()
    cockpit.stubs.hold("UNDERRUN")
    cockpit.client.wait_for(lambda: goal.feedback and goal.feedback[-1].hold_code == "UNDERRUN")
    result = goal.result()
    assert (result.outcome, result.code, result.holds) == (Result.OUTCOME_FAILED, "UNDERRUN", 1)


def test_a_stop_that_is_not_resumed_cancels_the_goal_though_its_client_did_not(cockpit):
    goal = cockpit.running()
    cockpit.stubs.hold("STOPPED")
    result = goal.result()
    assert (result.outcome, result.code) == (Result.OUTCOME_CANCELLED, "STOPPED")
    assert goal.status() == GoalStatus.STATUS_CANCELED


def test_the_operator_judges_only_where_the_deployment_says_so(cockpit):
    assert "no episode" in cockpit.trigger("pilot/succeeded").message
    goal = cockpit.running()
    answer = cockpit.trigger("pilot/succeeded")
    assert not answer.success and "simulator" in answer.message
    goal.cancel()
    goal.result()
