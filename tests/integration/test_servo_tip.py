"""An arm of six joints driven through MoveIt Servo by the motion or the pose of its tip."""

import shutil
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import yaml
from graph import Graph
from moveit_msgs.msg import ServoStatus
from servo_stage import DEPLOYMENTS, ServoStage
from transforms3d.quaternions import mat2quat

from steadyhand.kinematics.model import ArmModel
from steadyhand.nodes.conversions import to_seconds
from steadyhand.profiles.resources import resource

pytestmark = pytest.mark.real_time


def config(folder: Path, command: str) -> str:
    """Write the deployment of a UR5e that Servo drives by its tip, and return its path."""
    for name in ("robots", "deployments", "policies"):
        (folder / name).mkdir()
    shutil.copy(DEPLOYMENTS.parent / "policies" / "swing.yaml", folder / "policies")
    robot = yaml.safe_load(Path(str(resource("config/robots/ur5e.yaml"))).read_text())
    robot["name"] = "servo_ur5e"
    robot["arm"] |= {"driver": "servo", "latency": 0.05, "downstream_timeout": 0.4, "servo": {"command": command}}
    robot["joint_states"]["rate"] = 100.0
    robot["safety"] |= {"policy_silence": 5.0, "pilot_silence": 5.0}
    (folder / "robots" / "servo_ur5e.yaml").write_text(yaml.safe_dump(robot, sort_keys=False))
    deployment = yaml.safe_load((DEPLOYMENTS / "panda_servo.yaml").read_text())
    deployment |= {"name": "ur5e_servo", "robot": "servo_ur5e"}
    path = folder / "deployments" / "ur5e_servo.yaml"
    path.write_text(yaml.safe_dump(deployment, sort_keys=False))
    return str(path)


@pytest.fixture(scope="module", params=["twist", "pose"])
def stage(request, ros_environment, tmp_path_factory):
    graph = Graph(tmp_path_factory.mktemp("graph"), ros_environment)
    stage = ServoStage(graph, config(tmp_path_factory.mktemp("config"), request.param))
    yield stage
    stage.close()
    graph.stop()


@pytest.fixture(autouse=True)
def mended(stage):
    yield
    print(stage.graph.logs())
    stage.mend()


def test_servo_moves_the_tip_as_the_reference_says_by_commands_in_the_base_frame(stage):
    stage.moving()
    for heard in (stage.states, stage.measured, stage.commands):
        heard.clear()
    began = stage.client.now
    stage.client.wait_for(lambda: stage.client.now > began + 1.5)
    commands, reports = list(stage.commands.messages), list(stage.states.messages)
    stage.end()

    robot = stage.contract.robot
    assert {command.header.frame_id for command in commands} == {robot.frames.base}
    stamps = np.array([to_seconds(command.header.stamp) for command in commands])
    assert np.median([after - before for before, after in pairwise(stamps)]) == pytest.approx(0.01, abs=0.004)
    # The stand-in drops what is of another type than the chosen one, and says so.
    assert "Command type has not been set" not in stage.graph.processes["servo_stand_in"].log
    measured = {round(to_seconds(m.header.stamp), 3): np.array(m.position) for m in stage.measured.messages}
    errors = [
        np.abs(measured[when] - report.positions).max()
        for report in reports
        # The stand-in's latency, and a period.
        if (when := round(to_seconds(report.header.stamp) + 0.06, 3)) in measured
    ]
    assert len(errors) > 10
    assert np.median(errors) < 0.03
    assert max(errors) < robot.safety.tracking_error
    model = ArmModel(stage.contract.urdf, robot.joint_names, robot.frames.base, robot.frames.tip)
    for report in reports[:: len(reports) // 5]:
        check_tip(model, report, commands[int(np.argmin(np.abs(stamps - to_seconds(report.header.stamp))))])


def check_tip(model, report, command) -> None:
    """Check that a command is what the reference's tip does, within what a period and a correction make of it."""
    if hasattr(command, "pose"):
        pose, place, turn = model.forward(np.array(report.positions)), command.pose.position, command.pose.orientation
        assert np.abs(pose[:3, 3] - [place.x, place.y, place.z]).max() < 0.01
        assert abs(mat2quat(pose[:3, :3]) @ [turn.w, turn.x, turn.y, turn.z]) > 0.999
        return
    wanted = model.jacobian(np.array(report.positions)) @ report.velocities
    linear, angular = command.twist.linear, command.twist.angular
    # Unitless: the stand-in's scales.
    told = np.array([linear.x, linear.y, linear.z]) * 0.4, np.array([angular.x, angular.y, angular.z]) * 0.8
    assert np.abs(np.concatenate(told) - wanted).max() < 0.12


def test_a_halt_brakes_with_its_reason_and_a_frozen_bridge_ends_in_servos_timeout(stage):
    stage.moving()
    stage.find(ServoStatus.HALT_FOR_COLLISION)
    assert "HALT_FOR_COLLISION" in stage.until_held("COLLISION").hold_message
    seen = stage.commands.count
    stage.find(ServoStatus.NO_WARNING)
    assert stage.commands.count == seen
    stage.resume()
    # The stand-in's timeout, the time to slow down, and its latency.
    assert stage.moves_on_without_bridge() < 0.3 + 0.15 + 0.1
