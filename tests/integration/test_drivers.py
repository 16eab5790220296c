"""What reaches the controller, and what comes from the joints, when the robot is not as tidy as the simulator."""

import sys
from pathlib import Path

import numpy as np
import pytest
from control_msgs.msg import JointTrajectoryControllerState
from stage import Stage
from steadyhand.action import RunInstruction

Result = RunInstruction.Result
RELAY = Path(__file__).parent / "joint_relay.py"
RELAYED = ("-r", "/joint_states:=/robot/joint_states", "-r", "execution_state:=/relayed/execution_state")


@pytest.fixture(scope="module")
def stage(shared_graph):
    stage = Stage(shared_graph)
    stage.start()
    yield stage
    stage.close()


@pytest.fixture(autouse=True)
def logs(stage):
    yield
    print(stage.graph.logs())


@pytest.mark.parametrize("from_desired", [False, True], ids=["from measured", "from desired"])
def test_the_controller_follows_without_a_step_whatever_state_it_enters_from(stage, from_desired):
    if from_desired:
        stage.replace_simulator(interpolate_from_desired_state=True)
    stage.reset()
    followed = stage.client.listen(
        JointTrajectoryControllerState, f"/{stage.robot.arm.controller}/controller_state", depth=5000
    )
    assert stage.goal().result().outcome == Result.OUTCOME_SUCCEEDED
    stage.record.check()
    assert "refused" not in stage.graph.processes["simulator"].log

    # Every window takes over on the curve of the one before, so that what the controller follows has no seams.
    reports = [report for report in followed.messages if np.abs(report.reference.velocities).max() > 0.01]
    accelerations = np.array([report.reference.accelerations for report in reports])
    velocities = np.array([report.reference.velocities for report in reports])
    assert len(reports) > 50
    assert np.all(np.abs(velocities) <= 1.001 * stage.robot.velocity)
    assert np.all(np.abs(accelerations) <= 1.01 * stage.robot.brake_acceleration)


def test_windows_are_renewed_ten_times_a_second_at_least(stage):
    stage.reset()
    stage.moving_goal()
    began = stage.client.now
    stage.until_time(began + 1.5)
    made = np.array([window.made for window in stage.record.windows])
    stage.settle()
    assert len(made) > 20
    assert np.diff(made).max() <= 0.1 + 1e-6


def test_joints_in_another_order_among_others_are_told_by_name(stage):
    stage.graph.run("joint_relay", [sys.executable, str(RELAY)])
    stage.replace_simulator(arguments=RELAYED)
    stage.reset()
    assert stage.goal().result().outcome == Result.OUTCOME_SUCCEEDED
    stage.record.check()
