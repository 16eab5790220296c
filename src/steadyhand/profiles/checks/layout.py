"""The policy's state and action layout against the robot: what each element stands for must exist, once."""

from __future__ import annotations

from collections.abc import Iterator

from steadyhand.profiles.action import EndEffectorPositionAction, EndEffectorRotationAction
from steadyhand.profiles.exceptions import ProfileProblem
from steadyhand.profiles.parts import Parts, needs
from steadyhand.profiles.search import suggestion

_TWICE = ("joint_position", "joint_velocity", "gripper", "padding")
"""Kinds that may have several terms: a policy for two arms has the joints of each, with the grippers between."""

_YAWS = ("yaw", "yaw_sin_cos")


@needs("policy.state", "robot.grippers")
def state_grippers(parts: Parts) -> Iterator[ProfileProblem]:
    """Grippers of the state are grippers of the robot."""
    yield from _grippers(parts, "state")


@needs("policy.action", "robot.grippers")
def action_grippers(parts: Parts) -> Iterator[ProfileProblem]:
    """Grippers of the action are grippers of the robot."""
    yield from _grippers(parts, "action")


def _grippers(parts: Parts, key: str) -> Iterator[ProfileProblem]:
    known = list(parts.robot.grippers)
    for index, term in enumerate(getattr(parts.policy, key)):
        if term.kind == "gripper" and term.gripper not in known:
            yield parts.problem(
                "policy",
                (key, index, "gripper"),
                f"the robot has no gripper {term.gripper!r}",
                suggestion(term.gripper, known, noun="grippers"),
            )


@needs("policy.state", "robot.joints", "deployment.policy_joints")
def state_joints(parts: Parts) -> Iterator[ProfileProblem]:
    """Joints of the state are joints of the robot, or bound to one."""
    yield from _joints(parts, "state")


@needs("policy.action", "robot.joints", "deployment.policy_joints")
def action_joints(parts: Parts) -> Iterator[ProfileProblem]:
    """Joints of the action are joints of the robot, or bound to one."""
    yield from _joints(parts, "action")


def _joints(parts: Parts, key: str) -> Iterator[ProfileProblem]:
    known = [*parts.robot.joints, *parts.deployment.policy_joints]
    for index, term in enumerate(getattr(parts.policy, key)):
        names = getattr(term, "joints", ())
        for place, name in enumerate(names):
            if name not in known:
                yield parts.problem(
                    "policy",
                    (key, index, "joints", place),
                    f"neither a joint of the robot nor of the deployment's policy_joints: {name!r}",
                    suggestion(name, known, noun="joints"),
                )
            elif name in names[:place]:
                yield parts.problem(
                    "policy", (key, index, "joints", place), f"{name!r} is listed twice", "Keep one of the two."
                )


@needs("policy.action")
def arm_actions(parts: Parts) -> Iterator[ProfileProblem]:
    """A row moves every arm in the same one way."""
    kinds = [term.kind for term in parts.policy.action]
    terms = [(term.kind, getattr(term, "arm", "")) for term in parts.policy.action]
    for index, (kind, arm) in enumerate(terms):
        if (kind, arm) in terms[:index] and kind not in _TWICE:
            about = f" of arm {arm!r}" if arm else ""
            yield parts.problem(
                "policy", ("action", index, "kind"), f"there are two terms {kind}{about}", "Keep one of the two."
            )
    moving = sorted({kind for kind in kinds if kind in ("joint_position", "joint_velocity", "end_effector_position")})
    if len(moving) > 1:
        yield parts.problem(
            "policy",
            ("action",),
            f"the arm is moved in {len(moving)} ways at once: {', '.join(moving)}",
            "Keep one of them.",
            value=moving,
        )
    if not moving:
        yield parts.problem(
            "policy",
            ("action",),
            "nothing moves the arm",
            "Add joint_position, joint_velocity or end_effector_position.",
            value=kinds,
        )
    for index, (kind, arm) in enumerate(terms):
        if kind == "end_effector_rotation" and ("end_effector_position", arm) not in terms and moving:
            yield parts.problem(
                "policy",
                ("action", index, "kind"),
                "a rotation of the tool without a position",
                "Add end_effector_position, or move joints alone.",
            )


