"""Limits of the robot profile: the right way up, with home inside, and slow enough to stop in time."""

from __future__ import annotations

from collections.abc import Iterator

from steadyhand.profiles.braking import REFRESH_MARGIN, brake_time
from steadyhand.profiles.document import KeyPath
from steadyhand.profiles.exceptions import ProfileProblem
from steadyhand.profiles.parts import Parts, needs
from steadyhand.profiles.robot import Workspace


@needs("robot.joints")
def upside_down(parts: Parts) -> Iterator[ProfileProblem]:
    """The lower limit of every joint is below its upper one."""
    for name, limits in parts.robot.joints.items():
        if limits.lower >= limits.upper:
            yield parts.problem(
                "robot",
                ("joints", name, "lower"),
                f"lower limit {limits.lower:g} is not below the upper limit {limits.upper:g}",
                "Exchange the two.",
            )


@needs("robot.workspace", "robot.arms")
def workspace_upside_down(parts: Parts) -> Iterator[ProfileProblem]:
    """The lower corner of every workspace is below its upper one."""
    boxes: dict[KeyPath, Workspace] = {("arms", name): arm.workspace for name, arm in parts.robot.arms.items()}
    for key, box in (boxes or {(): parts.robot.workspace}).items():
        for index, (lower, upper) in enumerate(zip(box.lower, box.upper, strict=True)):
            # A workspace that is missing is told by another check.
            if lower >= upper and (key or "workspace" in parts.robot.model_fields_set):
                yield parts.problem(
                    "robot",
                    (*key, "workspace", "lower", index),
                    f"{'xyz'[index]} of the lower corner {lower:g} is not below the upper corner's {upper:g}",
                    "Exchange the two.",
                )


@needs("robot.joints", "robot.home")
def home(parts: Parts) -> Iterator[ProfileProblem]:
    """Home has one position for each joint, within its limits."""
    positions, joints = parts.robot.home, parts.robot.joints
    if len(positions) != len(joints):
        yield parts.problem(
            "robot",
            ("home",),
            f"has {len(positions)} positions for {len(joints)} joints",
            f"Give one for each, in this order: {', '.join(joints)}.",
        )
        return
    for index, (position, (name, limits)) in enumerate(zip(positions, joints.items(), strict=True)):
        if limits.lower < limits.upper and not limits.lower <= position <= limits.upper:
            yield parts.problem(
                "robot",
                ("home", index),
                f"{name} at home is outside of its limits {limits.lower:g} to {limits.upper:g}",
                "Move home inside, or correct the limits.",
            )


@needs("robot.joints")
def brake_not_weaker(parts: Parts) -> Iterator[ProfileProblem]:
    """A stop may use at least the acceleration and jerk of the motion that it ends."""
    for name, limits in parts.robot.joints.items():
        for word in ("acceleration", "jerk"):
            own, brake = getattr(limits, word), getattr(limits, f"brake_{word}")
            if brake < own:
                yield parts.problem(
                    "robot",
                    ("joints", name, f"brake_{word}"),
                    f"is below the {word} {own:g} that a policy may ask for",
                    "A stop needs at least as much: raise it, or lower the other.",
                )


@needs("robot.joints", "robot.safety")
def stops_in_time(parts: Parts) -> Iterator[ProfileProblem]:
    """From its largest speed every joint stops within the motion that is handed to the controller."""
    longest = parts.robot.safety.max_unattended_motion
    room = longest - REFRESH_MARGIN
    if room <= 0.0:
        yield parts.problem(
            "robot",
            ("safety", "max_unattended_motion"),
            f"leaves no time to brake after the refresh margin of {REFRESH_MARGIN:g} s",
            "0.5 s is usual.",
        )
        return
    for name, limits in parts.robot.joints.items():
        needed = brake_time(limits)
        if needed > room:
            yield parts.problem(
                "robot",
                ("joints", name, "velocity"),
                f"is too fast: stopping takes {needed:.3f} s, and max_unattended_motion {longest:g} s less the refresh "
                f"margin {REFRESH_MARGIN:g} s leaves {room:.3f} s",
                f"About {limits.velocity * room / needed * 0.95:.2g} would do; or raise brake_acceleration and "
                "brake_jerk as far as the arm's rating allows.",
            )


@needs("robot.grippers", "robot.joints")
def grippers(parts: Parts) -> Iterator[ProfileProblem]:
    """A gripper is open somewhere else than closed, and is no joint of the arm."""
    for name, gripper in parts.robot.grippers.items():
        if gripper.closed == gripper.open:
            yield parts.problem(
                "robot",
                ("grippers", name, "open"),
                "is the same position as closed",
                "Give the joint's position with the gripper open, and that with it closed.",
            )
        if gripper.joint in parts.robot.joints:
            yield parts.problem(
                "robot",
                ("grippers", name, "joint"),
                "is a joint of the arm too",
                "Take it out of 'joints': the arm and the gripper are driven separately.",
            )


@needs("robot.joint_states", "robot.safety")
def joint_states_fresh(parts: Parts) -> Iterator[ProfileProblem]:
    """Joint states come often enough never to be too old by themselves."""
    states, age = parts.robot.joint_states, parts.robot.safety.joint_state_age
    oldest = 1.0 / states.rate + states.latency
    if oldest >= age:
        yield parts.problem(
            "robot",
            ("safety", "joint_state_age"),
            f"joint states at {states.rate:g} Hz with {states.latency:g} s latency are up to {oldest:.3f} s old",
            "Raise it to two or three periods, or have the states published faster.",
        )


@needs("robot.cameras", "robot.safety")
def images_fresh(parts: Parts) -> Iterator[ProfileProblem]:
    """Images come often enough never to be too old by themselves."""
    age = parts.robot.safety.observation_age
    for name, camera in parts.robot.cameras.items():
        oldest = 1.0 / camera.rate + camera.latency
        if oldest >= age:
            yield parts.problem(
                "robot",
                ("cameras", name, "rate"),
                f"images are up to {oldest:.3f} s old, more than safety.observation_age {age:g} s",
                "Have the camera publish faster, or raise observation_age.",
            )


CHECKS = (
    upside_down,
    workspace_upside_down,
    home,
    brake_not_weaker,
    stops_in_time,
    grippers,
    joint_states_fresh,
    images_fresh,
)
