"""Garbage: what the arm does when chunks make no sense. Limits are judged on the measured joints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steadyhand.benchmarks.chunk_stream import embedded, embedded_loop
from steadyhand.benchmarks.mischief import MISCHIEF
from steadyhand.chunks.arm import workspace_arm
from steadyhand.chunks.chunk import ActionChunk
from steadyhand.evaluation.closed_loop import Observer
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


@dataclass
class Extremes:
    """How far the arm went towards its limits.

    Attributes:
        position: Largest distance beyond a position limit, negative while all are kept [rad].
        velocity: Largest part of a velocity limit.
        acceleration: Largest part of what a stop may accelerate with.
        workspace: Largest distance of the tool outside of the workspace, on any axis, negative inside [m].
    """

    position: float = -np.inf
    velocity: float = 0.0
    acceleration: float = 0.0
    workspace: float = -np.inf


@dataclass
class Ordeal:
    """What became of one episode.

    Attributes:
        mischief: What was done to its chunks.
        measured: Of the joint states.
        commanded: Of the controller's position commands, by finite differences at 100 Hz.
        injected: Garbage chunks that reached the bridge.
        refused: Garbage chunks that were refused.
        reasons: Times each reason was given for a refusal, brake or hold.
    """

    mischief: str
    measured: Extremes = field(default_factory=Extremes)
    commanded: Extremes = field(default_factory=Extremes)
    injected: int = 0
    refused: int = 0
    reasons: Counter[str] = field(default_factory=Counter)


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
    episodes: int, seed: int, *, renderer: str = "auto", report: Callable[[Ordeal], None] | None = None
) -> dict[str, Any]:
    """Run episodes of the embedded policy in which half of the chunks are garbage of one sort after the other.

    After a refusal that asks for it the operator resumes at once, so that the next chunks come on a moving arm.

    Args:
        episodes: Number of episodes; the sorts take turns.
        seed: Of the first scene.
        renderer: What draws the cameras' images.
        report: Told of every episode as it ends.

    Returns:
        ``episodes``, ``seed``, ``injected``, ``refused``, ``reasons`` (times each was given), ``violations`` (episodes
        in which a limit was passed, by limit), ``measured`` and ``commanded`` (the largest of `Extremes`), and
        ``kinds``, the same counts for each sort of garbage.
    """
    ordeals = []
    contract = embedded()
    with embedded_loop(contract, renderer) as make_loop:
        for index in range(episodes):
            ordeal = Ordeal(list(MISCHIEF)[index % len(MISCHIEF)])
            random = np.random.default_rng([seed + index, 11])

            loop = make_loop(
                delay=0.1,
                timeout=TIMEOUT,
                make_bridge=partial(_SpoiltBridge, ordeal=ordeal, random=random),
                observer=_judge(ordeal, contract),
            )
            loop.run(seed + index, instruction_for(seed + index))
            ordeals.append(ordeal)
            if report is not None:
                report(ordeal)
    return {"episodes": episodes, "seed": seed, **summary(ordeals)}


def summary(ordeals: list[Ordeal]) -> dict[str, Any]:
    """Return the figures of `measure`."""
    kinds: dict[str, Any] = {}
    for ordeal in ordeals:
        kind = kinds.setdefault(ordeal.mischief, {"injected": 0, "refused": 0, "reasons": Counter()})
        kind["injected"] += ordeal.injected
        kind["refused"] += ordeal.refused
        kind["reasons"] += ordeal.reasons
    return {
        "injected": sum(ordeal.injected for ordeal in ordeals),
        "refused": sum(ordeal.refused for ordeal in ordeals),
        "reasons": dict(sum((ordeal.reasons for ordeal in ordeals), start=Counter[str]()).most_common()),
        "violations": {
            "position": sum(ordeal.measured.position > 0.0 for ordeal in ordeals),
            "velocity": sum(ordeal.measured.velocity > 1.0 for ordeal in ordeals),
            "acceleration": sum(ordeal.measured.acceleration > 1.0 for ordeal in ordeals),
        },
        "measured": _largest([ordeal.measured for ordeal in ordeals]),
        "commanded": _largest([ordeal.commanded for ordeal in ordeals]),
        "kinds": {name: {**kind, "reasons": dict(kind["reasons"])} for name, kind in kinds.items()},
    }


def _largest(extremes: list[Extremes]) -> dict[str, float]:
    names = ("position", "velocity", "acceleration", "workspace")
    return {name: round(max(getattr(one, name) for one in extremes), 4) for name in names}


def _judge(ordeal: Ordeal, contract: Contract) -> Observer:
    """Return what watches the limits of an episode, and resumes it after refusals."""
    robot, tool_arm = contract.robot, workspace_arm(contract)
    measured: list[Array] = []
    commanded: list[Array] = []

    def observe(now: float, bridge: Bridge, arm: SimulatedRobot, sample: JointSample) -> None:
        executor = bridge.executor
        ordeal.reasons = Counter({str(reason): count for reason, count in executor.refusals.items()})
        count = len(robot.joint_names)
        measured.append(sample.velocities[:count])
        commanded.append(arm.arm.command)
        del measured[:-2], commanded[:-3]
        _note_positions(ordeal.measured, robot, sample.positions[:count])
        _note_positions(ordeal.commanded, robot, arm.arm.command)
        _note_motion(ordeal.measured, robot, measured[-1], np.diff(measured[-2:], axis=0) / PERIOD)
        velocities = np.diff(commanded[-3:], axis=0) / PERIOD
        _note_motion(ordeal.commanded, robot, velocities[-1:], np.diff(velocities, axis=0) / PERIOD)
        tool = tool_arm.forward(sample.positions[:count])[:3, 3]
        outside = np.maximum(np.array(robot.workspace.lower) - tool, tool - np.array(robot.workspace.upper))
        ordeal.measured.workspace = max(ordeal.measured.workspace, float(np.max(outside)))
        held = executor.phase is Phase.HELD and executor.reason is not None
        if held and executor.reason is not None and executor.reason.recovery is Recovery.RESUME:
            bridge.resume(now, now)

    return observe


def _note_positions(extremes: Extremes, robot: RobotProfile, positions: Array) -> None:
    beyond = np.maximum(robot.lower - positions, positions - robot.upper)
    extremes.position = max(extremes.position, float(np.max(beyond)))


def _note_motion(extremes: Extremes, robot: RobotProfile, velocity: Array, acceleration: Array) -> None:
    extremes.velocity = max(extremes.velocity, float(np.max(np.abs(velocity) / robot.velocity, initial=0.0)))
    share = np.max(np.abs(acceleration) / robot.brake_acceleration, initial=0.0)
    extremes.acceleration = max(extremes.acceleration, float(share))
