"""The text of a robot profile from what a live robot says of itself."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from xml.etree import ElementTree

from steadyhand.profiles.from_robot.guesses import FoundArm, FoundGripper, found_arms, found_grippers
from steadyhand.profiles.from_robot.limits import (
    LARGEST,
    MARGIN,
    SECONDS,
    TURN,
    UNKNOWN,
    VELOCITY_PART,
    SafeLimits,
    safe_limits,
)
from steadyhand.profiles.from_robot.live import LiveCamera, LiveRobot
from steadyhand.profiles.from_robot.semantics import parse_semantics
from steadyhand.profiles.urdf import Description, parse_description

_HOMES = ("ready", "home", "rest", "up")
_REACH = 0.7


def profile_text(robot: LiveRobot, name: str, description: str) -> str:
    """Return a robot profile, YAML with comments; what is guessed says GUESS.

    Args:
        robot: What the robot says of itself.
        name: Name of the profile.
        description: What the profile's ``description`` is to be: a path or ``package://PACKAGE/PATH``.

    Raises:
        UnclearRobotError: It has no arm.
        SemanticsError: Its SRDF cannot be read.
    """
    described = parse_description(robot.urdf)
    semantics = parse_semantics(robot.srdf, described)
    arms = found_arms(robot, described, semantics)
    grippers = found_grippers(robot, described, semantics, arms)
    joints = {joint: safe_limits(described.joints[joint]) for arm in arms for joint in arm.joints}
    lines = [
        f"# {name}: written by `steadyhand profile from-robot`. Read every line, most of all those with GUESS, before",
        "# this profile moves anything; then run `steadyhand check` on a deployment with it.",
        f"name: {name}",
        f"description: {description}",
        "",
        *_joints(joints, described),
        *_home(robot, arms, joints),
        "",
        *_joint_states(robot),
        "",
        *_arms(arms, robot, described),
        "",
        *_grippers(grippers),
        *_scene(robot, semantics.disabled),
        "",
        *_cameras(robot.cameras, described),
        *_safety(robot),
    ]
    return "\n".join(lines) + "\n"


def _joints(joints: dict[str, SafeLimits], described: Description) -> Iterator[str]:
    yield "# What a policy may ask for, not what the motors can do. GUESS from the description, by these rules:"
    yield f"#   position: its limits less {MARGIN['rad']:g} rad or {MARGIN['m']:g} m; without limits +-{TURN:g} rad;"
    yield (
        f"#   velocity: {VELOCITY_PART:.0%} of its limit, at most {LARGEST['rad']:g} rad/s or {LARGEST['m']:g} m/s, "
        f"and {UNKNOWN['rad']:g} rad/s or {UNKNOWN['m']:g} m/s where it has none;"
    )
    yield (
        f"#   acceleration: that velocity in {SECONDS['acceleration']:g} s, "
        f"of a stop in {SECONDS['brake_acceleration']:g} s. Compare both with the arm's data sheet."
    )
    yield "joints:"
    for name, limits in joints.items():
        values = ", ".join(f"{key}: {_number(value)}" for key, value in limits._asdict().items())
        yield f"  {_word(name)}: {{{values}}}    # [{described.joints[name].unit}]"


def _home(robot: LiveRobot, arms: Sequence[FoundArm], joints: dict[str, SafeLimits]) -> Iterator[str]:
    positions: list[float] = []
    sources = []
    for arm in arms:
        known = {state.lower(): (state, values) for state, values in arm.states.items()}
        found = next((known[word] for word in _HOMES if word in known), None)
        for joint in arm.joints:
            limits = joints[joint]
            if found is not None and joint in found[1]:
                position, source = found[1][joint], f"the SRDF's state {found[0]!r} of {arm.group}"
            elif joint in robot.positions:
                position, source = robot.positions[joint], "where the joints were measured"
            else:
                position, source = (
                    min(max(0.0, limits.lower), limits.upper),
                    "0, or the nearest to it within the limits",
                )
            positions.append(float(f"{min(max(position, limits.lower), limits.upper):.4f}"))
            sources.append(source)
    yield f"# GUESS: {'; '.join(dict.fromkeys(sources))}; brought inside of the limits. Every episode begins here."
    yield f"home: [{', '.join(_number(position) for position in positions)}]"


def _joint_states(robot: LiveRobot) -> Iterator[str]:
    topic = robot.joint_topic or "/joint_states"
    rate = float(f"{robot.joint_rate:.3g}") if robot.joint_rate > 0.0 else 100.0
    measured = "" if robot.joint_rate > 0.0 else "GUESS: none was received. "
    yield f"# {measured}GUESS: the latency. [Hz], [s]"
    yield f"joint_states: {{topic: {topic}, rate: {_number(rate)}, latency: 0.005}}"


def _arms(arms: Sequence[FoundArm], robot: LiveRobot, described: Description) -> Iterator[str]:
    if len(arms) == 1:
        yield from _arm(arms[0], robot, described, "", several=False)
        return
    yield "arms:"
    for arm in arms:
        yield f"  {_word(arm.name)}:"
        yield from _arm(arm, robot, described, "    ", several=True)
    yield "# What boxes and scenes are placed in."
    roots = described.links - {joint.child for joint in described.joints.values()}
    yield f"frames: {{base: {_word(min(roots))}}}"


def _arm(arm: FoundArm, robot: LiveRobot, described: Description, indent: str, *, several: bool) -> Iterator[str]:
    for guess in arm.guesses:
        yield f"{indent}# GUESS: {guess}."
    inner = indent if several else "  "
    if not several:
        yield "arm:"
    yield f"{inner}driver: {arm.controller.driver}"
    yield f"{inner}controller: {arm.controller.name}"
    yield f"{inner}latency: 0.03                           # GUESS [s]"
    if several:
        yield f"{inner}joints: [{', '.join(_word(joint) for joint in arm.joints)}]"
    if arm.group:
        hand = f", hand_group: {arm.hand_group}" if arm.hand_group else ""
        yield f"{indent}moveit: {{group: {arm.group}{hand}}}"
    yield f"{indent}frames: {{base: {_word(arm.base)}, tip: {_word(arm.tip)}}}"
    yield f"{indent}# GUESS: the tip itself. Give the point between the fingers, in the tip's frame [m], [rad]."
    yield f"{indent}tool: {{xyz: [0.0, 0.0, 0.0], rpy: [0.0, 0.0, 0.0]}}"
    reach = float(f"{_REACH * _length(robot.urdf, described, arm):.2f}")
    yield f"{indent}# GUESS: {_REACH:.0%} of the chain to all sides, above the base. Narrow it to your cell [m]."
    yield f"{indent}workspace: {{lower: [-{reach}, -{reach}, 0.0], upper: [{reach}, {reach}, {reach}]}}"


def _length(urdf: str, described: Description, arm: FoundArm) -> float:
    """Return the length of the chain from an arm's base to its tip, joint by joint [m]."""
    origins = {}
    for joint in ElementTree.fromstring(urdf).findall("joint"):
        origin = joint.find("origin")
        text = "0 0 0" if origin is None else origin.get("xyz", "0 0 0")
        origins[joint.get("name", "")] = math.hypot(*(float(word) for word in text.split()))
    return max(0.1, sum(origins[name] for name in described.chain(arm.base, arm.tip)))


