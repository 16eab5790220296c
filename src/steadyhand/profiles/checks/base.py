"""The mobile base: there where the policy drives it, and at rest soon after the last command."""

from __future__ import annotations

from collections.abc import Iterator

from steadyhand.profiles.exceptions import ProfileProblem
from steadyhand.profiles.parts import Parts, needs

COMMAND_PERIOD = 0.1
"""Longest time between two commands while the base moves [s]: the bridge's slowest rate."""


@needs("policy.action", "robot.base")
def driven(parts: Parts) -> Iterator[ProfileProblem]:
    """A policy that drives a base has one."""
    for index, term in enumerate(parts.policy.action):
        if term.kind == "base_velocity" and parts.robot.base is None:
            yield parts.problem(
                "policy",
                ("action", index, "kind"),
                "the robot has no base",
                "Add base to the robot profile; or ignore the columns: kind: padding, size: 2.",
            )


@needs("robot.base", "robot.safety")
def stops_by_itself(parts: Parts) -> Iterator[ProfileProblem]:
    """Without commands the base stops by itself, within the motion that nobody attends to."""
    base, longest = parts.robot.base, parts.robot.safety.max_unattended_motion
    if base is None:
        return
    if base.downstream_timeout is None:
        yield parts.problem(
            "robot",
            ("base", "downstream_timeout"),
            "is missing: a base that nobody tells to stop would drive on when the bridge dies",
            "Give the time after which its controller stops without commands, such as diff_drive_controller's "
            "cmd_vel_timeout. A base without one is not driven.",
        )
    elif not COMMAND_PERIOD < base.downstream_timeout <= longest:
        yield parts.problem(
            "robot",
            ("base", "downstream_timeout"),
            f"is not within {COMMAND_PERIOD:g} s, the longest time between two commands, and max_unattended_motion "
            f"{longest:g} s",
            "Set the controller's timeout so, and write the same here.",
        )


@needs("robot.base")
def brakes(parts: Parts) -> Iterator[ProfileProblem]:
    """A stop of the base may use at least the acceleration of the motion that it ends."""
    for axis in ("linear", "angular") if parts.robot.base is not None else ():
        limits = getattr(parts.robot.base, axis)
        if limits.brake_acceleration < limits.acceleration:
            yield parts.problem(
                "robot",
                ("base", axis, "brake_acceleration"),
                f"is below the acceleration {limits.acceleration:g} that a policy may ask for",
                "A stop needs at least as much: raise it, or lower the other.",
            )


CHECKS = (driven, stops_by_itself, brakes)
