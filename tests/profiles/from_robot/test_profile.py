"""Profiles written from what a robot says of itself: accepted by the checks, safe, and honest about guesses."""

from __future__ import annotations

import pytest

from deployed import deployed
from steadyhand.profiles.braking import brake_time
from steadyhand.profiles.description import read_description
from steadyhand.profiles.from_robot.guesses import UnclearRobotError
from steadyhand.profiles.from_robot.limits import safe_limits
from steadyhand.profiles.from_robot.live import LiveCamera, LiveController, LiveRobot
from steadyhand.profiles.from_robot.profile import profile_text
from steadyhand.profiles.from_robot.semantics import SemanticsError
from steadyhand.profiles.resources import resource
from steadyhand.profiles.robot import JointLimits
from steadyhand.profiles.urdf import DescribedJoint, parse_description

URDFS = {name: read_description(resource(f"urdf/{name}.urdf.xacro")) for name in ("panda", "ur5e", "so101", "aloha")}
ARM = tuple(f"panda_joint{index}" for index in range(1, 8))
PANDA = (
    '<robot name="panda"><group name="panda_arm"><chain base_link="panda_link0" tip_link="panda_link8"/></group>'
    '<group name="hand"><joint name="panda_finger_joint1"/><joint name="panda_finger_joint2"/></group>'
    '<group name="panda_arm_hand"><group name="panda_arm"/><group name="hand"/></group>'
    '<group_state name="ready" group="panda_arm">'
    + "".join(
        f'<joint name="{joint}" value="{value}"/>'
        for joint, value in zip(ARM, (0, -0.785, 0, -2.356, 0, 1.571, 0.785), strict=True)
    )
    + "</group_state>"
    '<group_state name="open" group="hand"><joint name="panda_finger_joint1" value="0.035"/></group_state>'
    '<group_state name="close" group="hand"><joint name="panda_finger_joint1" value="0"/></group_state>'
    '<end_effector name="hand" parent_link="panda_link8" group="hand"/>'
    '<disable_collisions link1="panda_link0" link2="panda_link1"/>'
    '<disable_collisions link1="panda_link0" link2="gone"/></robot>'
)
JOINTS = [{"kind": "joint_position", "meaning": "absolute"}]


def accepted(tmp_path, robot):
    """Return the text of the profile, and the contract of a deployment with it."""
    (tmp_path / "robot.urdf").write_text(robot.urdf)
    text = profile_text(robot, "found", "robot.urdf")
    (tmp_path / "robot.yaml").write_text(text)
    return text, deployed(str(tmp_path / "robot.yaml"), JOINTS)


def test_a_robot_that_says_all_is_understood(tmp_path):
    controllers = (
        LiveController("panda_arm_controller", "joint_trajectory", ARM),
        LiveController("panda_hand_controller", "gripper_command", ("panda_finger_joint1",)),
    )
    camera = LiveCamera("/wrist_camera/image_raw", "wrist_camera_optical_frame", 320, 240, 14.96)
    robot = LiveRobot(URDFS["panda"], PANDA, controllers, "/panda/joint_states", 998.6, {}, (camera,))
    text, contract = accepted(tmp_path, robot)
    found = contract.robot
    assert found.joint_names == ARM
    assert (found.frames.base, found.frames.tip) == ("panda_link0", "panda_link8")
    assert (found.arm.driver, found.arm.controller) == ("joint_trajectory", "panda_arm_controller")
    assert found.home == pytest.approx((0, -0.785, 0, -2.356, 0, 1.571, 0.785))
    gripper = found.grippers["hand"]
    assert (gripper.driver, gripper.closed, gripper.open) == ("gripper_command", 0.0, 0.035)
    assert found.moveit.group == "panda_arm"
    assert found.scene.check == "local"
    assert found.scene.disabled == (("panda_link0", "panda_link1"),)
    assert (found.joint_states.topic, found.joint_states.rate) == ("/panda/joint_states", 999.0)
    wrist = found.cameras["wrist_camera"]
    assert (wrist.frame, wrist.width, wrist.height, wrist.rate) == ("wrist_camera_optical_frame", 320, 240, 15.0)
    assert "GUESS: that it drives" not in text


def test_what_a_silent_robot_does_not_say_is_guessed_and_said_so(tmp_path):
    text, contract = accepted(tmp_path, LiveRobot(URDFS["ur5e"]))
    assert contract.robot.joint_names[0] == "shoulder_pan_joint"
    for guess in ("no SRDF and no controller", "name it", "none was received", "No camera", "No gripper"):
        assert guess in text, guess


