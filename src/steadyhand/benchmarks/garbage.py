"""Garbage: what the arm does when chunks make no sense. Limits are judged on the measured joints."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steadyhand.benchmarks.chunk_stream import embedded, embedded_loop
from steadyhand.benchmarks.mischief import MISCHIEF
from steadyhand.chunks.arm import workspace_arm
from steadyhand.chunks.chunk import ActionChunk
from steadyhand.evaluation.success import instruction_for
from steadyhand.execution.bridge import Bridge
from steadyhand.execution.phase import Phase
from steadyhand.execution.reasons import Recovery
from steadyhand.profiles.contract import Contract
from steadyhand.profiles.robot import RobotProfile
from steadyhand.simulation.robot import PERIOD, JointSample, SimulatedRobot

Array = NDArray[np.float64]

SHARE = 0.5
"""Part of the chunks that are garbage; the others keep the arm moving."""
TIMEOUT = 8.0
"""Longest episode [s]."""

_AFTER_TOUCH = 0.05  # what touches the arm is felt for so long [s]


@dataclass
class Extremes:
    """How far the arm went towards its limits.

    Attributes:
        position: Largest distance beyond a position limit, negative while all are kept [rad].
        velocity: Largest part of a velocity limit.
        acceleration: Largest part of what a stop may accelerate with, the most that is ever commanded.
        workspace: Largest distance of the tool outside of the workspace, on any axis, negative inside [m].
    """

    position: float = -np.inf
    velocity: float = 0.0
    acceleration: float = 0.0
    workspace: float = -np.inf

    @staticmethod
    def largest(extremes: Sequence[Extremes]) -> Extremes:
        """Return the largest of each."""
        return Extremes(*(max(getattr(one, field.name) for one in extremes) for field in fields(Extremes)))


@dataclass
class Ordeal:
    """What became of one episode.

    Attributes:
        seed: Of the scene.
        mischief: What was done to its chunks.
        free: Of the joint states while the arm touched nothing.
        touching: Of the joint states while it did, and until `_AFTER_TOUCH` later.
        touched: What it touched when it accelerated most in that time, empty where it did not.
        commanded: Of the controller's position commands, by finite differences at 100 Hz.
        injected: Garbage chunks that reached the bridge.
        refused: Garbage chunks that were refused.
        reasons: Times each reason was given for a refusal, brake or hold.
    """

    seed: int
    mischief: str
    free: Extremes = field(default_factory=Extremes)
    touching: Extremes = field(default_factory=Extremes)
    touched: str = ""
    commanded: Extremes = field(default_factory=Extremes)
    injected: int = 0
    refused: int = 0
    reasons: dict[str, int] = field(default_factory=dict)

    @staticmethod
    def read(document: dict[str, Any]) -> Ordeal:
        """Make one again of what ``dataclasses.asdict`` made of it."""
        extremes = {name: Extremes(**document[name]) for name in ("free", "touching", "commanded")}
        return Ordeal(**{**document, **extremes})


class _SpoiltBridge(Bridge):
    """A bridge that gets garbage for some of its chunks."""

    def __init__(self, contract: Contract, ordeal: Ordeal, random: np.random.Generator) -> None:
        super().__init__(contract)
        self._ordeal = ordeal
        self._random = random

    def receive(self, chunk: ActionChunk, now: float) -> None:
        if self._random.random() >= SHARE:
            super().receive(chunk, now)
            return
        before = self.refused
        self._ordeal.injected += 1
        super().receive(MISCHIEF[self._ordeal.mischief](chunk, self._random), now)
        self._ordeal.refused += self.refused - before


def measure(
    episodes: int,
    seed: int,
    *,
    renderer: str = "auto",
    earlier: Sequence[Ordeal] = (),
    report: Callable[[list[Ordeal]], None] | None = None,
) -> dict[str, Any]:
    """Run episodes of the embedded policy in which half of the chunks are garbage of one sort after the other.

    After a refusal that asks for it the operator resumes at once, so that the next chunks come on a moving arm.

    Args:
        episodes: Number of episodes; the sorts take turns.
        seed: Of the first scene.
        renderer: What draws the cameras' images.
        earlier: The first of these episodes, from a run that did not end.
        report: Told of all episodes so far as each ends.

    Returns:
        See `summary`.
    """
    ordeals = list(earlier)
    contract = _told_by_its_controller(embedded())
    with embedded_loop(contract, renderer) as make_loop:
        for index in range(len(ordeals), episodes):
            ordeal = Ordeal(seed + index, list(MISCHIEF)[index % len(MISCHIEF)])
            random = np.random.default_rng([seed + index, 11])
            loop = make_loop(
                delay=0.1,
                timeout=TIMEOUT,
                make_bridge=partial(_SpoiltBridge, ordeal=ordeal, random=random),
                observer=_Judge(ordeal, contract),
            )
            loop.run(seed + index, instruction_for(seed + index))
            ordeals.append(ordeal)
            if report is not None:
                report(ordeals)
    return summary(ordeals)


def _told_by_its_controller(contract: Contract) -> Contract:
    """Return the deployment on a robot whose profile names its controller's state."""
    robot = contract.robot.model_dump() | {"controller_state": {"topic": "/panda_arm_controller/controller_state"}}
    return replace(contract, robot=RobotProfile.model_validate(robot))


