"""The Panda's description, by Pinocchio, against published numbers and a closed form."""

from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steadyhand.profiles.description import read_description
from steadyhand.profiles.resources import resource

pinocchio = pytest.importorskip("pinocchio")

TEXT = read_description(resource("urdf/panda.urdf.xacro"))
MODEL = pinocchio.buildModelFromXML(TEXT)
DATA = MODEL.createData()
ARM = [f"panda_joint{index}" for index in range(1, 8)]

# Craig's parameters of the Panda (Franka Control Interface documentation): a, d [m], alpha [rad].
DH = [
    (0.0, 0.333, 0.0),
    (0.0, 0.0, -np.pi / 2),
    (0.0, 0.316, np.pi / 2),
    (0.0825, 0.0, np.pi / 2),
    (-0.0825, 0.384, -np.pi / 2),
    (0.0, 0.0, np.pi / 2),
    (0.088, 0.0, np.pi / 2),
]
FLANGE = 0.107
LIMITS = {  # lower, upper [rad], velocity [rad/s], effort [N m], of MoveIt's Panda
    "panda_joint1": (-2.9671, 2.9671, 2.3925, 87.0),
    "panda_joint2": (-1.8326, 1.8326, 2.3925, 87.0),
    "panda_joint3": (-2.9671, 2.9671, 2.3925, 87.0),
    "panda_joint4": (-3.1416, 0.0873, 2.3925, 87.0),
    "panda_joint5": (-2.9671, 2.9671, 2.8710, 12.0),
    "panda_joint6": (-0.0873, 3.8223, 2.8710, 12.0),
    "panda_joint7": (-2.9671, 2.9671, 2.8710, 12.0),
    "panda_finger_joint1": (0.0, 0.04, 0.2, 20.0),
    "panda_finger_joint2": (0.0, 0.04, 0.2, 20.0),
}


def rotation_x(angle):
    cosine, sine = np.cos(angle), np.sin(angle)
    return np.array([[1, 0, 0, 0], [0, cosine, -sine, 0], [0, sine, cosine, 0], [0, 0, 0, 1.0]])


def rotation_z(angle):
    cosine, sine = np.cos(angle), np.sin(angle)
    return np.array([[cosine, -sine, 0, 0], [sine, cosine, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1.0]])


def shift(x, y, z):
    pose = np.eye(4)
    pose[:3, 3] = x, y, z
    return pose


def closed_form(positions):
    """Poses of panda_link1 to 8 and of panda_hand in panda_link0."""
    poses = {}
    pose = np.eye(4)
    for index, ((a, d, alpha), theta) in enumerate(zip(DH, positions, strict=True), start=1):
        pose = pose @ rotation_x(alpha) @ shift(a, 0, 0) @ rotation_z(theta) @ shift(0, 0, d)
        poses[f"panda_link{index}"] = pose
    poses["panda_link8"] = pose @ shift(0, 0, FLANGE)
    poses["panda_hand"] = poses["panda_link8"] @ rotation_z(-np.pi / 4)
    return poses


def frame(name):
    return DATA.oMf[MODEL.getFrameId(name)].homogeneous


def place(positions, fingers=0.0):
    pinocchio.framesForwardKinematics(MODEL, DATA, np.array([*positions, fingers, fingers]))


arm_positions = st.tuples(*(st.floats(lower, upper) for lower, upper, *_ in list(LIMITS.values())[:7]))


@settings(deadline=None)
@given(arm_positions)
def test_forward_kinematics_is_the_closed_form(positions):
    place(positions)
    for name, pose in closed_form(positions).items():
        np.testing.assert_allclose(frame(name), pose, atol=1e-6, err_msg=name)


@given(st.floats(0.0, 0.04))
def test_the_fingers_move_apart_along_the_hand(opening):
    place([0.0] * 7, opening)
    hand = np.linalg.inv(frame("panda_hand"))
    np.testing.assert_allclose((hand @ frame("panda_leftfinger"))[:3, 3], [0, opening, 0.0584], atol=1e-9)
    np.testing.assert_allclose((hand @ frame("panda_rightfinger"))[:3, 3], [0, -opening, 0.0584], atol=1e-9)


def test_joints_come_in_order_and_no_others():
    assert list(MODEL.names)[1:] == list(LIMITS)


@pytest.mark.parametrize("name", LIMITS)
def test_limits_are_moveits(name):
    index = MODEL.joints[MODEL.getJointId(name)].idx_q
    found = [
        limit[index]
        for limit in (
            MODEL.lowerPositionLimit, MODEL.upperPositionLimit, MODEL.velocityLimit, MODEL.effortLimit,
        )
    ]  # fmt: skip
    assert found == pytest.approx(LIMITS[name])


def test_the_second_finger_mimics_the_first():
    joint = next(
        joint for joint in ElementTree.fromstring(TEXT).iter("joint") if joint.get("name") == "panda_finger_joint2"
    )
    mimic = joint.find("mimic")
    assert mimic is not None
    assert mimic.attrib == {"joint": "panda_finger_joint1"}


def test_every_inertia_could_be_that_of_a_body():
    for element in ElementTree.fromstring(TEXT).iter("inertia"):
        xx, yy, zz, xy, xz, yz = (float(element.get(f"i{axes}")) for axes in ("xx", "yy", "zz", "xy", "xz", "yz"))
        moments = np.linalg.eigvalsh([[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]])
        assert moments[0] > 0
        assert moments[0] + moments[1] >= moments[2]


def test_the_arm_weighs_what_a_panda_weighs():
    masses = [float(element.get("value")) for element in ElementTree.fromstring(TEXT).iter("mass")]
    assert sum(masses) == pytest.approx(18.0, abs=1.0)


def test_optical_frames_look_where_their_links_point():
    place([0.0, -0.785, 0.0, -2.356, 0.0, 1.571, 0.785])
    for camera in ("front_camera", "wrist_camera"):
        link, optical = frame(f"{camera}_link"), frame(f"{camera}_optical_frame")
        np.testing.assert_allclose(optical[:3, 2], link[:3, 0], atol=1e-9)
        np.testing.assert_allclose(optical[:3, 0], -link[:3, 1], atol=1e-9)


def test_the_root_is_the_base_link_that_moveit_ties_to_the_world():
    root = ElementTree.fromstring(TEXT)
    children = {joint.find("child").get("link") for joint in root.iter("joint")}
    links = {link.get("name") for link in root.findall("link")}
    assert links - children == {"panda_link0"}
    assert {f"panda_link{index}" for index in range(9)} | {"panda_hand", "panda_leftfinger"} <= links


def test_shapes_are_primitives():
    kinds = {shape.tag for geometry in ElementTree.fromstring(TEXT).iter("geometry") for shape in geometry}
    assert kinds == {"box", "cylinder", "sphere"}
