"""The descriptions of arms that others make, by Pinocchio, against limits and poses of their makers' descriptions."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import yaml

from steadyhand.profiles.description import read_description
from steadyhand.profiles.resources import resource

pinocchio = pytest.importorskip("pinocchio")

REFERENCE = yaml.safe_load((Path(__file__).parent / "reference_poses.yaml").read_text(encoding="utf-8"))
# Description, arm in the reference, prefix of its joints, prefix of its links, base link.
ARMS = [
    ("ur5e", "ur5e", "", "", "world"),
    ("xarm7", "xarm7", "", "", "world"),
    ("so101", "so101", "", "", "base_link"),
    ("aloha", "vx300s", "left_", "follower_left/", "base_link"),
    ("aloha", "vx300s", "right_", "follower_right/", "base_link"),
    ("mobile_aloha", "vx300s", "left_", "follower_left/", "base_link"),
    ("mobile_aloha", "vx300s", "right_", "follower_right/", "base_link"),
]
arms = pytest.mark.parametrize(
    ("robot", "arm", "joints", "links", "base"), ARMS, ids=[f"{robot} {joints}" for robot, _, joints, *_ in ARMS]
)


@cache
def described(robot):
    text = read_description(resource(f"urdf/{robot}.urdf.xacro"))
    model = pinocchio.buildModelFromXML(text)
    return text, model, model.createData()


@arms
def test_every_link_is_where_the_maker_has_it(robot, arm, joints, links, base):
    _, model, data = described(robot)
    for configuration in REFERENCE[arm]["configurations"]:
        positions = np.zeros(model.nv)
        for name, position in configuration["positions"].items():
            positions[model.joints[model.getJointId(joints + name)].idx_v] = position
        pinocchio.framesForwardKinematics(model, data, pinocchio.integrate(model, pinocchio.neutral(model), positions))
        origin = data.oMf[model.getFrameId(links + base)].inverse()
        for link, rows in configuration["poses"].items():
            assert model.existFrame(links + link), link
            pose = (origin * data.oMf[model.getFrameId(links + link)]).homogeneous[:3]
            np.testing.assert_allclose(pose.ravel(), rows, atol=1e-6, err_msg=link)


@arms
def test_limits_are_the_makers(robot, arm, joints, links, base):
    del links, base
    _, model, _ = described(robot)
    for name, (lower, upper, velocity, effort) in REFERENCE[arm]["limits"].items():
        joint = model.joints[model.getJointId(joints + name)]
        assert (model.velocityLimit[joint.idx_v], model.effortLimit[joint.idx_v]) == pytest.approx((velocity, effort))
        if np.isfinite(lower):
            found = model.lowerPositionLimit[joint.idx_q], model.upperPositionLimit[joint.idx_q]
            assert found == pytest.approx((lower, upper), abs=1e-8), name


@pytest.mark.parametrize("robot", sorted({robot for robot, *_ in ARMS}))
def test_shapes_are_primitives(robot):
    kinds = {
        shape.tag for geometry in ElementTree.fromstring(described(robot)[0]).iter("geometry") for shape in geometry
    }
    assert kinds <= {"box", "cylinder", "sphere"}
    assert kinds


def test_arguments_say_where_the_arms_stand():
    path = resource("urdf/aloha.urdf.xacro")
    model = pinocchio.buildModelFromXML(read_description(path, {"left_base_xyz": "-0.5 0.1 0.2"}))
    base = model.frames[model.getFrameId("follower_left/base_link")]
    np.testing.assert_allclose(base.placement.translation, [-0.5, 0.1, 0.2])