def summary(ordeals: Sequence[Ordeal]) -> dict[str, Any]:
    """Return the figures of some episodes.

    Returns:
        ``episodes``, ``seed``, ``injected``, ``refused``, ``reasons`` (times each was given), ``violations`` (episodes
        in which a limit was passed: ``position`` and ``velocity`` on the measured joints whatever they touched,
        ``acceleration`` while they touched nothing, ``acceleration_touching`` while they did), ``touched`` (what was
        touched in these last, with counts), ``touching`` (episodes in which the arm touched anything), ``free``,
        ``touching_largest`` and ``commanded`` (the largest of `Extremes`), and ``kinds``, the counts for each sort.
    """
    kinds: dict[str, Any] = {}
    for ordeal in ordeals:
        kind = kinds.setdefault(ordeal.mischief, {"injected": 0, "refused": 0, "reasons": Counter()})
        kind["injected"] += ordeal.injected
        kind["refused"] += ordeal.refused
        kind["reasons"] += Counter(ordeal.reasons)
    knocked = [ordeal for ordeal in ordeals if ordeal.touching.acceleration > 1.0]
    return {
        "episodes": len(ordeals),
        "seed": ordeals[0].seed,
        "injected": sum(ordeal.injected for ordeal in ordeals),
        "refused": sum(ordeal.refused for ordeal in ordeals),
        "reasons": dict(sum((Counter(ordeal.reasons) for ordeal in ordeals), start=Counter[str]()).most_common()),
        "violations": {
            "position": sum(max(one.free.position, one.touching.position) > 0.0 for one in ordeals),
            "velocity": sum(max(one.free.velocity, one.touching.velocity) > 1.0 for one in ordeals),
            "acceleration": sum(one.free.acceleration > 1.0 for one in ordeals),
            "acceleration_touching": len(knocked),
        },
        "touched": dict(Counter(ordeal.touched for ordeal in knocked).most_common()),
        "touching": sum(bool(ordeal.touched) for ordeal in ordeals),
        **{
            name: {
                key: round(value, 4) for key, value in asdict(Extremes.largest(extremes)).items() if np.isfinite(value)
            }
            for name, extremes in (
                ("free", [ordeal.free for ordeal in ordeals]),
                ("touching_largest", [ordeal.touching for ordeal in ordeals]),
                ("commanded", [ordeal.commanded for ordeal in ordeals]),
            )
        },
        "kinds": {name: {**kind, "reasons": dict(kind["reasons"])} for name, kind in kinds.items()},
    }


class _Judge:
    """Watches the limits of an episode, and resumes it after refusals.

    Acceleration is the central difference of the measured velocities: (v(k+1) - v(k-1)) / 2T.
    """

    def __init__(self, ordeal: Ordeal, contract: Contract) -> None:
        self._ordeal = ordeal
        self._robot = contract.robot
        self._tool_arm = workspace_arm(contract)
        self._velocities: deque[Array] = deque(maxlen=3)
        self._commands: deque[Array] = deque(maxlen=3)
        self._touches: deque[frozenset[tuple[str, str]]] = deque(maxlen=3 + round(_AFTER_TOUCH / PERIOD))

    def __call__(self, now: float, bridge: Bridge, arm: SimulatedRobot, sample: JointSample) -> None:
        executor, ordeal, robot = bridge.executor, self._ordeal, self._robot
        ordeal.reasons = {str(reason): count for reason, count in executor.refusals.items()}
        count = len(robot.joint_names)
        self._velocities.append(sample.velocities[:count])
        self._commands.append(arm.arm.command)
        self._touches.append(arm.world.touches)
        touches = frozenset().union(*self._touches)
        measured = ordeal.touching if touches else ordeal.free
        most = measured.acceleration
        _note_positions(measured, robot, sample.positions[:count])
        velocities = np.array(self._velocities)
        _note_motion(measured, robot, velocities[-1], (velocities[2:] - velocities[:-2]) / (2.0 * PERIOD))
        if touches and (measured.acceleration > most or not ordeal.touched):
            ordeal.touched = ", ".join(sorted(" and ".join(pair) for pair in touches))
        _note_positions(ordeal.commanded, robot, arm.arm.command)
        commanded = np.diff(np.array(self._commands), axis=0) / PERIOD
        _note_motion(ordeal.commanded, robot, commanded[-1:], np.diff(commanded, axis=0) / PERIOD)
        tool = self._tool_arm.forward(sample.positions[:count])[:3, 3]
        outside = np.maximum(np.array(robot.workspace.lower) - tool, tool - np.array(robot.workspace.upper))
        measured.workspace = max(measured.workspace, float(np.max(outside)))
        held = executor.phase is Phase.HELD and executor.reason is not None
        if held and executor.reason is not None and executor.reason.recovery is Recovery.RESUME:
            bridge.resume(now, now)


def _note_positions(extremes: Extremes, robot: RobotProfile, positions: Array) -> None:
    beyond = np.maximum(robot.lower - positions, positions - robot.upper)
    extremes.position = max(extremes.position, float(np.max(beyond)))


def _note_motion(extremes: Extremes, robot: RobotProfile, velocity: Array, acceleration: Array) -> None:
    extremes.velocity = max(extremes.velocity, float(np.max(np.abs(velocity) / robot.velocity, initial=0.0)))
    share = np.max(np.abs(acceleration) / robot.brake_acceleration, initial=0.0)
    extremes.acceleration = max(extremes.acceleration, float(share))
