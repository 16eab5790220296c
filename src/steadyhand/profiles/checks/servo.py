"""MoveIt Servo as driver: what stops the arm in silence, and what its tip can be told."""

from __future__ import annotations

from collections.abc import Iterator

from steadyhand.profiles.exceptions import ProfileProblem
from steadyhand.profiles.parts import Parts, needs

_DETERMINED = 6
"""Joints whose motion follows from that of the tip."""


@needs("robot.arm", "robot.safety")
def silence_stops_servo(parts: Parts) -> Iterator[ProfileProblem]:
    """Servo's own timeout is declared, and short enough."""
    arm, longest = parts.robot.arm, parts.robot.safety.max_unattended_motion
    if arm.driver != "servo":
        return
    if arm.downstream_timeout is None:
        yield parts.problem(
            "robot",
            ("arm", "driver"),
            "needs arm.downstream_timeout: Servo goes on with the last command until its own timeout",
            "Give the longest silence [s] that Servo may go on for; its moveit_servo.incoming_command_timeout plus "
            "publish_period must be within it.",
        )
    elif arm.downstream_timeout > longest:
        yield parts.problem(
            "robot",
            ("arm", "downstream_timeout"),
            f"is longer than safety.max_unattended_motion {longest:g} s",
            "Shorten it, and Servo's incoming_command_timeout with it.",
        )


@needs("robot.arm", "robot.joints")
def tip_tells_the_joints(parts: Parts) -> Iterator[ProfileProblem]:
    """Where Servo is told the motion of its tip, the joints must follow from it."""
    arm, joints = parts.robot.arm, parts.robot.joints
    if arm.driver == "servo" and arm.servo.command != "joint_jog" and len(joints) > _DETERMINED:
        yield parts.problem(
            "robot",
            ("arm", "servo", "command"),
            f"leaves {len(joints) - _DETERMINED} of {len(joints)} joints to Servo: the arm would leave the motion that "
            "was checked",
            "Use joint_jog.",
        )


@needs("robot.arm", "urdf")
def tip_exists(parts: Parts) -> Iterator[ProfileProblem]:
    """The link that Servo moves is in the description."""
    arm = parts.robot.arm
    assert parts.urdf is not None
    if arm.driver == "servo" and arm.servo.tip and arm.servo.tip not in parts.urdf.links:
        yield parts.problem(
            "robot",
            ("arm", "servo", "tip"),
            "is no link of the description",
            f"It has {', '.join(sorted(parts.urdf.links))}.",
        )


CHECKS = (silence_stops_servo, tip_tells_the_joints, tip_exists)
