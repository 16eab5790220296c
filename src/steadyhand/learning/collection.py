"""Collecting demonstrations in parallel, into shards on disk."""

from __future__ import annotations

import multiprocessing
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from steadyhand.learning.demonstrations import Demonstration, Demonstrator

FIRST_SEED = 1_000_000
"""Scenes of training have seeds from here on; those below are for judging."""

_IN_A_SHARD = 50


@dataclass(frozen=True)
class Share:
    """What one process collects: scenes ``first``, ``first + stride``, ... up to ``count`` of them, into ``folder``."""

    folder: Path
    first: int
    stride: int
    count: int
    backend: str


def collect(folder: Path, episodes: int, *, workers: int = 2, seed: int = 0, backend: str = "auto") -> dict[str, float]:
    """Collect demonstrations.

    Args:
        folder: Where the shards go.
        episodes: Number of demonstrations.
        workers: Number of processes.
        seed: Offset of the scenes' seeds from ``FIRST_SEED``.
        backend: ``auto`` for a mixture of renderers, or the name of one.

    Returns:
        Episodes, frames, part of the demonstrations that ended in success, and seconds.
    """
    folder.mkdir(parents=True, exist_ok=True)
    begin = time.monotonic()
    shares = [
        Share(folder, FIRST_SEED + seed + index, workers, (episodes - index - 1) // workers + 1, backend)
        for index in range(workers)
    ]
    if workers == 1:
        counts = [_collect_share(shares[0])]
    else:
        # Processes that are forked share the parent's OpenGL state, and crash.
        with multiprocessing.get_context("spawn").Pool(workers) as pool:
            counts = pool.map(_collect_share, shares)
    total = np.sum(counts, axis=0)
    return {
        "episodes": float(total[0]),
        "frames": float(total[1]),
        "success_rate": float(total[2] / max(total[0], 1)),
        "seconds": time.monotonic() - begin,
    }


def _collect_share(share: Share) -> tuple[int, int, int]:
    from steadyhand.chunks.arm import arm_model
    from steadyhand.kinematics.inverse import InverseKinematics
    from steadyhand.learning.views import Views
    from steadyhand.profiles.contract import load_deployment
    from steadyhand.simulation.world import World

    contract = load_deployment("panda_embedded")
    arm = arm_model(contract)
    robot = contract.robot
    inverse = InverseKinematics(arm, robot.lower, robot.upper, robot.home_positions)
    demonstrator = Demonstrator(World("pick"), arm, inverse)
    views = Views(share.backend)
    waiting: list[Demonstration] = []
    frames = successes = 0
    for index in range(share.count):
        seed = share.first + index * share.stride
        views.begin(np.random.default_rng([seed, 2]))
        shown = demonstrator.demonstrate(seed, views)
        waiting.append(shown)
        frames += len(shown.opening)
        successes += shown.success
        if len(waiting) == _IN_A_SHARD or index == share.count - 1:
            save_shard(share.folder / f"shard_{seed}.npz", waiting)
            waiting = []
    views.close()
    return share.count, frames, successes


def save_shard(path: Path, demonstrations: list[Demonstration]) -> None:
    """Write the frames of some demonstrations, one after the other, into one uncompressed NumPy archive."""
    lengths = [len(shown.opening) for shown in demonstrations]
    images, tool, opening, objects = (
        np.concatenate([getattr(shown, name) for shown in demonstrations])
        for name in ("images", "tool", "opening", "objects")
    )
    episode = np.repeat(np.arange(len(lengths)), lengths)
    partial = path.with_suffix(".partial.npz")
    np.savez(partial, episode=episode, images=images, tool=tool, opening=opening, objects=objects)
    partial.rename(path)
