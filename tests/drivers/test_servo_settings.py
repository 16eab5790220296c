from __future__ import annotations

from typing import Any

import pytest

from steadyhand.drivers.servo_settings import PARAMETERS, ServoSettings
from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.reasons import Reason
from steadyhand.profiles.contract import load_deployment
from steadyhand.profiles.robot import RobotProfile

# Defaults of servo_node, MoveIt 2.12, with the group of the Panda.
DEFAULTS = {
    "incoming_command_timeout": 0.1,
    "publish_period": 0.01,
    "scale.linear": 0.4,
    "scale.rotational": 0.8,
    "scale.joint": 0.5,
    "command_in_type": "unitless",
    "move_group_name": "panda_arm",
    "joint_command_in_topic": "~/delta_joint_cmds",
    "cartesian_command_in_topic": "~/delta_twist_cmds",
    "pose_command_in_topic": "~/pose_target_cmds",
    "status_topic": "~/status",
}
NODE = "/left/servo_node"


def settings(**changes: object) -> ServoSettings:
    values = {f"moveit_servo.{name}": value for name, value in {**DEFAULTS, **changes}.items()}
    assert set(DEFAULTS) == {name.removeprefix("moveit_servo.") for name in PARAMETERS}
    return ServoSettings.read(NODE, values)


def panda(**arm: Any) -> RobotProfile:
    robot = load_deployment("panda_embedded").robot
    given = {"driver": "servo", "downstream_timeout": 0.2, **arm}
    return robot.model_copy(update={"arm": robot.arm.model_copy(update=given)})


def test_servos_defaults_may_drive_the_panda() -> None:
    found = settings()
    found.check(panda(), NODE)
    assert (found.timeout, found.period, found.unitless) == (0.1, 0.01, True)
    assert (found.linear, found.rotational, found.joint) == (0.4, 0.8, 0.5)


def test_topics_are_those_of_servos_own_parameters() -> None:
    found = settings(joint_command_in_topic="/jog", pose_command_in_topic="pose")
    assert (found.joint_topic, found.pose_topic) == ("/jog", "/left/pose")
    assert (found.twist_topic, found.status_topic) == ("/left/servo_node/delta_twist_cmds", "/left/servo_node/status")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"incoming_command_timeout": None}, Reason.DOWNSTREAM_TIMEOUT),
        ({"incoming_command_timeout": 0.0}, Reason.DOWNSTREAM_TIMEOUT),
        ({"incoming_command_timeout": float("inf")}, Reason.DOWNSTREAM_TIMEOUT),
        ({"publish_period": "fast"}, Reason.DOWNSTREAM_TIMEOUT),
        ({"publish_period": True}, Reason.DOWNSTREAM_TIMEOUT),
        ({"scale.joint": None}, Reason.CONTROLLER_MISMATCH),
        ({"command_in_type": "furlongs"}, Reason.CONTROLLER_MISMATCH),
        ({"status_topic": ""}, Reason.CONTROLLER_MISMATCH),
    ],
)
def test_what_cannot_be_read_is_refused(changes: dict[str, object], reason: Reason) -> None:
    with pytest.raises(RefusedError, match=NODE) as caught:
        settings(**changes)
    assert caught.value.reason is reason


@pytest.mark.parametrize(
    ("changes", "arm", "reason", "words"),
    [
        ({"incoming_command_timeout": 0.25}, {}, Reason.DOWNSTREAM_TIMEOUT, "0.26 s .*downstream_timeout is 0.2"),
        (
            {"incoming_command_timeout": 0.6},
            {"downstream_timeout": 5.0},
            Reason.DOWNSTREAM_TIMEOUT,
            "max_unattended_motion 0.5 s",
        ),
        ({}, {"downstream_timeout": None}, Reason.DOWNSTREAM_TIMEOUT, "no arm.downstream_timeout"),
        ({}, {"rate": 20.0}, Reason.DOWNSTREAM_TIMEOUT, "30 Hz or more"),
        ({"move_group_name": "left_arm"}, {}, Reason.CONTROLLER_MISMATCH, "'left_arm'.*'panda_arm'"),
    ],
)
def test_a_servo_that_would_not_stop_in_time_is_refused(
    changes: dict[str, object], arm: dict[str, object], reason: Reason, words: str
) -> None:
    with pytest.raises(RefusedError, match=words) as caught:
        settings(**changes).check(panda(**arm), NODE)
    assert caught.value.reason is reason
