"""What single drivers need: whatever stops the arm when a forwarder falls silent, and who takes tolerances."""

from __future__ import annotations

from collections.abc import Iterator

from steadyhand.profiles.document import KeyPath
from steadyhand.profiles.exceptions import ProfileProblem
from steadyhand.profiles.parts import Parts, needs
from steadyhand.profiles.robot import Arm

FORWARDERS = frozenset({"forward_position", "forward_velocity"})
"""Drivers whose controller goes on with the last command for ever."""


@needs("robot.safety")
def silence_stops_the_arm(parts: Parts) -> Iterator[ProfileProblem]:
    """A forwarder goes with something downstream that stops the arm soon enough when no command comes."""
    for key, arm in _arms(parts):
        if arm.driver in FORWARDERS:
            yield from _silence_stops(parts, key, arm)


def _silence_stops(parts: Parts, key: KeyPath, arm: Arm) -> Iterator[ProfileProblem]:
    longest = parts.robot.safety.max_unattended_motion
    if arm.downstream_timeout is None:
        yield parts.problem(
            "robot",
            (*key, "driver"),
            "needs downstream_timeout: a forwarding controller goes on with the last command when we fall silent",
            "Give the time [s] after which the hardware or a wrapper stops the arm without commands; "
            "where nothing does, use joint_trajectory.",
        )
    elif arm.downstream_timeout > longest:
        yield parts.problem(
            "robot",
            (*key, "downstream_timeout"),
            f"is longer than safety.max_unattended_motion {longest:g} s",
            "Shorten the timeout of hardware or wrapper.",
        )
    elif arm.rate * arm.downstream_timeout < 3.0:
        yield parts.problem(
            "robot",
            (*key, "rate"),
            f"is too slow for downstream_timeout {arm.downstream_timeout:g} s: one command late would stop the arm",
            f"{3.0 / arm.downstream_timeout:.3g} Hz or more.",
        )


def tolerances_have_a_taker(parts: Parts) -> Iterator[ProfileProblem]:
    """Tolerances go with goals; no other way of moving an arm can carry them."""
    for key, arm in _arms(parts):
        if arm.tolerances is not None and arm.driver != "follow_joint_trajectory":
            yield parts.problem(
                "robot",
                (*key, "tolerances"),
                f"driver {arm.driver!r} cannot carry tolerances",
                "Use follow_joint_trajectory, or set constraints on the controller instead.",
            )


def _arms(parts: Parts) -> Iterator[tuple[KeyPath, Arm]]:
    """Yield every arm that could be read, with its key in the robot profile."""
    if parts.has("robot.arm") and parts.robot.arm is not None:
        yield ("arm",), parts.robot.arm
    if parts.has("robot.arms"):
        yield from ((("arms", name), arm) for name, arm in parts.robot.arms.items())


CHECKS = (silence_stops_the_arm, tolerances_have_a_taker)
