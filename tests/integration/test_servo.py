"""An arm driven through MoveIt Servo: it follows, and whatever Servo does or ceases to do brakes it with a reason."""

import time
from itertools import pairwise

import numpy as np
import pytest
from moveit_msgs.msg import ServoStatus
from servo_stage import ServoStage
from steadyhand.msg import ExecutionState

from steadyhand.doctor.examination import examine
from steadyhand.doctor.machine import Machine
from steadyhand.doctor.survey import Survey
from steadyhand.nodes.conversions import to_seconds
from steadyhand.nodes.graph_survey import GraphListener

pytestmark = pytest.mark.real_time


@pytest.fixture(scope="module")
def stage(shared_graph):
    stage = ServoStage(shared_graph, "panda_servo")
    yield stage
    stage.close()


@pytest.fixture(autouse=True)
def mended(stage):
    yield
    print(stage.graph.logs())
    stage.mend()


def errors(stage, latency):
    """How far the arm was from the reference, each at its time less a latency [rad]."""
    reports = {to_seconds(report.header.stamp): np.array(report.positions) for report in stage.states.messages}
    times = np.array(list(reports))
    columns = np.array(list(reports.values())).T
    found = []
    for message in stage.measured.messages:
        when = to_seconds(message.header.stamp) - latency
        if times[0] < when < times[-1]:
            wanted = [np.interp(when, times, column) for column in columns]
            found.append(np.abs(np.array(message.position) - wanted).max())
    return np.array(found)


def test_the_doctor_hears_from_servo_where_it_takes_commands(stage):
    listener = GraphListener()
    try:
        graph = listener.look(0.5, stage.contract, patience=20.0)
    finally:
        listener.close()
    found = [str(one) for one in examine(Survey(Machine(), graph), stage.contract) if one.where == "/servo_node"]
    assert graph.arms[stage.contract.robot.arm.controller].topic == "/servo_node/delta_joint_cmds"
    assert not found


def test_servo_makes_the_arm_follow_and_is_paused_at_rest(stage):
    stage.moving()
    stage.states.clear()
    stage.measured.clear()
    stage.commands.clear()
    began = stage.client.now
    stage.client.wait_for(lambda: stage.client.now > began + 2.5)
    commands, errors_found = list(stage.commands.messages), errors(stage, 0.06)
    stage.end()

    assert np.median(errors_found) < 0.02
    assert errors_found.max() < stage.contract.robot.safety.tracking_error
    assert all(list(command.joint_names) == list(stage.contract.robot.joint_names) for command in commands)
    stamps = [to_seconds(command.header.stamp) for command in commands]
    assert np.median([after - before for before, after in pairwise(stamps)]) == pytest.approx(0.01, abs=0.004)
    # Unitless: the stand-in's joint scale is 0.5.
    assert 0.3 < np.abs([command.velocities[0] for command in commands]).max() <= 2.0
    # It waits for an arm that comes late, then pauses; nothing more is sent.
    stage.client.wait_for(lambda: time.monotonic() - stage.commands.arrivals[-1] > 0.5)
    assert stage.is_paused()


@pytest.mark.parametrize(
    ("finding", "code"),
    [
        ("HALT_FOR_SINGULARITY", "SINGULARITY"),
        ("HALT_FOR_COLLISION", "COLLISION"),
        ("JOINT_BOUND", "POSITION_LIMIT"),
        ("INVALID", "CONTROLLER_REFUSED"),
    ],
)
def test_a_halt_of_servo_brakes_with_its_reason_and_resume_goes_on(stage, finding, code):
    stage.moving()
    stage.find(getattr(ServoStatus, finding))
    held = stage.until_held(code)
    assert finding in held.hold_message
    seen = stage.commands.count
    stage.find(ServoStatus.NO_WARNING)
    assert stage.commands.count == seen
    stage.resume()


def test_a_servo_that_slows_is_shown_and_brakes_where_the_arm_falls_behind(stage):
    stage.moving()
    stage.find(ServoStatus.DECELERATE_FOR_COLLISION)
    stage.until_held("TRACKING_ERROR")
    stage.find(ServoStatus.NO_WARNING)


def test_a_refused_command_type_moves_nothing(stage):
    # Away from home, so that an episode begins with a motion.
    stage.moving()
    stage.end()
    # A Servo that has not been paused yet is not asked again.
    stage.client.wait_for(lambda: time.monotonic() - stage.commands.arrivals[-1] > 1.5)
    before = np.array(stage.measured.latest.position)
    stage.refuse("switch")
    assert stage.open().accepted
    held = stage.until_held("CONTROLLER_REFUSED")
    assert "switch the command type" in held.hold_message
    assert np.abs(before - stage.measured.latest.position).max() < 1e-3
    stage.refuse("")
    stage.end()
    stage.moving()


def test_a_servo_that_disappears_brakes_and_a_new_one_takes_over(stage):
    stage.moving()
    stage.graph.processes["servo_stand_in"].kill()
    # A fast arm is far from its command before the silence has lasted long enough.
    stage.until_held("CONTROLLER_SILENT", "TRACKING_ERROR")
    stage.start_servo()
    stage.end()
    stage.moving()


def test_an_arm_whose_bridge_is_frozen_stops_by_servos_timeout(stage):
    stage.moving()
    # The stand-in's timeout, the time to slow down, and its latency.
    assert stage.moves_on_without_bridge() < 0.3 + 0.15 + 0.1
    stage.client.wait_for(lambda: stage.states.latest.state == ExecutionState.STATE_HELD)


def test_a_servo_that_would_go_on_for_too_long_is_refused(stage):
    stage.replace_servo(**{"moveit_servo.incoming_command_timeout": 0.45})
    answer = stage.client.wait_for(
        lambda: [answer for answer in [stage.open()] if answer.code == "DOWNSTREAM_TIMEOUT"],
        message="the episode is not refused",
    )[0]
    assert not answer.accepted
    assert "0.46 s" in answer.message
