"""Words that are valid but cannot be executed yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from steadyhand.profiles import support
from steadyhand.profiles.exceptions import ProfileProblem
from steadyhand.profiles.parts import FileRole, Parts, needs


@needs("policy.action")
def actions(parts: Parts) -> Iterator[ProfileProblem]:
    """Every column must be one that can be turned into motion."""
    for index, term in enumerate(parts.policy.action):
        words = (
            term.kind,
            *(getattr(term, name) for name in ("meaning", "frame", "representation") if hasattr(term, name)),
        )
        if words not in support.ACTIONS:
            same = [" ".join(known[1:]) for known in support.ACTIONS if known[0] == term.kind]
            yield parts.problem(
                "policy",
                ("action", index),
                f"{term.kind} of this meaning cannot be executed yet",
                _remedy(same) if same else _remedy({known[0] for known in support.ACTIONS}),
                value=" ".join(words[1:]),
            )


@needs("policy.state")
def states(parts: Parts) -> Iterator[ProfileProblem]:
    """Every element of the state must be one that can be assembled."""
    for index, term in enumerate(parts.policy.state):
        yield from _known(parts, "policy", ("state", index, "kind"), term.kind, support.STATES)


@needs("policy.images")
def encodings(parts: Parts) -> Iterator[ProfileProblem]:
    """Every image must be in an order of colours that it can be given in."""
    for key, image in parts.policy.images.items():
        yield from _known(parts, "policy", ("images", key, "encoding"), image.encoding, support.ENCODINGS)


@needs("deployment.mode")
def mode(parts: Parts) -> Iterator[ProfileProblem]:
    """The bridge must offer the mode."""
    yield from _known(parts, "deployment", ("mode",), parts.deployment.mode, support.MODES)


@needs("policy.stitching")
def stitching(parts: Parts) -> Iterator[ProfileProblem]:
    """The way of stitching must exist."""
    method = parts.policy.stitching.method
    yield from _known(parts, "policy", ("stitching", "method"), method, support.STITCHINGS)


@needs("policy.normalisation")
def normalisation(parts: Parts) -> Iterator[ProfileProblem]:
    """The way of normalisation must exist."""
    method = parts.policy.normalisation.method
    yield from _known(parts, "policy", ("normalisation", "method"), method, support.NORMALISATIONS)


@needs("policy.history")
def history(parts: Parts) -> Iterator[ProfileProblem]:
    """The policy must not see more observations than can be assembled."""
    if parts.policy.history > support.HISTORY:
        yield parts.problem(
            "policy", ("history",), "so many observations cannot be assembled yet", f"At most {support.HISTORY}."
        )


@needs("robot.arm")
def arm_driver(parts: Parts) -> Iterator[ProfileProblem]:
    """The arm's driver must exist."""
    yield from _known(parts, "robot", ("arm", "driver"), parts.robot.arm.driver, support.ARM_DRIVERS)


@needs("robot.grippers")
def gripper_drivers(parts: Parts) -> Iterator[ProfileProblem]:
    """Every gripper's driver must exist."""
    for name, gripper in parts.robot.grippers.items():
        yield from _known(parts, "robot", ("grippers", name, "driver"), gripper.driver, support.GRIPPER_DRIVERS)


@needs("deployment.end_effector", "robot.frames")
def base_override(parts: Parts) -> Iterator[ProfileProblem]:
    """The policy's base frame must be the robot's."""
    base, own = parts.deployment.end_effector.base, parts.robot.frames.base
    if base not in ("", own):
        yield parts.problem(
            "deployment",
            ("end_effector", "base"),
            "a base frame other than the robot profile's cannot be executed yet",
            f"Leave it out, or make it {own!r}.",
        )


@needs("policy.action", "deployment.policy_joints")
def converted_actions(parts: Parts) -> Iterator[ProfileProblem]:
    """Joints of an action must be the robot's own."""
    if support.CONVERTED_ACTIONS:
        return
    for index, term in enumerate(parts.policy.action):
        for name in getattr(term, "joints", ()):
            if name in parts.deployment.policy_joints:
                yield parts.problem(
                    "deployment",
                    ("policy_joints", name),
                    f"action[{index}] of the policy is about this joint, which cannot be converted yet",
                    "Have the policy act on the robot profile's joints in rad or m. For the state it can be converted.",
                )


def _known(
    parts: Parts, file: FileRole, key: tuple[str | int, ...], word: str, known: frozenset[str]
) -> Iterator[ProfileProblem]:
    if word not in known:
        yield parts.problem(file, key, "cannot be executed yet", _remedy(known), value=word)


def _remedy(words: Iterable[str]) -> str:
    return f"A valid word, but not built yet. Possible today: {', '.join(sorted(words))}."


CHECKS = (
    actions,
    states,
    encodings,
    mode,
    stitching,
    normalisation,
    history,
    arm_driver,
    gripper_drivers,
    base_override,
    converted_actions,
)
