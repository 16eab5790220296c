"""Sabotaged graphs that the doctor names, and a healthy one that it has nothing to say of."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from ros_client import Client
from sensor_msgs.msg import Image

from steadyhand.doctor.examination import examine
from steadyhand.doctor.machine import Machine
from steadyhand.doctor.survey import Survey
from steadyhand.nodes.graph_survey import GraphListener
from steadyhand.nodes.qos import IMAGES
from steadyhand.profiles.contract import load_deployment

HERE = Path(__file__).parent
SECONDS = 0.6
LOOKS = 4

SABOTAGES = {
    "degrees": {"JOINT_DEGREES"},
    "prefix": {"JOINT_PREFIX"},
    "joint_names": {"JOINT_MISSING"},
    "joint_order": {"JOINT_ORDER"},
    "beyond_limits": {"JOINT_LIMITS"},
    "gripper_millimetres": {"GRIPPER_UNITS"},
    "not_finite": {"JOINT_NOT_FINITE"},
    "stale": {"STAMP_STALE"},
    "future": {"STAMP_FUTURE"},
    "zero_stamps": {"STAMP_ZERO"},
    "other_clock": {"CLOCK_OFFSET"},
    "camera_dead": {"TOPIC_SILENT"},
    "camera_size": {"IMAGE_SIZE"},
    "camera_depth": {"IMAGE_ENCODING"},
    "qos": {"QOS_INCOMPATIBLE", "TOPIC_SILENT"},
    "controller_inactive": {"CONTROLLER_INACTIVE"},
    "controller_absent": {"CONTROLLER_ABSENT"},
    "controller_joints": {"CONTROLLER_MISMATCH"},
    "second_publisher": {"OTHER_PUBLISHER"},
    "gripper_absent": {"GRIPPER_ABSENT"},
    "description_limits": {"DESCRIPTION_LIMITS"},
    "sim_time": {"SIM_TIME_MISMATCH", "CLOCK_OFFSET"},
}
"""What each sabotage is called, exactly."""

ALWAYS = {"NODES_NOT_STARTED", "RATE_LOW", "IMAGES_LOST"}
"""Our own nodes do not run here, and other programs may keep the machine busy."""


@pytest.fixture(scope="module")
def deployment(tmp_path_factory):
    """The Panda with small, slow cameras and a latched safety signal."""
    folder = tmp_path_factory.mktemp("deployment")
    frames = ("front_camera_optical_frame", "wrist_camera_optical_frame")
    robot = {
        "extends": "panda",
        "name": "sabotaged",
        "joint_states": {"rate": 20.0},
        "cameras": {
            name: {"frame": frame, "width": 96, "height": 64, "rate": 20.0}
            for name, frame in zip(("front", "wrist"), frames, strict=True)
        },
        "safety": {"joint_state_age": 0.5},
        "safety_state": {"stop": {"topic": "/safe"}},
    }
    policy = {
        "name": "tested",
        "backend": "hold",
        "images": {key: {"width": 64, "height": 64} for key in ("front", "wrist")},
        "action": [{"kind": "joint_position", "meaning": "absolute"}],
        "normalisation": "none",
        "horizon": 16,
        "dt": 0.1,
        "stitching": {"method": "splice", "blend": 0.2, "execute": 8},
    }
    bound = {
        "name": "sabotaged",
        "robot": "./robot.yaml",
        "policy": "./policy.yaml",
        "images": {key: {"camera": key, "topic": f"/{key}_camera/image_raw"} for key in ("front", "wrist")},
    }
    for name, content in (("robot", robot), ("policy", policy), ("deployment", bound)):
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(content))
    return str(folder / "deployment.yaml")


@pytest.fixture(scope="module")
def robot(shared_graph, deployment):
    """The robot's process, a client that spoils it, the doctor's node, and the deployment."""
    shared_graph.run("robot", [sys.executable, str(HERE / "sabotaged_robot.py"), deployment])
    client = Client(shared_graph.check)
    client.listen(Image, "/front_camera/image_raw", IMAGES).next()
    client.forget()
    listener = GraphListener()
    yield client, listener, load_deployment(deployment)
    client.close()
    listener.close()
    print(shared_graph.logs())


def found(robot, sabotage, expected):
    """Return the findings of a graph that is sabotaged; the machine is a healthy one.

    Where other programs kept the robot's process from running, the doctor rightly finds more: it looks again.
    """
    client, listener, contract = robot
    client.set_parameter("/robot", "sabotage", sabotage)
    for _ in range(LOOKS):
        graph = listener.look(SECONDS, contract, patience=20.0)
        findings = examine(Survey(Machine(), graph), contract)
        if codes(findings) == expected:
            break
    return findings


def codes(findings):
    return {str(one.code) for one in findings} - ALWAYS


def test_a_healthy_graph_gives_no_findings(robot):
    findings = found(robot, "", set())
    assert codes(findings) == set(), findings


@pytest.mark.parametrize("sabotage", SABOTAGES)
def test_each_sabotage_is_named(robot, sabotage):
    findings = found(robot, sabotage, SABOTAGES[sabotage])
    assert codes(findings) == SABOTAGES[sabotage], findings
    assert all(one.remedy for one in findings)


def test_a_servo_that_is_not_there_is_named(robot):
    client, listener, _ = robot
    client.set_parameter("/robot", "sabotage", "")
    contract = load_deployment(str(HERE / "config" / "deployments" / "panda_servo.yaml"))
    found = examine(Survey(Machine(), listener.look(SECONDS, contract)), contract)
    assert [str(one.code) for one in found if one.where == "/servo_node"] == ["CONTROLLER_ABSENT"]


def test_the_command_line_names_it_with_its_remedy_and_exits_1(robot, shared_graph, deployment):
    robot[0].set_parameter("/robot", "sabotage", "prefix")
    command = [sys.executable, "-m", "steadyhand", "doctor", deployment, "--json", "--seconds", "0.5"]
    done = subprocess.run(
        command, env=shared_graph.environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 1, done.stderr
    report = json.loads(done.stdout)
    assert report["verdict"] == "error"
    finding = next(one for one in report["findings"] if one["code"] == "JOINT_PREFIX")
    assert "panda_joint1: {message: left_panda_joint1}" in finding["remedy"]
