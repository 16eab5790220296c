"""The compiled MuJoCo model against the description."""

import numpy as np
import pytest

from steadyhand.profiles.description import read_description
from steadyhand.profiles.resources import resource
from steadyhand.simulation.cameras import CAMERAS, OPTICAL_FRAMES
from steadyhand.simulation.scene import ARM_JOINTS, DESCRIPTION, FINGER_JOINTS, VISIBLE_GROUPS, build_model
from steadyhand.simulation.world import World

pinocchio = pytest.importorskip("pinocchio")


@pytest.fixture(scope="module")
def world():
    return World()


def names(model, count, access):
    return [access(index).name for index in range(count)]


def test_joints_servos_cameras_and_objects_are_all_there(world):
    model = world.model
    robot = [*ARM_JOINTS, *FINGER_JOINTS]
    cubes = [thing.name for thing in world.task.objects]
    assert names(model, model.njnt, model.joint) == robot + cubes
    assert names(model, model.nu, model.actuator) == robot
    assert sorted(names(model, model.ncam, model.camera)) == sorted(CAMERAS)
    assert model.neq == 1


def test_a_scene_without_objects_can_be_built():
    assert build_model(()).nq == 9


def test_everything_visible_is_of_one_colour_and_opaque(world):
    shown = np.array(VISIBLE_GROUPS, dtype=bool)[world.model.geom_group]
    assert shown.sum() > 40
    assert np.all(world.model.geom_matid == -1)
    assert np.all(world.model.geom_rgba[shown, 3] == 1.0)


def test_seen_robot_shapes_do_not_collide_and_colliding_ones_are_not_seen(world):
    model = world.model
    robot = model.geom_bodyid > 0
    robot &= ~np.isin(model.geom_bodyid, [model.body(thing.name).id for thing in world.task.objects])
    seen = np.array(VISIBLE_GROUPS, dtype=bool)[model.geom_group]
    assert np.all(model.geom_contype[robot & seen] == 0)
    assert np.all(model.geom_contype[robot & ~seen] == 1)


def test_links_lie_where_pinocchio_puts_them(world):
    model = pinocchio.buildModelFromXML(read_description(resource(DESCRIPTION)))
    data = model.createData()
    world.reset(0)
    world.set_targets([0.4, -0.3, 0.2, -2.0, 0.1, 1.9, 0.5], 0.02)
    world.step(200)
    pinocchio.framesForwardKinematics(model, data, world.positions)
    links = [f"panda_link{index}" for index in range(9)]
    for name in [*links, "panda_hand", "panda_leftfinger", "panda_rightfinger", *OPTICAL_FRAMES.values()]:
        expected = data.oMf[model.getFrameId(name)].homogeneous
        np.testing.assert_allclose(world.frame_pose(name), expected, atol=1e-9, err_msg=name)


def test_cameras_look_along_their_optical_frames(world):
    turn = np.diag([1.0, -1.0, -1.0])
    for camera, frame in OPTICAL_FRAMES.items():
        pose = world.frame_pose(frame)
        np.testing.assert_allclose(world.data.camera(camera).xpos, pose[:3, 3], atol=1e-12)
        np.testing.assert_allclose(world.data.camera(camera).xmat.reshape(3, 3), pose[:3, :3] @ turn, atol=1e-12)
