"""The robot profile against its description: joints, frames and limits that are really there."""

from __future__ import annotations

from collections.abc import Iterator

from steadyhand.profiles.document import KeyPath
from steadyhand.profiles.exceptions import ProfileProblem
from steadyhand.profiles.parts import FileRole, Parts, needs
from steadyhand.profiles.robot import Frames
from steadyhand.profiles.search import suggestion

_ROUNDING = 1e-6


@needs("robot.joints", "urdf")
def joints(parts: Parts) -> Iterator[ProfileProblem]:
    """Every joint of the arm is in the description and moves by itself."""
    for name in parts.robot.joints:
        yield from _movable(parts, ("joints", name), name)


@needs("robot.grippers", "urdf")
def gripper_joints(parts: Parts) -> Iterator[ProfileProblem]:
    """Every gripper's joint is in the description, and open and closed are within its limits."""
    assert parts.urdf is not None
    for name, gripper in parts.robot.grippers.items():
        wrong = list(_movable(parts, ("grippers", name, "joint"), gripper.joint))
        yield from wrong
        if wrong:
            continue
        described = parts.urdf.joints[gripper.joint]
        for word, position in (("closed", gripper.closed), ("open", gripper.open)):
            if not described.lower - _ROUNDING <= position <= described.upper + _ROUNDING:
                yield parts.problem(
                    "robot",
                    ("grippers", name, word),
                    f"is outside of the description's limits of {gripper.joint}, "
                    f"{described.lower:g} to {described.upper:g} {described.unit}",
                    f"Give the position of {gripper.joint} in {described.unit}.",
                )


def _movable(parts: Parts, key: KeyPath, name: str) -> Iterator[ProfileProblem]:
    assert parts.urdf is not None
    described = parts.urdf.joints.get(name)
    known = [joint for joint in parts.urdf.movable if not parts.urdf.joints[joint].mimics]
    if described is None:
        remedy = suggestion(name, known, noun="joints that move")
        yield parts.problem("robot", key, f"there is no joint {name!r} in the description", remedy)
    elif name not in parts.urdf.movable:
        remedy = suggestion(name, known, noun="joints that move")
        yield parts.problem("robot", key, f"joint {name!r} is {described.kind} in the description", remedy)
    elif described.mimics:
        yield parts.problem(
            "robot", key, f"joint {name!r} follows {described.mimics!r}", f"Name {described.mimics!r} instead."
        )


@needs("robot.joints", "urdf")
def limits(parts: Parts) -> Iterator[ProfileProblem]:
    """No limit reaches beyond the description's."""
    assert parts.urdf is not None
    for name, own in parts.robot.joints.items():
        described = parts.urdf.joints.get(name)
        if described is None or name not in parts.urdf.movable:
            continue
        unit = described.unit
        if own.lower < described.lower - _ROUNDING:
            yield parts.problem(
                "robot",
                ("joints", name, "lower"),
                f"is below the description's lower limit {described.lower:g} {unit}",
                f"Raise it to {described.lower:g} or more, with a margin.",
            )
        if own.upper > described.upper + _ROUNDING:
            yield parts.problem(
                "robot",
                ("joints", name, "upper"),
                f"is above the description's upper limit {described.upper:g} {unit}",
                f"Lower it to {described.upper:g} or less, with a margin.",
            )
        if own.velocity > described.velocity + _ROUNDING:
            yield parts.problem(
                "robot",
                ("joints", name, "velocity"),
                f"is above the description's limit {described.velocity:g} {unit}/s",
                "Lower it; what a policy may ask for is well below what the motor can do.",
            )


@needs("robot.frames", "robot.arms", "urdf")
def frames(parts: Parts) -> Iterator[ProfileProblem]:
    """The frames are in the description."""
    yield from _link(parts, "robot", ("frames", "base"), parts.robot.frames.base)
    for key, frames in _chains(parts):
        if key:
            yield from _link(parts, "robot", (*key, "frames", "base"), frames.base)
        if frames.tip:
            yield from _link(parts, "robot", (*key, "frames", "tip"), frames.tip)


def _chains(parts: Parts) -> Iterator[tuple[KeyPath, Frames]]:
    """Give the frames of each arm, with the key that they stand below."""
    for name, arm in parts.robot.arms.items():
        yield ("arms", name), arm.frames
    if not parts.robot.arms:
        yield (), parts.robot.frames


@needs("robot.cameras", "urdf")
def camera_frames(parts: Parts) -> Iterator[ProfileProblem]:
    """The cameras' frames, where they are given, are in the description."""
    for name, camera in parts.robot.cameras.items():
        if camera.frame:
            yield from _link(parts, "robot", ("cameras", name, "frame"), camera.frame)


@needs("deployment.end_effector", "urdf")
def override_frames(parts: Parts) -> Iterator[ProfileProblem]:
    """The deployment's base frame, where it is given, is in the description."""
    if parts.deployment.end_effector.base:
        yield from _link(parts, "deployment", ("end_effector", "base"), parts.deployment.end_effector.base)


@needs("deployment.end_effector", "robot.joints", "urdf")
def override_at_rest(parts: Parts) -> Iterator[ProfileProblem]:
    """The deployment's base frame is not moved by the arm."""
    assert parts.urdf is not None
    base = parts.deployment.end_effector.base
    moving = [name for name in parts.urdf.above(base) if name in parts.robot.joints]
    if moving:
        yield parts.problem(
            "deployment",
            ("end_effector", "base"),
            f"is moved by {', '.join(moving)} of the arm: poses expressed in it would move with the arm",
            "Name a link that stays where the arm is mounted; for values in the axes of the tool write frame: tool.",
        )


def _link(parts: Parts, file: FileRole, key: KeyPath, name: str) -> Iterator[ProfileProblem]:
    assert parts.urdf is not None
    if name not in parts.urdf.links:
        remedy = suggestion(name, sorted(parts.urdf.links), noun="links")
        yield parts.problem(file, key, f"there is no link {name!r} in the description", remedy)


@needs("robot.frames", "robot.arms", "robot.joints", "urdf")
def chain(parts: Parts) -> Iterator[ProfileProblem]:
    """The joints of each arm are exactly those that move its tip against its base."""
    for key, frames in _chains(parts):
        joints = parts.robot.arms[str(key[1])].joints if key else tuple(parts.robot.joints)
        yield from _chain(parts, key, frames, joints)


def _chain(parts: Parts, key: KeyPath, frames: Frames, joints: tuple[str, ...]) -> Iterator[ProfileProblem]:
    assert parts.urdf is not None
    base, tip = frames.base, frames.tip
    if not {base, tip} <= parts.urdf.links:
        return
    between = parts.urdf.chain(base, tip)
    if not between:
        yield parts.problem(
            "robot",
            (*key, "frames", "tip"),
            f"is not beyond {base!r} in the description",
            "Exchange or correct the frames.",
        )
        return
    for place, name in enumerate(joints):
        if name in parts.urdf.joints and name not in between:
            yield parts.problem(
                "robot",
                (*key, "joints", place) if key else ("joints", name),
                f"does not move {tip!r} against {base!r}",
                "Correct the frames, or take the joint out.",
            )
    for name in between:
        if name in parts.urdf.movable and name not in joints and not parts.urdf.joints[name].mimics:
            yield parts.problem(
                "robot",
                (*key, "joints"),
                f"joint {name!r} between {base!r} and {tip!r} is not listed: its position would be taken for 0",
                "List it, or choose a base beyond it.",
            )


CHECKS = (joints, gripper_joints, limits, frames, camera_frames, override_frames, override_at_rest, chain)
