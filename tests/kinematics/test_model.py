"""The kinematic chain against Franka's published Denavit-Hartenberg table, SciPy and finite differences."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from steadyhand.kinematics.exceptions import KinematicsError
from steadyhand.kinematics.model import ArmModel

# Craig's convention: a [m], d [m], alpha [rad] of joints 1 to 7, then the flange.
PANDA_TABLE = (
    (0.0, 0.333, 0.0),
    (0.0, 0.0, -np.pi / 2),
    (0.0, 0.316, np.pi / 2),
    (0.0825, 0.0, np.pi / 2),
    (-0.0825, 0.384, -np.pi / 2),
    (0.0, 0.0, np.pi / 2),
    (0.088, 0.0, np.pi / 2),
)
CONFIGURATIONS = st.integers(0, 2**32 - 1).map(np.random.default_rng)

# A turret on a tilted post, an elbow, and a slide; the tree lists the slide's link before the elbow's joint name.
CRANE = """
<robot name="crane">
  <link name="world"/> <link name="post"/> <link name="turret"/> <link name="arm"/> <link name="slide"/>
  <link name="lamp"/>
  <joint name="foot" type="fixed">
    <parent link="world"/> <child link="post"/> <origin xyz="0.1 -0.2 0.3" rpy="0.4 0 0.2"/>
  </joint>
  <joint name="turn" type="continuous">
    <parent link="post"/> <child link="turret"/> <axis xyz="0 0 1"/> <limit velocity="1.5" effort="1"/>
  </joint>
  <joint name="elbow" type="revolute">
    <parent link="turret"/> <child link="arm"/> <origin xyz="0 0 0.5"/> <axis xyz="0 1 0"/>
    <limit lower="-1" upper="2" velocity="2.5" effort="1"/>
  </joint>
  <joint name="extend" type="prismatic">
    <parent link="arm"/> <child link="slide"/> <origin xyz="0.3 0 0"/> <axis xyz="1 0 0"/>
    <limit lower="0" upper="0.4" velocity="0.5" effort="1"/>
  </joint>
  <joint name="swing" type="revolute">
    <parent link="slide"/> <child link="lamp"/> <axis xyz="0 0 1"/>
    <limit lower="-1" upper="1" velocity="1" effort="1"/>
  </joint>