def test_controllers_that_do_not_say_their_joints_are_matched_and_said_so(tmp_path):
    controllers = (
        LiveController("follower/arm_trajectory_controller", "joint_trajectory"),
        LiveController("follower/gripper_controller", "parallel_gripper_command", ("gripper",)),
    )
    robot = LiveRobot(URDFS["so101"], "", controllers, "/follower/joint_states", 20.0, {"shoulder_pan": 0.4})
    text, contract = accepted(tmp_path, robot)
    assert contract.robot.arm.controller == "follower/arm_trajectory_controller"
    assert "does not say its joints" in text
    assert "closed at the lower limit and open at the upper one is a guess" in text
    assert contract.robot.grippers["gripper_controller"].joint == "gripper"
    assert contract.robot.home[0] == 0.4


def two_arms():
    """Controllers of ALOHA's arms and grippers, one of the arms' twice as a robot with several kinds has them."""
    joints = ("waist", "shoulder", "elbow", "forearm_roll", "wrist_angle", "wrist_rotate")
    for side in ("left", "right"):
        own = tuple(f"{side}_{name}" for name in joints)
        yield LiveController(f"follower_{side}/arm_controller", "joint_trajectory", own)
        yield LiveController(f"follower_{side}/other_controller", "joint_trajectory", own)
        yield LiveController(f"follower_{side}/gripper_controller", "joint_trajectory", (f"{side}_left_finger",))


def test_two_arms_of_two_groups_become_arms(tmp_path):
    groups = "".join(
        f'<group name="{side}_arm"><chain base_link="follower_{side}/base_link" '
        f'tip_link="follower_{side}/ee_gripper_link"/></group>'
        for side in ("left", "right")
    )
    _, contract = accepted(tmp_path, LiveRobot(URDFS["aloha"], f"<robot>{groups}</robot>", tuple(two_arms())))
    assert {name: arm.controller for name, arm in contract.robot.arms.items()} == {
        "left_arm": "follower_left/arm_controller",
        "right_arm": "follower_right/arm_controller",
    }
    assert contract.robot.frames.base == "world"


def test_two_arms_of_two_controllers_become_arms_with_names_of_their_own(tmp_path):
    _, contract = accepted(tmp_path, LiveRobot(URDFS["aloha"], "", tuple(two_arms())))
    assert list(contract.robot.arms) == ["follower_left_arm_controller", "follower_right_arm_controller"]
    assert list(contract.robot.grippers) == ["follower_left_gripper_controller", "follower_right_gripper_controller"]


def test_every_limit_is_inside_of_the_descriptions_and_stops_in_time():
    for urdf in URDFS.values():
        described = parse_description(urdf)
        for name in described.movable:
            joint = described.joints[name]
            limits = JointLimits(**safe_limits(joint)._asdict())
            assert joint.lower < limits.lower < limits.upper < joint.upper
            assert limits.velocity <= 0.36 * joint.velocity
            assert brake_time(limits) <= 0.3


@pytest.mark.parametrize("velocity", [0.0, float("inf")])
def test_a_motor_without_limits_gets_cautious_ones(velocity):
    joint = DescribedJoint("continuous", "a", "b", -float("inf"), float("inf"), velocity, "")
    assert safe_limits(joint)[:3] == (-3.1, 3.1, 0.5)


def test_collision_meshes_are_not_checked_locally(tmp_path):
    urdf = URDFS["ur5e"].replace('<sphere radius="0.06"/>', '<mesh filename="package://gone/arm.stl"/>')
    assert "mesh" in urdf
    text, contract = accepted(tmp_path, LiveRobot(urdf))
    assert contract.robot.scene.check == "none"
    assert "are meshes" in text


def test_what_is_no_arm_is_refused():
    urdf = (
        '<robot name="r"><link name="a"/><link name="b"/>'
        '<joint name="j" type="fixed"><parent link="a"/><child link="b"/></joint></robot>'
    )
    with pytest.raises(UnclearRobotError, match="no chain of 3 joints"):
        profile_text(LiveRobot(urdf), "r", "r.urdf")
    with pytest.raises(SemanticsError, match="cannot be read"):
        profile_text(LiveRobot(URDFS["ur5e"], "<robot>"), "r", "r.urdf")