@needs("policy.action")
def pose_axes(parts: Parts) -> Iterator[ProfileProblem]:
    """Relative poses are written in the axes of the tool, absolute ones and yaws in those of the base."""
    for index, term in enumerate(parts.policy.action):
        if not isinstance(term, EndEffectorPositionAction | EndEffectorRotationAction):
            continue
        frame, key = term.frame, ("action", index, "frame")
        if frame == "base" and term.meaning == "relative":
            yield parts.problem(
                "policy",
                key,
                "a relative pose T_obs^-1 T is written in the axes of the tool",
                "Write frame: tool; or meaning: delta_to_observation for axes of the base.",
                value="base",
            )
        elif frame == "tool" and term.meaning == "absolute":
            yield parts.problem(
                "policy",
                key,
                "an absolute pose is expressed in the base frame",
                "Leave frame out; or write meaning: relative for poses seen from the tool at the observation.",
            )
        elif frame == "tool" and getattr(term, "representation", "") in _YAWS:
            yield parts.problem(
                "policy",
                key,
                "a yaw is the heading about the base's z axis of a tool that points straight down",
                "Leave frame out; or choose a representation of whole rotations.",
            )


@needs("policy.action", "robot.joints", "deployment.policy_joints")
def arm_joints(parts: Parts) -> Iterator[ProfileProblem]:
    """Joints of the policy that an action moves are joints of the arm, each moved by one column."""
    moved: dict[str, str] = {}
    for index, term in enumerate(parts.policy.action):
        for place, name in enumerate(getattr(term, "joints", ())):
            binding = parts.deployment.policy_joints.get(name)
            joint = name if binding is None else binding.joint
            if binding is not None and joint not in parts.robot.joints:
                yield parts.problem(
                    "policy",
                    ("action", index, "joints", place),
                    f"{name!r} is bound to {joint!r}, which is no joint of the arm",
                    "A gripper has a term of kind gripper.",
                )
            elif moved.get(joint, name) != name:
                yield parts.problem(
                    "policy",
                    ("action", index, "joints", place),
                    f"{name!r} is bound to {joint!r}, which {moved[joint]!r} moves already",
                    "Each joint is moved by one column.",
                )
            moved.setdefault(joint, name)


@needs("policy.state")
def state_names(parts: Parts) -> Iterator[ProfileProblem]:
    """Names of the state's elements are unique."""
    yield from _unique(parts, "state", parts.policy.state_names)


@needs("policy.action")
def dimension_names(parts: Parts) -> Iterator[ProfileProblem]:
    """Names of the action's columns are unique."""
    yield from _unique(parts, "action", parts.policy.dimension_names)


def _unique(parts: Parts, key: str, names: tuple[str, ...]) -> Iterator[ProfileProblem]:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        yield parts.problem(
            "policy",
            (key,),
            f"elements with the same name: {', '.join(twice)}",
            "Each joint, gripper and pose element may appear once.",
            value=list(names),
        )


@needs("policy.state")
def state_openings(parts: Parts) -> Iterator[ProfileProblem]:
    """Open and closed differ in the state."""
    yield from _openings(parts, "state")


@needs("policy.action")
def action_openings(parts: Parts) -> Iterator[ProfileProblem]:
    """Open and closed differ in the action, and the threshold can be passed both ways."""
    yield from _openings(parts, "action")
    for index, term in enumerate(parts.policy.action):
        if term.kind != "gripper":
            continue
        if not (term.hysteresis < term.threshold and term.threshold + term.hysteresis < 1.0):
            yield parts.problem(
                "policy",
                ("action", index, "hysteresis"),
                f"the opening could never pass the threshold {term.threshold:g} by this much both ways",
                "Openings go from 0 to 1: threshold - hysteresis must be above 0, threshold + hysteresis below 1.",
                value=term.hysteresis,
            )


def _openings(parts: Parts, key: str) -> Iterator[ProfileProblem]:
    for index, term in enumerate(getattr(parts.policy, key)):
        if term.kind == "gripper" and term.closed == term.open:
            yield parts.problem(
                "policy",
                (key, index, "open"),
                "is the same value as closed",
                "Give the two values; where more means closed, open is the smaller one.",
                value=term.open,
            )


CHECKS = (
    state_grippers,
    action_grippers,
    state_joints,
    action_joints,
    arm_actions,
    pose_axes,
    arm_joints,
    state_names,
    dimension_names,
    state_openings,
    action_openings,
)