</robot>
"""


def transform(xyz, rotation=None):
    pose = np.eye(4)
    pose[:3, 3] = xyz
    if rotation is not None:
        pose[:3, :3] = rotation.as_matrix()
    return pose


def panda_pose(q):
    pose = np.eye(4)
    for (a, d, alpha), angle in zip(PANDA_TABLE, q, strict=True):
        pose = pose @ transform((a, 0, 0), Rotation.from_euler("x", alpha))
        pose = pose @ transform((0, 0, d), Rotation.from_euler("z", angle))
    return pose @ transform((0, 0, 0.107 + 0.1034), Rotation.from_euler("z", -np.pi / 4))


def crane_pose(turn, elbow, extend):
    pose = transform((0, 0, 0.5), Rotation.from_euler("z", turn))
    return pose @ transform((0, 0, 0), Rotation.from_euler("y", elbow)) @ transform((0.3 + extend, 0, 0))


def finite_difference_jacobian(model, q, step=1e-6):
    columns = []
    for joint in range(len(q)):
        offset = np.zeros(len(q))
        offset[joint] = step
        after, before = model.forward(q + offset), model.forward(q - offset)
        turned = Rotation.from_matrix(after[:3, :3] @ before[:3, :3].T).as_rotvec()
        columns.append(np.concatenate((after[:3, 3] - before[:3, 3], turned)) / (2 * step))
    return np.array(columns).T


@given(CONFIGURATIONS)
def test_forward_kinematics_is_frankas(panda, random):
    q = random.uniform(panda.lower, panda.upper)
    np.testing.assert_allclose(panda.forward(q), panda_pose(q), atol=1e-6)


@given(CONFIGURATIONS)
def test_jacobian_is_the_derivative_of_the_pose(panda, random):
    q = random.uniform(panda.lower, panda.upper)
    np.testing.assert_allclose(panda.jacobian(q), finite_difference_jacobian(panda, q), atol=1e-7)


@given(CONFIGURATIONS)
def test_pose_and_jacobian_together_are_the_same_as_apart(panda, random):
    q = random.uniform(panda.lower, panda.upper)
    pose, jacobian = panda.forward_and_jacobian(q)
    np.testing.assert_array_equal(pose, panda.forward(q))
    np.testing.assert_array_equal(jacobian, panda.jacobian(q))


@given(CONFIGURATIONS)
def test_many_configurations_give_the_poses_of_each(random):
    crane = ArmModel(CRANE, ("extend", "turn", "swing", "elbow"), "post", "lamp", transform([0.1, 0.0, 0.2]))
    configurations = random.uniform(-3.0, 3.0, (5, 4))
    expected = np.array([crane.forward(q) for q in configurations])
    np.testing.assert_allclose(crane.forward_many(configurations), expected, atol=1e-12)
    np.testing.assert_allclose(crane.points(configurations), expected[:, :3, 3], atol=1e-12)


@pytest.mark.parametrize("order", [("turn", "elbow", "extend"), ("extend", "turn", "elbow")])
@given(CONFIGURATIONS)
def test_joints_are_taken_in_the_order_given(order, random):
    model = ArmModel(CRANE, order, "post", "slide")
    values = {
        "turn": random.uniform(-9, 9),
        "elbow": random.uniform(-1, 2),
        "extend": random.uniform(0, 0.4),
    }
    q = np.array([values[name] for name in order])
    np.testing.assert_allclose(model.forward(q), crane_pose(**values), atol=1e-9)
    np.testing.assert_allclose(model.jacobian(q), finite_difference_jacobian(model, q), atol=1e-7)


def test_poses_are_in_the_base_frame():
    q = np.array([0.3, 0.5, 0.1])
    in_post = ArmModel(CRANE, ("turn", "elbow", "extend"), "post", "slide")
    in_world = ArmModel(CRANE, ("turn", "elbow", "extend"), "world", "slide")
    post = transform((0.1, -0.2, 0.3), Rotation.from_euler("xyz", (0.4, 0, 0.2)))
    np.testing.assert_allclose(in_world.forward(q), post @ in_post.forward(q), atol=1e-9)
    np.testing.assert_allclose(in_world.jacobian(q)[3:], post[:3, :3] @ in_post.jacobian(q)[3:], atol=1e-9)


def test_joints_that_are_not_listed_stay_at_zero():
    short = ArmModel(CRANE, ("turn", "elbow"), "post", "lamp")
    np.testing.assert_allclose(short.forward([0.2, 0.4]), crane_pose(0.2, 0.4, 0.0), atol=1e-9)


def test_the_tool_is_fixed_to_the_tip():
    tool = transform((0.01, 0.02, 0.03), Rotation.from_euler("xyz", (0.1, 0.2, 0.3)))
    plain = ArmModel(CRANE, ("turn", "elbow"), "post", "arm")
    tooled = ArmModel(CRANE, ("turn", "elbow"), "post", "arm", tool)
    np.testing.assert_allclose(tooled.forward([0.5, 0.6]), plain.forward([0.5, 0.6]) @ tool, atol=1e-9)


def test_limits_are_the_descriptions_in_the_order_given_and_read_only():
    model = ArmModel(CRANE, ("extend", "turn", "elbow"), "post", "slide")
    np.testing.assert_array_equal(model.lower, [0.0, -np.inf, -1.0])
    np.testing.assert_array_equal(model.upper, [0.4, np.inf, 2.0])
    np.testing.assert_array_equal(model.velocity, [0.5, 1.5, 2.5])
    with pytest.raises(ValueError, match="read-only"):
        model.lower[0] = -1.0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("<robot", ("turn",), "post", "slide"), "cannot be read"),
        ((CRANE, ("turn", "wrist"), "post", "slide"), "wrist"),
        ((CRANE, ("foot",), "post", "slide"), "foot"),
        ((CRANE, ("turn", "turn"), "post", "slide"), "once each"),
        ((CRANE, (), "post", "slide"), "once each"),
        ((CRANE, ("turn",), "base", "slide"), "'base'"),
        ((CRANE, ("turn",), "post", "hook"), "'hook'"),
        ((CRANE, ("turn", "elbow"), "turret", "slide"), "moved by joint 'turn'"),
        ((CRANE, ("turn", "elbow"), "post", "world"), "moved by none"),
        ((CRANE, ("turn",), "post", "slide", np.eye(3)), "tool"),
        ((CRANE, ("turn",), "post", "slide", np.diag([1.0, 1.0, -1.0, 1.0])), "tool"),
    ],
)
def test_what_cannot_be_built_is_named(arguments, words):
    with pytest.raises(KinematicsError, match=words):
        ArmModel(*arguments)


def test_a_configuration_of_another_length_is_refused(panda):
    with pytest.raises(KinematicsError, match="7 joints"):
        panda.forward(np.zeros(9))