def _grippers(grippers: Sequence[FoundGripper]) -> Iterator[str]:
    if not grippers:
        yield "# No gripper was found."
        return
    yield "grippers:"
    for gripper in grippers:
        for guess in gripper.guesses:
            yield f"  # GUESS: {guess}."
        yield f"  {_word(gripper.name)}:"
        yield f"    driver: {gripper.controller.driver}"
        yield f"    controller: {gripper.controller.name}"
        yield f"    joint: {_word(gripper.joint)}"
        yield f"    closed: {_number(gripper.closed)}                         # joint position [m or rad]"
        yield f"    open: {_number(gripper.open)}"
        yield "    latency: 0.05                         # GUESS [s]"


def _scene(robot: LiveRobot, disabled: Sequence[tuple[str, str]]) -> Iterator[str]:
    shapes = [shape for one in ElementTree.fromstring(robot.urdf).iter("collision") for shape in one.iter("geometry")]
    meshes = any(shape.find("mesh") is not None for shape in shapes)
    yield ""
    yield "# GUESS: add your table and whatever stands around the arm as boxes."
    yield "scene:"
    if meshes or not shapes:
        reason = "are meshes, which may not be found" if meshes else "are missing"
        yield f"  check: none                             # GUESS: collision shapes {reason}; local checks primitives"
    else:
        yield "  check: local"
    if disabled:
        yield "  disabled:                               # as the SRDF"
        yield from (f"    - [{_word(first)}, {_word(second)}]" for first, second in disabled)


