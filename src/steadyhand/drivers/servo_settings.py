"""What a running MoveIt Servo says of itself, and whether an arm may be driven by it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.reasons import Reason
from steadyhand.profiles.robot import RobotProfile

_NUMBERS = ("incoming_command_timeout", "publish_period", "scale.linear", "scale.rotational", "scale.joint")
_WORDS = (
    "command_in_type",
    "move_group_name",
    "joint_command_in_topic",
    "cartesian_command_in_topic",
    "pose_command_in_topic",
    "status_topic",
)
PARAMETERS = tuple(f"moveit_servo.{name}" for name in (*_NUMBERS, *_WORDS))
"""Parameters of servo_node that are read, in this order."""

# Of the commands within Servo's timeout: one may be late, and one lost.
_COMMANDS = 3.0


@dataclass(frozen=True)
class ServoSettings:
    """Parameters of servo_node of MoveIt 2.12 (Jazzy) and 2.14 (Kilted).

    Attributes:
        timeout: Age at which a command is no longer followed [s].
        period: Time between two of Servo's own commands [s].
        unitless: Commands are parts of the scales, instead of speeds.
        linear: Scale of the tip's velocity [m/s].
        rotational: Scale of the tip's angular velocity [rad/s].
        joint: Scale of joint velocities [rad/s or m/s].
        group: Planning group that it moves.
        joint_topic: Absolute name.
        twist_topic: Absolute name.
        pose_topic: Absolute name.
        status_topic: Absolute name.
    """

    timeout: float
    period: float
    unitless: bool
    linear: float
    rotational: float
    joint: float
    group: str
    joint_topic: str
    twist_topic: str
    pose_topic: str
    status_topic: str

    def command_topic(self, command: str) -> str:
        """Return the topic of ``joint_jog``, ``twist`` or ``pose`` commands."""
        return {"joint_jog": self.joint_topic, "twist": self.twist_topic, "pose": self.pose_topic}[command]

    @staticmethod
    def read(node: str, values: Mapping[str, object]) -> ServoSettings:
        """Read what GetParameters answered.

        Args:
            node: Name of Servo's node, with its namespace.
            values: Value by parameter, as far as it has one.

        Raises:
            RefusedError: A parameter is missing or makes no sense.
        """
        given = {name: values.get(f"moveit_servo.{name}") for name in (*_NUMBERS, *_WORDS)}
        numbers = {}
        for name in _NUMBERS:
            value = given[name]
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0.0 < value < math.inf:
                reason = Reason.CONTROLLER_MISMATCH if name.startswith("scale") else Reason.DOWNSTREAM_TIMEOUT
                raise RefusedError(reason, f"{node} says moveit_servo.{name} is {value}: a positive number is needed")
            numbers[name] = float(value)
        for name in _WORDS:
            if not isinstance(given[name], str) or not given[name]:
                raise RefusedError(Reason.CONTROLLER_MISMATCH, f"{node} has no parameter moveit_servo.{name}")
        if given["command_in_type"] not in ("unitless", "speed_units"):
            raise RefusedError(
                Reason.CONTROLLER_MISMATCH,
                f"{node} takes commands as '{given['command_in_type']}': unitless or speed_units is needed",
            )
        words = {name: str(given[name]) for name in _WORDS}
        return ServoSettings(
            timeout=numbers["incoming_command_timeout"],
            period=numbers["publish_period"],
            unitless=words["command_in_type"] == "unitless",
            linear=numbers["scale.linear"],
            rotational=numbers["scale.rotational"],
            joint=numbers["scale.joint"],
            group=words["move_group_name"],
            joint_topic=_absolute(node, words["joint_command_in_topic"]),
            twist_topic=_absolute(node, words["cartesian_command_in_topic"]),
            pose_topic=_absolute(node, words["pose_command_in_topic"]),
            status_topic=_absolute(node, words["status_topic"]),
        )

    def check(self, robot: RobotProfile, node: str) -> None:
        """Check that Servo stops the arm by itself in time, and moves the right joints.

        Raises:
            RefusedError: It does not.
        """
        declared, longest = robot.arm.downstream_timeout, robot.safety.max_unattended_motion
        silence = self.timeout + self.period
        if declared is None:
            raise RefusedError(Reason.DOWNSTREAM_TIMEOUT, "the robot profile has no arm.downstream_timeout")
        if silence > min(declared, longest):
            raise RefusedError(
                Reason.DOWNSTREAM_TIMEOUT,
                f"{node} follows a command for {silence:g} s (incoming_command_timeout {self.timeout:g} s and a "
                f"publish_period); arm.downstream_timeout is {declared:g} s, safety.max_unattended_motion "
                f"{longest:g} s",
            )
        if robot.arm.rate * self.timeout < _COMMANDS:
            raise RefusedError(
                Reason.DOWNSTREAM_TIMEOUT,
                f"commands at arm.rate {robot.arm.rate:g} Hz are too few for the incoming_command_timeout "
                f"{self.timeout:g} s of {node}: {_COMMANDS / self.timeout:g} Hz or more",
            )
        if robot.moveit is not None and robot.moveit.group != self.group:
            raise RefusedError(
                Reason.CONTROLLER_MISMATCH,
                f"{node} moves the group '{self.group}', moveit.group of the robot profile is '{robot.moveit.group}'",
            )


def _absolute(node: str, topic: str) -> str:
    """Return the full name of a topic that a node has as ``topic``."""
    if topic.startswith("/"):
        return topic
    if topic.startswith("~"):
        return node + topic[1:]
    return f"{node.rpartition('/')[0]}/{topic}"
