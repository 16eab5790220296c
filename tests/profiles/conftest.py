"""A small arm with a policy and a deployment in a folder of its own, to be broken in one place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from steadyhand.profiles.contract import Contract, load_deployment
from steadyhand.profiles.exceptions import ProfileError, ProfileProblem

URDF = """<robot name="lift_arm">
  <link name="base"/><link name="column"/><link name="upper"/><link name="fore"/><link name="flange"/>
  <link name="left_finger"/><link name="right_finger"/><link name="top_camera_optical"/>
  <joint name="lift" type="prismatic"><parent link="base"/><child link="column"/><axis xyz="0 0 1"/>
    <limit lower="0.0" upper="0.5" velocity="0.5" effort="100"/></joint>
  <joint name="shoulder" type="revolute"><parent link="column"/><child link="upper"/><axis xyz="0 1 0"/>
    <limit lower="-2.0" upper="2.0" velocity="2.0" effort="50"/></joint>
  <joint name="elbow" type="continuous"><parent link="upper"/><child link="fore"/><axis xyz="0 1 0"/>
    <limit velocity="3.0" effort="50"/></joint>
  <joint name="flange_joint" type="fixed"><parent link="fore"/><child link="flange"/></joint>
  <joint name="left_finger_joint" type="prismatic"><parent link="flange"/><child link="left_finger"/><axis xyz="0 1 0"/>
    <limit lower="0.0" upper="0.05" velocity="0.1" effort="20"/></joint>
  <joint name="right_finger_joint" type="prismatic"><parent link="flange"/><child link="right_finger"/>
    <axis xyz="0 -1 0"/><limit lower="0.0" upper="0.05" velocity="0.1" effort="20"/>
    <mimic joint="left_finger_joint"/></joint>
  <joint name="camera_joint" type="fixed"><parent link="base"/><child link="top_camera_optical"/></joint>
</robot>
"""

ROBOT = """# A lift, two revolute joints and a gripper.
name: lift_arm
description: lift_arm.urdf
joints:
  lift: {lower: 0.01, upper: 0.49, velocity: 0.2, acceleration: 1.0, jerk: 20.0,
    brake_acceleration: 2.0, brake_jerk: 40.0}
  shoulder: {lower: -1.9, upper: 1.9, velocity: 1.0, acceleration: 4.0, jerk: 100.0,
    brake_acceleration: 5.0, brake_jerk: 200.0}
  elbow: {lower: -3.0, upper: 3.0, velocity: 1.0, acceleration: 4.0, jerk: 100.0,
    brake_acceleration: 5.0, brake_jerk: 200.0}
home: [0.1, 0.0, 1.5]
joint_states: {topic: /joint_states, rate: 100.0, latency: 0.001}
arm: {driver: joint_trajectory, controller: arm_controller, latency: 0.03}
grippers:
  hand: {driver: gripper_command, controller: hand_controller, joint: left_finger_joint, closed: 0.0, open: 0.05,
    max_effort: 20.0, latency: 0.05}
frames: {base: base, tip: flange}
tool: {xyz: [0.0, 0.0, 0.1], rpy: [0.0, 0.0, 0.0]}
workspace: {lower: [-0.5, -0.5, 0.0], upper: [0.5, 0.5, 1.0]}
cameras:
  top: {frame: top_camera_optical, width: 640, height: 480, rate: 30.0, latency: 0.02}
safety:
  max_unattended_motion: 0.5
  observation_age: 0.6
  chunk_age: 0.5
  joint_state_age: 0.1
  policy_silence: 1.0
  pilot_silence: 1.0
  start_jump: 0.3
  tracking_error: 0.2
  lag: 0.5
"""

POLICY = """name: reach
backend: onnx
arguments: {model: reach.onnx, threads: 1}
images:
  overhead: {width: 96, height: 96}
state:
  - {kind: joint_position}
  - {kind: gripper, gripper: hand}
action:
  - {kind: joint_position, meaning: absolute}
  - {kind: gripper, gripper: hand, meaning: binary, closed: 1.0, open: -1.0}
normalisation: none
horizon: 16
dt: 0.1
first_row: 1.0
stitching: {method: splice, blend: 0.2, execute: 8}
"""

DEPLOYMENT = """name: reach_on_lift_arm
robot: lift_arm
policy: reach
images:
  overhead: {camera: top, topic: /top/image_raw}
joints:
  lift: {message: lift_motor, unit: mm, scale: 1.0, offset: 5.0}
  shoulder: {unit: ticks, sign: -1, scale: 0.0015339807878856412, offset: 2048}
mode: shadow
speed: 0.5
timeout: 20.0
success: operator
start: home
"""

FILES = {
    "robot": "robots/lift_arm.yaml",
    "policy": "policies/reach.yaml",
    "deployment": "deployments/reach_on_lift_arm.yaml",
    "urdf": "robots/lift_arm.urdf",
}


@dataclass(frozen=True)
class Bench:
    """A config folder that holds one whole deployment."""

    folder: Path

    def path(self, role: str) -> Path:
        return self.folder / FILES[role]

    def replace(self, role: str, old: str, new: str) -> None:
        """Replace a piece of a file that occurs exactly once."""
        text = self.path(role).read_text()
        assert text.count(old) == 1, f"{old!r} occurs {text.count(old)} times in {role}"
        self.path(role).write_text(text.replace(old, new))

    def load(self, *, policy_files: bool = False) -> Contract:
        return load_deployment(str(self.path("deployment")), policy_files=policy_files)

    def problems(self, *, policy_files: bool = False) -> tuple[ProfileProblem, ...]:
        with pytest.raises(ProfileError) as caught:
            self.load(policy_files=policy_files)
        return caught.value.problems


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """The deployment unbroken, and no other folders searched than its own and the package's."""
    monkeypatch.delenv("STEADYHAND_CONFIG_PATH", raising=False)
    for role, text in (("robot", ROBOT), ("policy", POLICY), ("deployment", DEPLOYMENT), ("urdf", URDF)):
        path = tmp_path / FILES[role]
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    (tmp_path / "policies" / "reach.onnx").write_bytes(b"weights")
    return Bench(tmp_path)
