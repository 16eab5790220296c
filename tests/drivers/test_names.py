"""Names under which controllers listen."""

from __future__ import annotations

import pytest

from deployed import ROBOTS, deployed
from steadyhand.drivers.names import arm_topic, gripper_action, gripper_server, gripper_topic, values_topic


def test_a_controller_is_named_with_or_without_slashes() -> None:
    assert values_topic("/left/arm/") == values_topic("left/arm") == "/left/arm/commands"
    assert gripper_action("hand") == "/hand/gripper_cmd"


@pytest.mark.parametrize("driver", ["joint_trajectory", "follow_joint_trajectory", "move_group", "forward_velocity"])
def test_an_arm_has_the_topic_of_its_kind_of_controller(driver: str) -> None:
    arm = deployed("panda", [{"kind": "joint_position", "meaning": "absolute"}]).robot.arm
    topic = "commands" if driver == "forward_velocity" else "joint_trajectory"
    assert arm_topic(arm.model_copy(update={"driver": driver})) == f"/panda_arm_controller/{topic}"
    assert arm_topic(arm.model_copy(update={"driver": "servo"})) == ""


@pytest.mark.parametrize("robot", ROBOTS)
def test_a_gripper_has_either_a_topic_or_an_action(robot: str) -> None:
    for gripper in deployed(robot, [{"kind": "joint_position", "meaning": "absolute"}]).robot.grippers.values():
        assert bool(gripper_topic(gripper)) != bool(gripper_server(gripper))
