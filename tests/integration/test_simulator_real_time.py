"""The simulator in real time: it follows the wall clock, and leaves cleanly."""

import signal
import time
from pathlib import Path

import numpy as np
import pytest
from builtin_interfaces.msg import Duration
from control_msgs.action import FollowJointTrajectory
from diagnostic_msgs.msg import DiagnosticArray
from sensor_msgs.msg import JointState
from trajectory_msgs.msg import JointTrajectory, JointTrajectoryPoint

pytestmark = pytest.mark.real_time

HOME = [0.0, -0.785, 0.0, -2.356, 0.0, 1.571, 0.785]
JOINTS = [f"panda_joint{index}" for index in range(1, 8)]


def seconds(stamp):
    return stamp.sec + stamp.nanosec * 1e-9


@pytest.fixture
def simulator(graph, client):
    process = graph.start("simulator", renderer="none")
    client.wait_for(lambda: "real time" in process.log, message="the simulator did not start")
    return process


def test_stamps_follow_the_wall_clock(client, simulator):
    joints = client.listen(JointState, "/joint_states", 50)
    messages = joints.collect(200)
    stamps = np.array([seconds(message.header.stamp) for message in messages])
    assert np.all(np.diff(stamps) > 0.0)
    # Where the machine keeps up, ticks are exactly one period apart.
    assert np.median(np.diff(stamps)) == pytest.approx(0.01, abs=1e-4)
    assert abs(stamps[-1] - time.time()) < 5.0


def test_it_reports_its_speed(client, simulator):
    report = client.listen(DiagnosticArray, "/diagnostics").next()
    values = {entry.key: entry.value for entry in report.status[0].values}
    assert report.status[0].name == "simulator: speed"
    assert 0.0 < float(values["real_time_factor"]) < 1.2
    assert values["renderer"] == "none"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_leaves_cleanly_and_its_clients_hear_of_it(client, simulator, number):
    point = JointTrajectoryPoint(positions=HOME, time_from_start=Duration(sec=600))
    goal = FollowJointTrajectory.Goal(trajectory=JointTrajectory(joint_names=JOINTS, points=[point]))
    run = client.send_goal(FollowJointTrajectory, "/panda_arm_controller/follow_joint_trajectory", goal)
    assert run.accepted
    simulator.signal(number)
    assert run.result().error_code == FollowJointTrajectory.Result.INVALID_GOAL
    assert simulator.wait(10.0) == 0
    assert "Traceback" not in simulator.log


def test_simulated_time_is_refused_where_nobody_gives_it(graph, client):
    process = graph.start("simulator", renderer="none", use_sim_time=True)
    process.expected_to_end = True
    assert process.wait(30.0) == 2
    assert "use_sim_time" in process.log


def test_with_cameras_it_leaves_no_process_behind(graph, client):
    simulator = graph.start("simulator", renderer="raycast")
    client.wait_for(lambda: "images by raycast" in simulator.log, message="the simulator did not start")
    (cameras,) = simulator.children
    assert simulator.interrupt() == 0
    assert not Path(f"/proc/{cameras}").exists()
    assert "Traceback" not in simulator.log


def test_a_killed_simulator_takes_its_cameras_with_it(graph, client):
    simulator = graph.start("simulator", renderer="raycast")
    client.wait_for(lambda: "images by raycast" in simulator.log, message="the simulator did not start")
    (cameras,) = simulator.children
    simulator.kill()
    client.wait_for(lambda: not Path(f"/proc/{cameras}").exists(), 10.0, "the cameras go on")
