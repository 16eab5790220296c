"""Which joints of a live robot are arms and which grippers, and what drives them; every guess is written down."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from steadyhand.exceptions import SteadyhandError
from steadyhand.profiles.from_robot.live import LiveController, LiveRobot
from steadyhand.profiles.from_robot.semantics import Group, Semantics
from steadyhand.profiles.urdf import Description

_FEWEST = 3
"""Joints of the smallest group that is taken for an arm."""

_OPEN = ("open", "released")
_CLOSED = ("close", "closed", "grasping")


class UnclearRobotError(SteadyhandError):
    """A live robot does not say enough of itself for a profile."""


@dataclass(frozen=True)
class FoundArm:
    """An arm: its joints, frames and controller, and the guesses that went into them."""

    name: str
    joints: tuple[str, ...]
    base: str
    tip: str
    controller: LiveController
    group: str = ""
    hand_group: str = ""
    states: dict[str, dict[str, float]] = field(default_factory=dict)
    guesses: tuple[str, ...] = ()


@dataclass(frozen=True)
class FoundGripper:
    """A gripper: its joint, where it is closed and open [rad or m], and its controller."""

    name: str
    joint: str
    closed: float
    open: float
    controller: LiveController
    guesses: tuple[str, ...] = ()


def found_arms(robot: LiveRobot, described: Description, semantics: Semantics) -> list[FoundArm]:
    """Return the arms: groups of the SRDF with three joints or more that share none, else what controllers drive.

    Raises:
        UnclearRobotError: There is none.
    """
    groups = [
        group
        for group in semantics.groups.values()
        if group.name not in semantics.hands and len(group.joints) >= _FEWEST
    ]
    # A group that holds another one whole stands for both arms, or for the arm and its hand: the smaller ones count.
    smallest = [a for a in groups if not any(set(b.joints) < set(a.joints) for b in groups)]
    arms: list[FoundArm] = []
    for group in smallest:
        if not any(set(group.joints) & set(arm.joints) for arm in arms):
            arms.append(_arm_of_group(group, robot, described, semantics))
    if not arms:
        arms = [
            _arm(name, controller.joints, robot, described, guesses=("no SRDF: the joints of a trajectory controller",))
            for name, controller in _named(_of_arms(robot))
        ]
    if not arms:
        arms = [_longest_chain(robot, described)]
    return arms


def _of_arms(robot: LiveRobot) -> list[LiveController]:
    """Return trajectory controllers of three joints or more; of several for the same joints the first."""
    chosen: list[LiveController] = []
    for one in robot.controllers:
        own = one.driver == "joint_trajectory" and len(one.joints) >= _FEWEST
        if own and not any(set(one.joints) & set(other.joints) for other in chosen):
            chosen.append(one)
    return chosen


def _named(controllers: Sequence[LiveController]) -> list[tuple[str, LiveController]]:
    """Return controllers with a name for each: the last part of its own, or all of it where that is not enough."""
    short = [one.name.rpartition("/")[2] for one in controllers]
    unique = len(set(short)) == len(short)
    return [(last if unique else one.name.replace("/", "_"), one) for last, one in zip(short, controllers, strict=True)]


def _arm_of_group(group: Group, robot: LiveRobot, described: Description, semantics: Semantics) -> FoundArm:
    hand, tip = "", group.tip
    for name, (link, parent) in semantics.hands.items():
        if parent == group.name or (not parent and _beyond(described, link, group.joints)):
            hand = name
            tip = tip or link
    return _arm(group.name, group.joints, robot, described, group=group, hand=hand, base=group.base, tip=tip)


def _longest_chain(robot: LiveRobot, described: Description) -> FoundArm:
    hands = {one.joints[0] for one in robot.controllers if len(one.joints) == 1}
    movable = set(described.movable) - hands

    def chain(link: str) -> tuple[str, ...]:
        above = reversed(described.above(link))
        return tuple(name for name in above if name in movable and not described.joints[name].mimics)

    longest = max((chain(link) for link in sorted(described.links)), key=len, default=())
    if len(longest) < _FEWEST:
        raise UnclearRobotError(
            f"the description has no chain of {_FEWEST} joints or more that move: is /robot_description that of an arm?"
        )
    while len(longest) > _FEWEST and described.joints[longest[-1]].kind == "prismatic":
        longest = longest[:-1]  # fingers
    return _arm("arm", longest, robot, described, guesses=("no SRDF and no controller says so: the longest chain",))


def _arm(
    name: str,
    joints: tuple[str, ...],
    robot: LiveRobot,
    described: Description,
    *,
    group: Group | None = None,
    hand: str = "",
    base: str = "",
    tip: str = "",
    guesses: tuple[str, ...] = (),
) -> FoundArm:
    in_chain = tuple(sorted(joints, key=lambda joint: len(described.above(described.joints[joint].child))))
    drivers = [one for one in robot.controllers if one.driver == "joint_trajectory"]
    own = next((one for one in drivers if set(one.joints) == set(joints)), None)
    if own is None:
        silent = [one for one in drivers if not one.joints]
        words = set(name.lower().replace("/", "_").split("_"))
        silent.sort(key=lambda one: -len(words & set(one.name.lower().replace("/", "_").split("_"))))
        if silent:
            own = silent[0]
            guesses += (f"controller {own.name} does not say its joints: that it drives these is a guess",)
        else:
            own = LiveController("CONTROLLER_NOT_FOUND", "joint_trajectory")
            guesses += ("no trajectory controller of exactly these joints was found: name it",)
    ordered = own.joints if set(own.joints) == set(joints) else in_chain
    return FoundArm(
        name,
        ordered,
        base or described.joints[in_chain[0]].parent,
        tip or described.joints[in_chain[-1]].child,
        own,
        "" if group is None else group.name,
        hand,
        {} if group is None else group.states,
        guesses,
    )


def _beyond(described: Description, link: str, joints: tuple[str, ...]) -> bool:
    return bool(joints) and joints[-1] in described.above(link)


def found_grippers(
    robot: LiveRobot, described: Description, semantics: Semantics, arms: list[FoundArm]
) -> list[FoundGripper]:
    """Return the grippers: joints of the SRDF's end effectors, else of controllers that drive one joint of no arm."""
    taken = {joint for arm in arms for joint in arm.joints}
    movable = [joint for joint in described.movable if not described.joints[joint].mimics and joint not in taken]
    movable = [joint for joint in movable if described.joints[joint].kind != "continuous"]
    drivers = [one for one in robot.controllers if one not in [arm.controller for arm in arms]]
    silent = [one for one in drivers if not one.joints and one.driver != "joint_trajectory"]
    hands = [group for group in semantics.groups.values() if group.name in semantics.hands]
    candidates: list[tuple[str, str, Group | None]] = [
        (group.name if len(group.joints) == 1 else joint, joint, group)
        for group in hands
        for joint in group.joints
        if joint in movable
    ]
    if not candidates:
        single = [one for one in drivers if len(one.joints) == 1 and one.joints[0] in movable]
        candidates = [(name, one.joints[0], None) for name, one in _named(single)]
    if not candidates:
        candidates = [(name, joint, None) for (name, _), joint in zip(_named(silent), movable, strict=False)]
    grippers = []
    for name, joint, group in candidates:
        own = next((one for one in drivers if joint in one.joints), None)
        guesses: tuple[str, ...] = ()
        if own is None and silent:
            own = silent.pop(0)
            guesses = (f"controller {own.name} does not say its joints: that it drives {joint} is a guess",)
        if own is not None:
            closed, opened, told = _ends(described, joint, group)
            grippers.append(FoundGripper(name, joint, closed, opened, own, guesses + told))
    return grippers


def _ends(described: Description, joint: str, group: Group | None) -> tuple[float, float, tuple[str, ...]]:
    """Return where a gripper is closed and open [rad or m], and what of it is guessed."""
    limits = described.joints[joint]
    ends = [limits.lower, limits.upper]
    guesses = ["closed at the lower limit and open at the upper one is a guess: try both before anything is gripped"]
    if group is not None:
        found = [
            next(
                (state[joint] for name, state in group.states.items() if name.lower() in words and joint in state),
                math.nan,
            )
            for words in (_CLOSED, _OPEN)
        ]
        if not any(math.isnan(value) for value in found) and found[0] != found[1]:
            ends = [min(max(value, limits.lower), limits.upper) for value in found]
            guesses = []
    return ends[0], ends[1], tuple(guesses)
