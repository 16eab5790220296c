"""Are the measured positions possible, and in the units that they are taken for?"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from steadyhand.doctor.codes import Code
from steadyhand.doctor.finding import Finding
from steadyhand.doctor.needs import resolved
from steadyhand.doctor.survey import GraphSurvey, JointMessage, Survey
from steadyhand.profiles.binding import message_joints
from steadyhand.profiles.contract import Contract
from steadyhand.profiles.urdf import parse_description

_SLACK = 0.02  # noise of encoders at a limit [rad or m]
_DEGREE = math.pi / 180.0
_FULL_TURN = 2.0 * math.pi
_OUTSIDE = 0.1  # of a gripper's range

Range = tuple[float, float]


def judge(survey: Survey, contract: Contract | None) -> Iterator[Finding]:
    """Yield positions that are not finite, look like degrees or millimetres, or are beyond the joints' limits."""
    graph = survey.graph
    if graph is None:
        return
    if contract is None:
        limits = _described(graph)
        for topic, messages in sorted(graph.joints.items()):
            yield from _not_finite(topic, messages)
            yield from _arm(topic, newest(messages), limits, "the description's")
        return
    topic = resolved(contract.robot.joint_states.topic, graph.namespace)
    messages = graph.joints.get(topic, ())
    yield from _not_finite(topic, messages)
    values = newest(messages)
    bindings = message_joints(contract.robot, contract.deployment).bindings
    positions = {one.joint: one.to_si(values[one.name]) for one in bindings if one.name in values}
    ranges = {name: (limit.lower, limit.upper) for name, limit in contract.robot.joints.items()}
    yield from _arm(topic, positions, ranges, "the profile's")
    for name, gripper in contract.robot.grippers.items():
        if gripper.joint in positions and gripper.joint not in ranges:
            bounds = (min(gripper.closed, gripper.open), max(gripper.closed, gripper.open))
            yield from _gripper(topic, name, gripper.joint, positions[gripper.joint], bounds)


def newest(messages: Sequence[JointMessage]) -> dict[str, float]:
    """Return the newest finite position of every joint, in the units of its sender."""
    found = {name: value for one in messages for name, value in zip(one.names, one.positions, strict=False)}
    return {name: value for name, value in found.items() if math.isfinite(value)}


def _described(graph: GraphSurvey) -> dict[str, Range]:
    try:
        joints = parse_description(graph.description).joints if graph.description else {}
    except (ValueError, SyntaxError):  # ElementTree's ParseError is one
        return {}
    turning = {name: joint for name, joint in joints.items() if joint.kind == "revolute"}
    return {name: (joint.lower, joint.upper) for name, joint in turning.items()}


def _not_finite(topic: str, messages: Sequence[JointMessage]) -> Iterator[Finding]:
    broken = sorted(
        {
            name
            for one in messages
            for name, value in zip(one.names, one.positions, strict=False)
            if not math.isfinite(value)
        }
    )
    if broken:
        yield Finding(
            Code.JOINT_NOT_FINITE,
            topic,
            f"positions of {', '.join(broken)} are not finite",
            "The driver has no measurement: check the encoder's connection, and that the hardware is activated.",
            broken,
        )


def _arm(topic: str, positions: Mapping[str, float], limits: Mapping[str, Range], whose: str) -> Iterator[Finding]:
    outside = {
        name: positions[name]
        for name, (lower, upper) in limits.items()
        if name in positions and not lower - _SLACK <= positions[name] <= upper + _SLACK
    }
    if not outside:
        return
    listed = ", ".join(
        f"{name} = {value:.3f} ({limits[name][0]:.3f} to {limits[name][1]:.3f})" for name, value in outside.items()
    )
    if _looks_like_degrees(positions, limits, outside):
        joints = ", ".join(f"{name}: {{unit: deg}}" for name in limits if name in positions)
        yield Finding(
            Code.JOINT_DEGREES,
            topic,
            f"positions look like degrees: {listed}",
            f"Let the driver publish radians (REP 103), or write into the deployment: joints: {{{joints}}}",
            outside,
        )
        return
    yield Finding(
        Code.JOINT_LIMITS,
        topic,
        f"positions are beyond {whose} limits: {listed}",
        "Move the joints back by hand or with the robot's own program; if they are where they should be, check sign, "
        "offset and limits.",
        outside,
    )


def _looks_like_degrees(
    positions: Mapping[str, float], limits: Mapping[str, Range], outside: Mapping[str, float]
) -> bool:
    if max(abs(value) for value in outside.values()) < _FULL_TURN:
        return False
    return all(
        lower - _SLACK <= positions[name] * _DEGREE <= upper + _SLACK
        for name, (lower, upper) in limits.items()
        if name in positions
    )


def _gripper(topic: str, name: str, joint: str, position: float, bounds: Range) -> Iterator[Finding]:
    lower, upper = bounds
    span = upper - lower
    if lower - _OUTSIDE * span <= position <= upper + _OUTSIDE * span:
        return
    words = f"gripper '{name}': {joint} = {position:.4g}, its range is {lower:g} to {upper:g}"
    for unit, factor in (("mm", 1e-3), ("deg", _DEGREE)):
        far = abs(position) > 2.0 * max(abs(lower), abs(upper))
        if far and lower - _OUTSIDE * span <= position * factor <= upper + _OUTSIDE * span:
            yield Finding(
                Code.GRIPPER_UNITS,
                topic,
                f"{words}: that looks like {unit}",
                f"Write into the deployment: joints: {{{joint}: {{unit: {unit}}}}}",
                position,
            )
            return
    yield Finding(
        Code.GRIPPER_RANGE,
        topic,
        words,
        "Correct 'closed' and 'open' of the gripper: the policy's view of its opening is made of them. Two fingers "
        "may each count half.",
        position,
    )
