"""A robot profile written from the running simulator, and its deployment checked."""

from __future__ import annotations

import subprocess
import sys

import pytest

from deployed import deployed

STEADYHAND = [sys.executable, "-m", "steadyhand", "profile", "from-robot"]


def run(graph, *arguments):
    command = [*STEADYHAND, *arguments]
    return subprocess.run(command, env=graph.environment, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture(scope="module")
def graph(shared_graph):
    shared_graph.start("simulator", image_rate=10.0, render_width=64)
    yield shared_graph
    print(shared_graph.logs())


def test_the_simulators_profile_is_written_and_accepted(graph, tmp_path):
    out = tmp_path / "found.yaml"
    done = run(graph, "--out", str(out), "--timeout", "60", "--listen", "5")
    assert done.returncode == 0, done.stderr
    assert "guesses" in done.stdout
    contract = deployed(str(out), [{"kind": "joint_position", "meaning": "absolute"}])
    robot = contract.robot
    assert robot.joint_names == tuple(f"panda_joint{index}" for index in range(1, 8))
    assert robot.arm.controller == "panda_arm_controller"
    assert robot.grippers["panda_hand_controller"].joint == "panda_finger_joint1"
    assert robot.joint_states.topic == "/joint_states"
    assert robot.joint_states.rate > 0.0
    assert {(camera.frame, camera.width) for camera in robot.cameras.values()} == {
        ("front_camera_optical_frame", 640),
        ("wrist_camera_optical_frame", 640),
    }

    again = run(graph, "--out", str(out))
    assert again.returncode == 2
    assert "is not overwritten" in again.stderr
    silent = run(graph, "--out", str(tmp_path / "other.yaml"), "--namespace", "nobody", "--timeout", "1")
    assert silent.returncode == 3
    assert "/nobody/robot_description" in silent.stderr
    assert not (tmp_path / "other.yaml").exists()
