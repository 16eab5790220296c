"""Closed-loop episodes of the embedded policy, with the motion sampled in every control period."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from steadyhand.chunks.meaning import Meaning
from steadyhand.chunks.targets import JointTargets
from steadyhand.evaluation.closed_loop import ClosedLoop, Verdict
from steadyhand.evaluation.episode_record import EpisodeRecord
from steadyhand.evaluation.methods import with_method
from steadyhand.evaluation.success import deployment_of, instruction_for
from steadyhand.execution.bridge import Bridge
from steadyhand.execution.phase import Phase
from steadyhand.policies.factory import make_policy
from steadyhand.profiles.contract import Contract
from steadyhand.simulation.rendering import make_renderer
from steadyhand.simulation.robot import JointSample, SimulatedRobot
from steadyhand.simulation.world import World


@dataclass
class Streamed:
    """One episode.

    Attributes:
        record: Reference and measured positions in every control period while chunks move the arm, the joint targets
            of every chunk that moved it, and the hand-overs between chunks in motion: the first one is none.
        lags: Slowing against the policy's timing that each chunk brought [s].
        reasons: Times each reason was given for a refusal, brake or hold.
        running: Time in which chunks moved the arm [s].
        pairs: The joint targets before and after each hand-over.
        knocks: Times at which the robot began or ceased to touch something, ROS clock [s].
        verdict: How it ended.
    """

    record: EpisodeRecord
    lags: list[float] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)
    running: float = 0.0
    pairs: list[tuple[JointTargets, JointTargets]] = field(default_factory=list)
    knocks: list[float] = field(default_factory=list)
    verdict: Verdict | None = None


class _Recorder:
    """Takes down one episode; see `Streamed`."""

    def __init__(self, contract: Contract, meaning: Meaning) -> None:
        self.streamed = Streamed(EpisodeRecord(contract.robot.joint_names, ()))
        self._meaning = meaning
        self._last: tuple[float, int] | None = None
        self._ran = False
        self._touches: frozenset[tuple[str, str]] | None = None

    def __call__(self, now: float, bridge: Bridge, robot: SimulatedRobot, sample: JointSample) -> None:
        executor, streamed = bridge.executor, self.streamed
        touches = robot.world.touches
        if self._touches is not None and touches != self._touches:
            streamed.knocks.append(now)
        self._touches = touches
        streamed.reasons = Counter({str(reason): count for reason, count in executor.refusals.items()})
        runs = executor.phase is Phase.RUNNING
        if runs:
            assert executor.reference is not None and executor.chunk is not None and executor.stitched is not None
            if self._last is not None and self._ran:
                streamed.running += now - self._last[0]
            streamed.record.reference.append(now, executor.reference.sample(now).position)
            streamed.record.measured.append(now, sample.positions[: len(bridge.joint_names)])
            if self._last is None or executor.chunk.sequence != self._last[1]:
                streamed.record.targets.append(self._meaning.targets(executor.chunk))
                streamed.lags.append(executor.stitched.lag)
                if self._ran:
                    streamed.record.handovers.append(executor.stitched.reference.start)
                    before, after = streamed.record.targets[-2:]
                    streamed.pairs.append((before, after))
            self._last = (now, executor.chunk.sequence)
        self._ran = runs


def stream(
    contract: Contract,
    seeds: Sequence[int],
    *,
    delay: float | Callable[[int], float],
    make_bridge: Callable[[Contract], Bridge] = Bridge,
    timeout: float = 20.0,
    renderer: str = "auto",
) -> Iterator[Streamed]:
    """Run the embedded policy's episodes of some scenes and yield each as it ends.

    Args:
        contract: Its deployment.
        seeds: Of the scenes.
        delay: Capture of an observation until its chunk reaches the bridge [s]; see `ClosedLoop`.
        make_bridge: Makes the bridge of an episode.
        timeout: Longest episode [s].
        renderer: What draws the cameras' images.
    """
    with embedded_loop(contract, renderer) as make_loop:
        for seed in seeds:
            yield streamed_episode(contract, make_loop, seed, delay=delay, timeout=timeout, make_bridge=make_bridge)


def streamed_episode(contract: Contract, make_loop: Callable[..., ClosedLoop], seed: int, **settings: Any) -> Streamed:
    """Run one episode.

    Args:
        contract: The embedded policy's deployment.
        make_loop: Of `embedded_loop`.
        seed: Of the scene.
        settings: Other arguments of `ClosedLoop`.
    """
    recorder = _Recorder(contract, Meaning(contract))
    recorder.streamed.verdict = make_loop(observer=recorder, **settings).run(seed, instruction_for(seed))
    return recorder.streamed


@contextmanager
def embedded_loop(
    contract: Contract, renderer: str = "auto", world: World | None = None
) -> Iterator[Callable[..., ClosedLoop]]:
    """Give what makes closed loops of the embedded policy; they share policy, world and renderer.

    Args:
        contract: Its deployment.
        renderer: What draws the cameras' images.
        world: Where; None for one of the task that the policy knows.
    """
    world = World("pick") if world is None else world
    camera = next(iter(contract.robot.cameras.values()))
    drawing = make_renderer(world, camera.width, camera.height, renderer)
    try:
        yield partial(ClosedLoop, contract, make_policy(contract), world, drawing)
    finally:
        drawing.close()


def embedded() -> Contract:
    """Return the deployment of the embedded policy on the simulated Panda."""
    return deployment_of("embedded")


def embedded_with(method: str) -> Contract:
    """Return the deployment of the embedded policy that a way of stitching is made for, with that way.

    Raises:
        EvaluationError: There is no such method.
    """
    return with_method(deployment_of("", _DEPLOYMENTS[method]) if method in _DEPLOYMENTS else embedded(), method)


_DEPLOYMENTS = {"prefix": "panda_embedded_flow", "guided": "panda_embedded_guided"}


def uniform_delay(mean: float, share: float, seed: int) -> Callable[[int], float]:
    """Return delays drawn evenly from ``mean`` less and plus a share of it [s], the same for equal seeds."""
    random = np.random.default_rng(seed)
    drawn: list[float] = []

    def delay(sequence: int) -> float:
        while len(drawn) <= sequence:
            drawn.append(float(random.uniform(mean * (1.0 - share), mean * (1.0 + share))))
        return drawn[sequence]

    return delay
