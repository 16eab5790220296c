"""Transforms of a description against MuJoCo's kinematics and SciPy's rotations."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from steadyhand.profiles.description import read_description
from steadyhand.profiles.resources import resource
from steadyhand.simulation.engine import mujoco
from steadyhand.simulation.exceptions import SimulationError
from steadyhand.simulation.frames import FrameTree
from steadyhand.simulation.world import HOME, World


def matrix(transform):
    result = np.eye(4)
    result[:3, :3] = Rotation.from_quat(transform.quaternion).as_matrix()
    result[:3, 3] = transform.translation
    return result


def test_chains_agree_with_the_simulated_robot():
    tree = FrameTree(read_description(resource("urdf/panda.urdf.xacro")))
    world = World()
    rng = np.random.default_rng(3)
    world.data.qpos[:7] = np.array(HOME) + rng.uniform(-0.5, 0.5, 7)
    world.data.qpos[7:9] = 0.017
    mujoco.mj_kinematics(world.model, world.data)
    positions = dict(zip(world.joint_names, world.positions, strict=True))
    parents = {t.child: (t.parent, matrix(t)) for t in (*tree.fixed, *tree.moving(positions))}

    for frame in ("panda_hand", "panda_leftfinger", "panda_rightfinger", "wrist_camera_optical_frame"):
        pose, link = np.eye(4), frame
        while link in parents:
            link, step = parents[link]
            pose = step @ pose
        base = world.frame_pose(link)
        np.testing.assert_allclose(base @ pose, world.frame_pose(frame), atol=1e-6)


def test_the_cameras_hang_on_fixed_joints():
    tree = FrameTree(read_description(resource("urdf/panda.urdf.xacro")))
    children = {transform.child for transform in tree.fixed}
    assert {"front_camera_optical_frame", "wrist_camera_optical_frame", "panda_link8"} <= children


def test_roll_pitch_yaw_turn_about_fixed_axes():
    tree = FrameTree(
        '<robot><joint name="j" type="fixed"><parent link="a"/><child link="b"/>'
        '<origin xyz="1 2 3" rpy="0.1 -0.2 0.3"/></joint></robot>'
    )
    (transform,) = tree.fixed
    wanted = Rotation.from_euler("xyz", [0.1, -0.2, 0.3]).as_quat()
    np.testing.assert_allclose(transform.quaternion, wanted, atol=1e-12)
    np.testing.assert_array_equal(transform.translation, [1.0, 2.0, 3.0])


def test_a_joint_without_a_single_position_is_refused():
    with pytest.raises(SimulationError, match="floating"):
        FrameTree('<robot><joint name="j" type="floating"><parent link="a"/><child link="b"/></joint></robot>')
