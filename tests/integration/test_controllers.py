"""Drivers against controllers that refuse, fall silent, and abort: the arm brakes in time and says why."""

import pytest
from rig import RESTING, SOON, Rig
from steadyhand.msg import ExecutionState

from steadyhand.nodes.conversions import to_seconds

FAULTS = {
    "refuse": "CONTROLLER_REFUSED",
    "silent": "CONTROLLER_SILENT",
    "abort": "CONTROLLER_ABORTED",
    "joints": "CONTROLLER_MISMATCH",
    "path": "TOLERANCE_VIOLATED",
    "goal": "TOLERANCE_VIOLATED",
}


@pytest.fixture(scope="module")
def rig(shared_graph):
    rig = Rig(shared_graph, "panda_scripted_action")
    yield rig
    rig.close()


@pytest.fixture
def tidy(rig):
    yield
    print(rig.graph.logs())
    rig.set("fault", "")
    rig.set("state", "active")
    rig.set("told", "")
    rig.end()


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_the_controller_brakes_in_time_says_why_and_a_new_goal_goes_on(rig, tidy, fault):
    rig.move()
    seen = rig.faults.count
    rig.set("fault", fault)
    rig.client.wait_for(lambda: rig.faults.count > seen, message="the fault has not come about")
    struck = rig.faults.messages[-(rig.faults.count - seen)].data
    braking = rig.braking_since(struck)
    detection = rig.robot.safety.max_unattended_motion if fault == "silent" else 0.0
    assert braking.hold_code == FAULTS[fault]
    assert to_seconds(braking.header.stamp) <= struck + detection + SOON
    rig.states.next(lambda report: report.state == ExecutionState.STATE_HELD)

    rig.set("fault", "")
    rig.end()
    rig.move()


def test_nothing_pulls_the_arm_back_to_a_motion_that_its_controller_has_ended(rig, tidy):
    rig.move()
    rig.set("fault", "path")
    rig.states.next(lambda report: report.state in RESTING)
    rig.client.wait_for(lambda: abs(rig.joints.latest.velocity[0]) < 1e-6)
    rested = rig.away
    rig.states.next(lambda report: report.state == ExecutionState.STATE_HELD)
    assert rig.away == pytest.approx(rested, abs=1e-3)


def test_no_episode_begins_on_a_controller_of_other_joints(rig, tidy):
    rig.set("told", "shoulder elbow")
    rig.set("state", "inactive")
    rig.client.wait_for(lambda: rig.refused("CONTROLLER_MISMATCH"), message="not refused")
    assert "shoulder, elbow" in rig.open().message


def test_a_controller_that_blends_trajectories_is_refused_until_its_parameter_is_set(rig, tidy):
    rig.set("blends", True)
    rig.set("state", "inactive")

    def named():
        return rig.refused("CONTROLLER_MISMATCH") and "allow_trajectory_replacement" in rig.open().message

    rig.client.wait_for(named, message="not refused")
    # As it is set while the controller runs.
    rig.set("blends", False)
    rig.client.wait_for(lambda: rig.refused("CONTROLLER_INACTIVE"), message="still refused")
    rig.set("state", "active")
    rig.open_when_ready()
