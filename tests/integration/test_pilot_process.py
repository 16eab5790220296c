"""The pilot's process: parameters, lifecycle, and what happens when it ends in the middle of an episode."""

import signal

import pytest
from action_msgs.msg import GoalStatus
from cockpit import WHOLE, Cockpit, Result
from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState
from steadyhand.msg import PilotStatus


@pytest.fixture
def own(graph):
    """A pilot of the test's own: ``own(success="operator")``."""
    cockpits = []

    def make(**parameters):
        cockpits.append(Cockpit(graph, **parameters))
        return cockpits[-1]

    yield make
    for made in cockpits:
        made.client.close()


@pytest.mark.parametrize(("service", "outcome"), [("succeeded", "SUCCEEDED"), ("failed", "FAILED")])
def test_the_operator_judges(own, service, outcome):
    cockpit = own(success="operator")
    goal = cockpit.running()
    assert cockpit.trigger(f"pilot/{service}").success
    result = goal.result()
    assert (result.outcome, result.success_source) == (getattr(Result, f"OUTCOME_{outcome}"), "operator")


def test_the_pilots_end_cancels_the_episode(own):
    cockpit = own()
    goal = cockpit.running()
    cockpit.process.signal(signal.SIGINT)
    assert goal.result().outcome == Result.OUTCOME_CANCELLED
    assert goal.status() == GoalStatus.STATUS_CANCELED
    assert cockpit.stubs.calls == WHOLE
    assert cockpit.process.wait(10.0) == 0
    assert "Traceback" not in cockpit.process.log


def test_a_pilot_that_comes_after_one_that_died_closes_what_that_left_open(own, graph):
    cockpit = own()
    cockpit.running()
    cockpit.process.kill()
    left_open = cockpit.stubs.bridge_episode
    cockpit.status.clear()
    graph.start("pilot")
    cockpit.until_phase(PilotStatus.PHASE_IDLE)
    cockpit.stubs.hold("PILOT_SILENT")
    goal = cockpit.running()
    assert cockpit.stubs.bridge_episode not in ("", left_open)
    goal.cancel()
    assert goal.result().outcome == Result.OUTCOME_CANCELLED


def change(client, transition):
    request = ChangeState.Request(transition=Transition(id=transition))
    return client.call(ChangeState, "pilot/change_state", request).success


def test_an_outside_manager_drives_it_where_it_does_not_start_itself(own):
    cockpit = own(autostart=False)
    assert change(cockpit.client, Transition.TRANSITION_CONFIGURE)
    assert not cockpit.goal().accepted, "it is not active"
    assert change(cockpit.client, Transition.TRANSITION_ACTIVATE)
    goal = cockpit.running()
    assert change(cockpit.client, Transition.TRANSITION_DEACTIVATE)
    assert goal.result().outcome == Result.OUTCOME_CANCELLED
    assert not cockpit.goal().accepted
    assert change(cockpit.client, Transition.TRANSITION_CLEANUP)
    assert change(cockpit.client, Transition.TRANSITION_CONFIGURE)
    assert change(cockpit.client, Transition.TRANSITION_ACTIVATE)
    cockpit.stubs.reset()
    assert cockpit.goal().cancel()
