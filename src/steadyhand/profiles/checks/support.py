"""Words that are valid but cannot be executed yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from steadyhand.profiles import support
from steadyhand.profiles.exceptions import ProfileProblem
from steadyhand.profiles.parts import FileRole, Parts, needs


@needs("policy.state")
def states(parts: Parts) -> Iterator[ProfileProblem]:
    """Every element of the state must be one that can be assembled."""
    for index, term in enumerate(parts.policy.state):
        yield from _known(parts, "policy", ("state", index, "kind"), term.kind, support.STATES)


@needs("deployment.mode")
def mode(parts: Parts) -> Iterator[ProfileProblem]:
    """The bridge must offer the mode."""
    yield from _known(parts, "deployment", ("mode",), parts.deployment.mode, support.MODES)


@needs("policy.stitching")
def stitching(parts: Parts) -> Iterator[ProfileProblem]:
    """The way of stitching must exist."""
    method = parts.policy.stitching.method
    yield from _known(parts, "policy", ("stitching", "method"), method, support.STITCHINGS)


@needs("policy.stitching", "policy.backend")
def stitching_backend(parts: Parts) -> Iterator[ProfileProblem]:
    """The policy's backend must do its part in the way of stitching."""
    method, backend = parts.policy.stitching.method, parts.policy.backend
    able = support.STITCHING_BACKENDS.get(method)
    if able is not None and backend in support.BACKENDS and backend not in able:
        yield parts.problem(
            "policy",
            ("stitching", "method"),
            f"backend {backend!r} cannot take part in it",
            f"It takes backend {' or '.join(sorted(able))}; splice asks nothing of the policy.",
            value=method,
        )


@needs("robot.arm", "robot.arms")
def arm_driver(parts: Parts) -> Iterator[ProfileProblem]:
    """The driver of every arm must exist."""
    yield from _known(parts, "robot", ("arm", "driver"), parts.robot.arm.driver, support.ARM_DRIVERS)
    for name, arm in parts.robot.arms.items():
        yield from _known(parts, "robot", ("arms", name, "driver"), arm.driver, support.ARM_DRIVERS)


@needs("robot.grippers")
def gripper_drivers(parts: Parts) -> Iterator[ProfileProblem]:
    """Every gripper's driver must exist."""
    for name, gripper in parts.robot.grippers.items():
        yield from _known(parts, "robot", ("grippers", name, "driver"), gripper.driver, support.GRIPPER_DRIVERS)


@needs("robot.scene")
def scene(parts: Parts) -> Iterator[ProfileProblem]:
    """The scene check must exist."""
    yield from _known(parts, "robot", ("scene", "check"), parts.robot.scene.check, support.SCENES)


@needs("robot.start")
def start_planner(parts: Parts) -> Iterator[ProfileProblem]:
    """The planner must exist."""
    yield from _known(parts, "robot", ("start", "planner"), parts.robot.start.planner, support.START_PLANNERS)


@needs("robot.arm", "robot.scene", "robot.start", "robot.moveit")
def moveit(parts: Parts) -> Iterator[ProfileProblem]:
    """Whoever asks for MoveIt says the planning group."""
    robot = parts.robot
    asked = {
        ("arm", "driver"): robot.arm.driver,
        ("scene", "check"): robot.scene.check,
        ("start", "planner"): robot.start.planner,
    }
    for key, word in asked.items():
        if word in ("move_group", "moveit_py") and robot.moveit is None:
            remedy = "Add `moveit: {group: NAME}`, with the arm's group of the MoveIt configuration."
            yield parts.problem("robot", key, "MoveIt needs the planning group", remedy, value=word)
        elif word == "moveit_py" and robot.moveit is not None and not robot.moveit.package:
            remedy = "Add `package: NAME_moveit_config` to `moveit`, or choose move_group, which needs none."
            yield parts.problem("robot", key, "moveit_py needs the MoveIt configuration package", remedy, value=word)
    if robot.arm.driver == "move_group" and robot.start.planner == "none":
        remedy = "Write `start: {planner: move_group}`, or `arm.driver: joint_trajectory`."
        yield parts.problem(
            "robot",
            ("arm", "driver"),
            "move_group is to bring the arm to its start pose, and start.planner asks nobody",
            remedy,
            value=robot.arm.driver,
        )


def _known(
    parts: Parts, file: FileRole, key: tuple[str | int, ...], word: str, known: frozenset[str]
) -> Iterator[ProfileProblem]:
    if word not in known:
        yield parts.problem(file, key, "cannot be executed yet", _remedy(known), value=word)


def _remedy(words: Iterable[str]) -> str:
    return f"A valid word, but not built yet. Possible today: {', '.join(sorted(words))}."


CHECKS = (
    states,
    mode,
    stitching,
    stitching_backend,
    arm_driver,
    gripper_drivers,
    scene,
    start_planner,
    moveit,
)