def _cameras(cameras: Sequence[LiveCamera], described: Description) -> Iterator[str]:
    if not cameras:
        yield "# No camera was found."
        return
    yield "cameras:"
    for camera in cameras:
        guesses = [f"topic {camera.topic}"]
        width, height, rate = camera.width or 640, camera.height or 480, camera.rate or 30.0
        if not (camera.width and camera.rate):
            guesses.append("GUESS: no image came in time, size or rate are guessed")
        frame = camera.frame if camera.frame in described.links else ""
        if camera.frame and not frame:
            guesses.append(f"its frame {camera.frame} is not in the description")
        name = camera.topic.strip("/").split("/")
        yield f"  # {'; '.join(guesses)}. GUESS: the latency."
        yield (
            f"  {_word('_'.join(name[:-1]) or name[0])}: {{frame: {_word(frame) or repr('')}, width: {width}, "
            f"height: {height}, rate: {_number(float(f'{rate:.3g}'))}, latency: 0.03}}"
        )


def _safety(robot: LiveRobot) -> Iterator[str]:
    slowest = min((camera.rate for camera in robot.cameras if camera.rate > 0.0), default=30.0)
    image_age = max(0.6, round(2.0 / slowest + 0.1, 2))
    state_age = max(0.2, round(3.0 / robot.joint_rate + 0.01, 2)) if robot.joint_rate > 0.0 else 0.2
    yield ""
    yield "# GUESS: usual values."
    yield "safety:"
    yield "  max_unattended_motion: 0.5    # longest motion handed to the controller, braking tail included [s]"
    yield f"  observation_age: {_number(image_age)}          # oldest observation that a chunk may be executed from [s]"
    yield "  chunk_age: 0.5                # longest time between a chunk's receipt and its use [s]"
    yield f"  joint_state_age: {_number(state_age)}          # [s]"
    yield "  policy_silence: 1.0           # longest time without the policy's heartbeat [s]"
    yield "  pilot_silence: 1.0            # longest time without the pilot's status [s]"
    yield "  start_jump: 0.35              # largest step to a new chunk's first used row [rad or m]"
    yield "  tracking_error: 0.2           # largest distance between commanded and measured position [rad or m]"
    yield "  lag: 0.5                      # longest slowing of a chunk against the policy's timing [s]"


def _number(value: float) -> str:
    text = f"{value:.6g}"
    return text if any(sign in text for sign in ".en") else f"{text}.0"


def _word(text: str) -> str:
    """Return a name as YAML reads it back: quoted where it could be taken for anything else."""
    plain = bool(text) and text[0].isalpha() and all(sign.isalnum() or sign in "_/.-" for sign in text)
    return (
        text
        if plain and text.lower() not in ("y", "n", "yes", "no", "on", "off", "true", "false", "null")
        else repr(text)
    )
