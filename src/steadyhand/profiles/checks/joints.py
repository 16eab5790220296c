"""Joints that messages or the policy call, count or turn differently: they exist, and their units can be converted."""

from __future__ import annotations

from collections.abc import Iterator

from steadyhand.profiles.binding import UNITS
from steadyhand.profiles.deployment import JointConversion
from steadyhand.profiles.document import KeyPath
from steadyhand.profiles.exceptions import ProfileProblem
from steadyhand.profiles.parts import Parts, needs
from steadyhand.profiles.search import suggestion


@needs("deployment.joints", "robot.joints", "robot.grippers")
def message_joints(parts: Parts) -> Iterator[ProfileProblem]:
    """Joints of messages are bound to joints of the robot, each to its own."""
    known = _robot_joints(parts)
    for name in parts.deployment.joints:
        if name not in known:
            remedy = suggestion(name, known, noun="joints of the robot and its grippers")
            yield parts.problem("deployment", ("joints", name), f"the robot has no joint {name!r}", remedy)
    users: dict[str, str] = {}
    for name in known:
        binding = parts.deployment.joints.get(name)
        message = binding.message if binding is not None and binding.message else name
        if message in users:
            culprit = name if name in parts.deployment.joints else users[message]
            yield parts.problem(
                "deployment",
                ("joints", culprit, "message"),
                f"{message!r} in the messages feeds both {users[message]!r} and {name!r}",
                "Each joint of the messages feeds one joint.",
            )
        users.setdefault(message, name)


@needs("deployment.policy_joints", "robot.joints", "robot.grippers")
def policy_joints(parts: Parts) -> Iterator[ProfileProblem]:
    """Joints of the policy are bound to joints of the robot, each to its own."""
    known = _robot_joints(parts)
    users: dict[str, str] = {}
    for name, binding in parts.deployment.policy_joints.items():
        key = ("policy_joints", name, "joint")
        if binding.joint not in known:
            remedy = suggestion(binding.joint, known, noun="joints of the robot and its grippers")
            yield parts.problem("deployment", key, f"the robot has no joint {binding.joint!r}", remedy)
        elif binding.joint in users:
            yield parts.problem(
                "deployment",
                key,
                f"{binding.joint!r} is bound to {users[binding.joint]!r} already",
                "Each joint is bound once.",
            )
        users.setdefault(binding.joint, name)


@needs("deployment.joints", "urdf")
def message_units(parts: Parts) -> Iterator[ProfileProblem]:
    """Units of messages can be converted."""
    for name, binding in parts.deployment.joints.items():
        yield from _unit(parts, ("joints", name), name, binding)


@needs("deployment.policy_joints", "urdf")
def policy_units(parts: Parts) -> Iterator[ProfileProblem]:
    """Units of the policy can be converted."""
    for name, binding in parts.deployment.policy_joints.items():
        yield from _unit(parts, ("policy_joints", name), binding.joint, binding)


def _unit(parts: Parts, key: KeyPath, joint: str, conversion: JointConversion) -> Iterator[ProfileProblem]:
    assert parts.urdf is not None
    described = parts.urdf.joints.get(joint)
    if described is None or conversion.unit is None:
        return
    dimension, _ = UNITS[conversion.unit]
    if dimension not in ("", described.unit):
        known = [unit for unit, (own, _) in UNITS.items() if own in ("", described.unit)]
        yield parts.problem(
            "deployment",
            (*key, "unit"),
            f"{joint!r} is {described.kind}: {conversion.unit} cannot be converted to {described.unit}",
            f"Possible: {', '.join(known)}.",
        )
    if conversion.unit == "ticks" and "scale" not in conversion.model_fields_set:
        yield parts.problem(
            "deployment",
            (*key, "scale"),
            "ticks need a scale",
            f"Give {described.unit} for one tick, such as 2 pi / 4096 = 0.00153398 for a 12-bit encoder.",
        )


def _robot_joints(parts: Parts) -> list[str]:
    grippers = [gripper.joint for gripper in parts.robot.grippers.values()]
    return list(dict.fromkeys([*parts.robot.joints, *grippers]))


CHECKS = (message_joints, policy_joints, message_units, policy_units)
