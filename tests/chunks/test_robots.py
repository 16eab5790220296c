"""A motion written in every meaning, and read again, on the kinematics of every robot profile."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from deployed import ROBOTS, deployed, joints_and_grippers
from steadyhand.chunks.arm import arm_models
from steadyhand.chunks.chunk import ActionChunk
from steadyhand.chunks.exceptions import MeaningError
from steadyhand.chunks.meaning import Meaning
from steadyhand.chunks.targets import JointTargets
from steadyhand.observation.rotations import downward
from steadyhand.profiles.policy import PolicyProfile

ROWS, DT = 16, 0.1
TIMES = DT * np.arange(1, ROWS + 1)
POSE_MEANINGS = [
    ("absolute", "base"),
    ("delta_to_observation", "base"),
    ("delta_to_observation", "tool"),
    ("delta_per_step", "base"),
    ("delta_per_step", "tool"),
    ("relative", "tool"),
]
REPRESENTATIONS = ["quaternion_xyzw", "quaternion_wxyz", "rpy", "axis_angle", "rot6d_rows", "rot6d_columns"]
DOWN = ["panda", "ur5e", "xarm7"]
"""Robots whose tool can point straight down at any heading."""


@cache
def loaded(robot):
    contract = deployed(robot, joints_and_grippers(robot))
    return contract, arm_models(contract)


def read_again(robot, terms, positions):
    """Return what joint positions become when they are written in an action layout and read again."""
    contract, _ = loaded(robot)
    policy = PolicyProfile.model_validate(contract.policy.model_dump() | {"action": terms})
    meaning = Meaning(replace(contract, policy=policy))
    home = contract.robot.home_positions
    rows = meaning.rows(JointTargets(TIMES, positions), home)
    chunk = ActionChunk(
        episode_id="e",
        sequence=0,
        stamp=0.0,
        dt=DT,
        first_row_offset=DT,
        dimension_names=policy.dimension_names,
        rows=rows,
        state_names=contract.robot.joint_names,
        state=home,
    )
    return meaning.targets(chunk).positions


def swaying(robot):
    """Joint positions of a smooth motion from home and back, all joints together, shape (H, n) [rad]."""
    robot = loaded(robot)[0].robot
    joint = np.arange(len(robot.home))
    phase = np.sin(np.pi * TIMES / TIMES[-1] / 2.0)[:, None] * np.sin(1.0 + joint)
    return robot.home_positions + 0.15 * phase


def differences(robot, wanted, found):
    """Return the largest distance [m] and angle [rad] between the tools at two paths, over all arms and rows."""
    contract, models = loaded(robot)
    distance = angle = 0.0
    for name, columns in contract.robot.arm_columns.items():
        for a, b in zip(wanted[:, columns], found[:, columns], strict=True):
            first, second = models[name].forward(a), models[name].forward(b)
            distance = max(distance, float(np.linalg.norm(first[:3, 3] - second[:3, 3])))
            cosine = (np.trace(first[:3, :3].T @ second[:3, :3]) - 1.0) / 2.0
            angle = max(angle, float(np.arccos(np.clip(cosine, -1.0, 1.0))))
    return distance, angle


def check(robot, terms, positions):
    distance, angle = differences(robot, positions, read_again(robot, terms, positions))
    assert distance <= 0.002
    assert angle <= np.radians(1.0)


def pose_terms(robot, meaning, frame, representation):
    keys = {"meaning": meaning, "frame": frame}
    return [
        term
        for arm in loaded(robot)[1]
        for term in (
            {"kind": "end_effector_position", "arm": arm} | keys,
            {"kind": "end_effector_rotation", "arm": arm, "representation": representation} | keys,
        )
    ]


@pytest.mark.parametrize("robot", ROBOTS)
@pytest.mark.parametrize("meaning", ["absolute", "delta_to_observation", "delta_per_step", "velocity"])
def test_joints(robot, meaning):
    joints = loaded(robot)[0].robot.joint_names
    position = {"kind": "joint_position", "joints": joints, "meaning": meaning}
    check(robot, [{"kind": "joint_velocity", "joints": joints} if meaning == "velocity" else position], swaying(robot))


@pytest.mark.parametrize("robot", ROBOTS)
@pytest.mark.parametrize(("meaning", "frame"), POSE_MEANINGS)
def test_poses(robot, meaning, frame):
    check(robot, pose_terms(robot, meaning, frame, "rot6d_columns"), swaying(robot))


@pytest.mark.parametrize("robot", ROBOTS)
@pytest.mark.parametrize("representation", REPRESENTATIONS)
def test_rotations(robot, representation):
    check(robot, pose_terms(robot, "absolute", "base", representation), swaying(robot))


@pytest.mark.parametrize("robot", DOWN)
@pytest.mark.parametrize("representation", ["yaw", "yaw_sin_cos"])
@pytest.mark.parametrize("meaning", ["absolute", "delta_to_observation", "delta_per_step"])
def test_headings_of_a_tool_that_points_down(robot, representation, meaning):
    from steadyhand.kinematics.inverse import InverseKinematics

    contract, models = loaded(robot)
    arm, home = models[""], contract.robot.home_positions
    inverse = InverseKinematics(arm, contract.robot.lower, contract.robot.upper, home)
    poses = np.repeat(arm.forward(home)[None], ROWS, axis=0)
    poses[:, :3, 3] += 0.05 * np.sin(TIMES)[:, None] * [1.0, -1.0, 1.0]
    heading = np.arctan2(poses[0, 1, 0], poses[0, 0, 0])
    poses[:, :3, :3] = downward(heading + 0.3 * np.sin(TIMES))
    check(robot, pose_terms(robot, meaning, "base", representation), inverse.solve_path(poses, home))


@pytest.mark.parametrize("robot", [robot for robot in ROBOTS if robot != "so101"])
def test_positions_alone_keep_the_rotation(robot):
    _contract, models = loaded(robot)
    terms = [{"kind": "end_effector_position", "arm": arm, "meaning": "absolute"} for arm in models]
    wanted = swaying(robot)
    distance, _ = differences(robot, wanted, read_again(robot, terms, wanted))
    assert distance <= 0.002


def test_five_joints_cannot_keep_the_rotation_and_the_chunk_is_refused():
    terms = [{"kind": "end_effector_position", "meaning": "absolute"}]
    with pytest.raises(MeaningError, match="out of reach"):
        read_again("so101", terms, swaying("so101"))
