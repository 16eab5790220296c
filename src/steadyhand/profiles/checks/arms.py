"""One arm or several: each has its own controller and joints, and what is about a tool says of which arm."""

from __future__ import annotations

from collections.abc import Iterator

from steadyhand.profiles.exceptions import ProfileProblem
from steadyhand.profiles.parts import Parts, needs
from steadyhand.profiles.search import suggestion

_OF_ONE = ("arm", "workspace", "tool", "moveit")


@needs("robot.arm", "robot.arms", "robot.frames", "robot.workspace")
def one_or_several(parts: Parts) -> Iterator[ProfileProblem]:
    """A robot says arm for one or arms for several, and not a part of each."""
    robot = parts.robot
    given = parts.robot_draft.document.data if parts.robot_draft is not None else {}
    if robot.arms:
        for key in _OF_ONE:
            if key in given:
                yield parts.problem("robot", (key,), "the robot has arms", "Write it below each of the arms.")
        for name, arm in robot.arms.items():
            if not arm.frames.tip:
                yield parts.problem("robot", ("arms", name, "frames", "tip"), "is missing", "Name the arm's last link.")
        return
    for key in ("arm", "workspace"):
        if key not in given:
            yield parts.problem("robot", (key,), "is missing", "Add the key; a robot with several arms has arms.")
    # Where another key stands in its place, that one is told.
    if not robot.frames.tip and set(given.get("frames", ())) <= {"base"}:
        yield parts.problem("robot", ("frames", "tip"), "is missing", "Name the arm's last link.")


@needs("robot.arms", "robot.joints")
def joints(parts: Parts) -> Iterator[ProfileProblem]:
    """Each joint belongs to one arm."""
    robot = parts.robot
    owners: dict[str, str] = {}
    for name, arm in robot.arms.items():
        for place, joint in enumerate(arm.joints):
            key = ("arms", name, "joints", place)
            if joint not in robot.joints:
                remedy = suggestion(joint, list(robot.joints), noun="joints")
                yield parts.problem("robot", key, f"there is no {joint!r} among the robot's joints", remedy)
            elif joint in owners:
                yield parts.problem(
                    "robot", key, f"{joint!r} is a joint of {owners[joint]!r} already", "Each joint has one controller."
                )
            owners.setdefault(joint, name)
    for joint in robot.joints if robot.arms else ():
        if joint not in owners:
            yield parts.problem(
                "robot", ("joints", joint), "belongs to none of the arms", "List it under the joints of its arm."
            )


@needs("robot.arms")
def controllers(parts: Parts) -> Iterator[ProfileProblem]:
    """Each arm has a controller of its own."""
    users: dict[str, str] = {}
    for name, arm in parts.robot.arms.items():
        if arm.controller in users:
            yield parts.problem(
                "robot",
                ("arms", name, "controller"),
                f"drives {users[arm.controller]!r} already",
                "Two arms of one controller are one arm with the joints of both.",
            )
        users.setdefault(arm.controller, name)


@needs("policy.action", "robot.arms")
def action_arms(parts: Parts) -> Iterator[ProfileProblem]:
    """Poses of the action are of an arm that the robot has."""
    yield from _arms(parts, "action")


@needs("policy.state", "robot.arms")
def state_arms(parts: Parts) -> Iterator[ProfileProblem]:
    """Poses of the state are of an arm that the robot has."""
    yield from _arms(parts, "state")


def _arms(parts: Parts, key: str) -> Iterator[ProfileProblem]:
    known = list(parts.robot.arms)
    for index, term in enumerate(getattr(parts.policy, key)):
        if not term.kind.startswith("end_effector") or term.arm in (known or [""]):
            continue
        if known:
            message = f"the robot has no arm {term.arm!r}" if term.arm else "does not say of which arm"
            remedy = suggestion(term.arm, known, noun="arms")
        else:
            message, remedy = f"the robot has one arm, which has no name: {term.arm!r}", "Leave arm out."
        yield parts.problem("policy", (key, index, "arm"), message, remedy)


CHECKS = (one_or_several, joints, controllers, action_arms, state_arms)
