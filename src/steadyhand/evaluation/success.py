"""The success rate of a policy over many seeded scenes."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from steadyhand.evaluation.closed_loop import ClosedLoop, Verdict
from steadyhand.evaluation.exceptions import EvaluationError
from steadyhand.evaluation.intervals import wilson_interval
from steadyhand.evaluation.methods import supported_methods, with_method
from steadyhand.policies.factory import BACKENDS, make_policy
from steadyhand.policies.policy import Policy
from steadyhand.policies.scripted import ScriptedPolicy
from steadyhand.profiles.contract import Contract, load_deployment
from steadyhand.simulation.rendering import BACKENDS as RENDERERS
from steadyhand.simulation.rendering import make_renderer
from steadyhand.simulation.tasks.instructions import COLOURS, phrasings
from steadyhand.simulation.tasks.registry import TASKS
from steadyhand.simulation.world import World

DEPLOYMENT = "panda_embedded"
TRAINING_SEEDS = 1_000_000
"""Scenes with seeds from here on were used in training."""


@dataclass(frozen=True)
class Trials:
    """What to evaluate.

    Attributes:
        task: Name of the simulator's task.
        episodes: Number of scenes.
        seed: Of the first scene; the others follow.
        policy: What acts instead of the deployment's own policy: the name of a backend, or the path of an ONNX file;
            the name of its own policy profile, or nothing, changes nothing.
        renderer: What draws the cameras' images.
        delay: Capture of an observation until its chunk reaches the bridge [s].
        timeout: Longest episode [s].
        deployment: Name of a deployment of the simulated Panda, or the path of its file.
        method: Way of stitching; empty for the policy profile's.
    """

    task: str = "pick"
    episodes: int = 300
    seed: int = 0
    policy: str = ""
    renderer: str = "auto"
    delay: float = 0.1
    timeout: float = 20.0
    deployment: str = DEPLOYMENT
    method: str = ""

    def __post_init__(self) -> None:
        if self.task not in TASKS:
            raise EvaluationError(f"no task {self.task!r}. Tasks: {', '.join(TASKS)}.")
        if self.renderer not in RENDERERS:
            raise EvaluationError(f"no renderer {self.renderer!r}. Renderers: {', '.join(RENDERERS)}.")
        if self.method and self.method not in supported_methods():
            raise EvaluationError(f"no stitching method {self.method!r}. Methods: {', '.join(supported_methods())}.")
        if self.episodes < 1 or self.seed < 0 or self.seed + self.episodes > TRAINING_SEEDS:
            raise EvaluationError(
                f"{self.episodes} episodes from seed {self.seed}: give at least one, with seeds from 0 to "
                f"{TRAINING_SEEDS - 1}; later ones were used in training."
            )


def instruction_for(seed: int) -> str:
    """Return the instruction of a scene: any colour, in words that training never used."""
    random = np.random.default_rng([seed, 3])
    sentences = phrasings(COLOURS[int(random.integers(len(COLOURS)))], held_out=True)
    return sentences[int(random.integers(len(sentences)))]


def measure(trials: Trials, *, workers: int = 1, report: Callable[[Verdict], None] | None = None) -> dict[str, Any]:
    """Run the episodes and return what came of them, ready for JSON.

    Args:
        trials: What to evaluate.
        workers: Processes to share the episodes between.
        report: Told every verdict as it comes.

    Returns:
        ``task``, ``episodes``, ``seed``, ``success_rate``, ``ci95`` (low, high), ``successes``, ``wrong_object``
        (episodes in which another object was taken or lost), ``renderer``, ``deployment``, ``policy``, ``method`` (of
        stitching), ``prefixed`` (chunks that were given a prefix), ``chunks``, ``refused`` (chunks), ``delay`` and
        ``timeout`` [s], ``seconds`` (of computing), ``episode_seconds`` (mean simulated time of the successes),
        ``failures``.
    """
    begin = time.monotonic()
    contract = with_method(deployment_of(trials.policy, trials.deployment), trials.method)
    verdicts = []
    for verdict in _verdicts(trials, max(1, workers)):
        verdicts.append(verdict)
        if report is not None:
            report(verdict)
    verdicts.sort(key=lambda verdict: verdict.seed)
    successes = sum(verdict.success for verdict in verdicts)
    times = [verdict.seconds for verdict in verdicts if verdict.success]
    low, high = wilson_interval(successes, len(verdicts))
    return {
        "task": trials.task,
        "episodes": len(verdicts),
        "seed": trials.seed,
        "success_rate": successes / len(verdicts),
        "ci95": [round(low, 4), round(high, 4)],
        "successes": successes,
        "wrong_object": sum(verdict.wrong_object for verdict in verdicts),
        "renderer": _renderer_name(trials.renderer),
        "deployment": trials.deployment,
        "policy": trials.policy or contract.policy.name,
        "prefixed": sum(verdict.prefixed for verdict in verdicts),
        "chunks": sum(verdict.chunks for verdict in verdicts),
        "refused": sum(verdict.refused for verdict in verdicts),
        "delay": trials.delay,
        "method": contract.policy.stitching.method,
        "timeout": trials.timeout,
        "episode_seconds": round(float(np.mean(times)), 2) if times else None,
        "failures": [asdict(verdict) for verdict in verdicts if not verdict.success],
        "seconds": round(time.monotonic() - begin, 1),
    }


def deployment_of(policy: str, deployment: str = DEPLOYMENT) -> Contract:
    """Return a deployment with a policy: its own, another backend's, or an ONNX file's."""
    if policy.endswith(".onnx"):
        contract = load_deployment(deployment)
        arguments = {**contract.policy.arguments, "model": policy}
        return replace(contract, policy=contract.policy.model_copy(update={"arguments": arguments}))
    contract = load_deployment(deployment)
    if policy in ("", contract.policy.name):
        return load_deployment(deployment, policy_files=True)
    if policy not in BACKENDS:
        raise EvaluationError(
            f"no policy {policy!r}: give {contract.policy.name}, a backend ({', '.join(BACKENDS)}) or an ONNX file."
        )
    return replace(contract, policy=contract.policy.model_copy(update={"backend": policy, "arguments": {}}))


def _verdicts(trials: Trials, workers: int) -> Iterator[Verdict]:
    seeds = list(range(trials.seed, trials.seed + trials.episodes))
    if workers == 1:
        yield from _run(trials, seeds)
        return
    chunks = [seeds[start : start + _IN_A_CHUNK] for start in range(0, len(seeds), _IN_A_CHUNK)]
    # Processes that are forked share the parent's OpenGL state, and crash.
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        for verdicts in pool.imap_unordered(_run_chunk, [(trials, chunk) for chunk in chunks]):
            yield from verdicts


_IN_A_CHUNK = 10


def _run_chunk(work: tuple[Trials, list[int]]) -> list[Verdict]:
    return list(_run(*work))


def _run(trials: Trials, seeds: list[int]) -> Iterator[Verdict]:
    with prepared(trials) as loop:
        for seed in seeds:
            yield loop.run(seed, instruction_for(seed))


@contextmanager
def prepared(trials: Trials) -> Iterator[ClosedLoop]:
    """Give the closed loop of some trials."""
    contract = with_method(deployment_of(trials.policy, trials.deployment), trials.method)
    world = World(trials.task)
    camera = next(iter(contract.robot.cameras.values()))
    renderer = make_renderer(world, camera.width, camera.height, trials.renderer)
    try:
        policy = make_policy(contract)
        _bind(policy, world)
        yield ClosedLoop(contract, policy, world, renderer, delay=trials.delay, timeout=trials.timeout)
    finally:
        renderer.close()


def _bind(policy: Policy, world: World) -> None:
    if isinstance(policy, ScriptedPolicy):
        policy.bind(
            lambda: {
                name: np.concatenate([pose.position, pose.quaternion]) for name, pose in world.object_poses().items()
            }
        )


def _renderer_name(wanted: str) -> str:
    if wanted != "auto":
        return wanted
    renderer = make_renderer(World("pick"), 8, 8, wanted)
    renderer.close()
    return renderer.backend
