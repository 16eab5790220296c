"""What single drivers need: whatever stops the arm when a forwarder falls silent, and who takes tolerances."""

from __future__ import annotations

from collections.abc import Iterator

from steadyhand.profiles.exceptions import ProfileProblem
from steadyhand.profiles.parts import Parts, needs

FORWARDERS = frozenset({"forward_position", "forward_velocity"})
"""Drivers whose controller goes on with the last command for ever."""


@needs("robot.arm", "robot.safety")
def silence_stops_the_arm(parts: Parts) -> Iterator[ProfileProblem]:
    """A forwarder goes with something downstream that stops the arm soon enough when no command comes."""
    arm, longest = parts.robot.arm, parts.robot.safety.max_unattended_motion
    if arm.driver not in FORWARDERS:
        return
    if arm.downstream_timeout is None:
        yield parts.problem(
            "robot",
            ("arm", "driver"),
            "needs arm.downstream_timeout: a forwarding controller goes on with the last command when we fall silent",
            "Give the time [s] after which the hardware or a wrapper stops the arm without commands; "
            "where nothing does, use joint_trajectory.",
        )
    elif arm.downstream_timeout > longest:
        yield parts.problem(
            "robot",
            ("arm", "downstream_timeout"),
            f"is longer than safety.max_unattended_motion {longest:g} s",
            "Shorten the timeout of hardware or wrapper.",
        )
    elif arm.rate * arm.downstream_timeout < 3.0:
        yield parts.problem(
            "robot",
            ("arm", "rate"),
            f"is too slow for arm.downstream_timeout {arm.downstream_timeout:g} s: one command late would stop the arm",
            f"{3.0 / arm.downstream_timeout:.3g} Hz or more.",
        )


@needs("robot.arm")
def tolerances_have_a_taker(parts: Parts) -> Iterator[ProfileProblem]:
    """Tolerances go with goals; no other way of moving an arm can carry them."""
    arm = parts.robot.arm
    if arm.tolerances is not None and arm.driver != "follow_joint_trajectory":
        yield parts.problem(
            "robot",
            ("arm", "tolerances"),
            f"driver {arm.driver!r} cannot carry tolerances",
            "Use follow_joint_trajectory, or set constraints on the controller instead.",
        )


CHECKS = (silence_stops_the_arm, tolerances_have_a_taker)
