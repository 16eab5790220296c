"""What is left when one side of a driver is killed: each test has a graph of its own."""

import numpy as np
import pytest
from rig import SOON, Rig
from steadyhand.msg import ExecutionState

from steadyhand.nodes.conversions import to_seconds

BUSY = 1.0
"""What a busy machine adds in real time [s]."""


def test_a_forwarder_stops_when_the_bridge_dies_and_rests_at_the_end_when_it_lives(graph):
    rig = Rig(graph, "panda_scripted_velocity")
    try:
        rig.move()
        graph.processes["bridge"].kill()
        rig.client.wait_for(lambda: abs(rig.joints.latest.velocity[0]) < 1e-6)
        assert rig.away > 0.1

        rig.start_bridge()
        rig.open_when_ready()
        rig.states.next(lambda report: report.hold_code == "START_POSE_REACHED")
        assert rig.away == pytest.approx(0.0, abs=0.02)
        np.testing.assert_allclose(rig.commands.latest.data, 0.0, atol=1e-6)
    finally:
        rig.close()


def test_a_controller_that_is_killed_in_the_middle_of_a_goal_brakes_the_reference(graph):
    rig = Rig(graph, "panda_scripted_action", lockstep=False)
    try:
        rig.move()
        graph.processes["stand_in"].kill()
        killed = rig.client.now
        braking = rig.braking_since(killed)
        assert braking.hold_code in ("JOINT_STATE_STALE", "CONTROLLER_SILENT", "CONTROLLER_ABSENT")
        assert to_seconds(braking.header.stamp) <= killed + rig.robot.safety.joint_state_age + SOON + BUSY
        rig.states.next(lambda report: report.state == ExecutionState.STATE_HELD)
        rig.end()
        rig.start_stand_in()
        rig.move()
    finally:
        rig.close()
