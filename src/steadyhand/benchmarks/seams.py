"""Seams: how smooth the motion is where one chunk follows another, for every way of stitching."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from steadyhand.benchmarks.boundary import Changes, changes, ratios, shift
from steadyhand.benchmarks.chunk_stream import Streamed, embedded, stream
from steadyhand.benchmarks.naive import Naive
from steadyhand.benchmarks.statistics import percentiles
from steadyhand.evaluation.episode_record import Samples
from steadyhand.evaluation.methods import supported_methods, with_method
from steadyhand.execution.bridge import Bridge
from steadyhand.profiles.contract import Contract

DELAYS = (0.0, 0.1, 0.2, 0.3)
"""Injected delays [s], from the capture of an observation until its chunk reaches the bridge."""

NAIVE = "naive"
"""Reference: every chunk from its first row, as soon as it arrives."""

RESPONSE = 0.1
"""Time after a hand-over in which the arm shows what was commanded at it [s]: it follows with a lag of about 40 ms."""

Array = NDArray[np.float64]


def methods() -> tuple[str, ...]:
    """Return what is compared: every method that a policy profile may ask for, and the reference."""
    return (*supported_methods(), NAIVE)


def measure(
    episodes: int,
    seed: int,
    compared: Sequence[str],
    *,
    delays: Sequence[float] = DELAYS,
    renderer: str = "auto",
    report: Callable[[str, float, list[Streamed]], None] | None = None,
) -> dict[str, Any]:
    """Run the same scenes with every method and delay.

    Args:
        episodes: Scenes for each method and delay.
        seed: Of the first scene.
        compared: Ways of stitching; see `methods`.
        delays: Injected delays [s].
        renderer: What draws the cameras' images.
        report: Told method, delay [s] and episodes as they are finished.

    Returns:
        ``episodes``, ``seed`` and ``rows``, one for each method and delay; see `summary`.
    """
    rows = []
    for method in compared:
        contract, make_bridge = arrangement(method)
        for delay in delays:
            streamed = list(
                stream(
                    contract,
                    range(seed, seed + episodes),
                    delay=delay,
                    make_bridge=make_bridge,
                    renderer=renderer,
                )
            )
            rows.append({"method": method, "delay": delay, **summary(streamed)})
            if report is not None:
                report(method, delay, streamed)
    return {"episodes": episodes, "seed": seed, "rows": rows}


def arrangement(method: str) -> tuple[Contract, Callable[[Contract], Bridge]]:
    """Return the embedded policy's deployment with a method, and what makes its bridge."""
    if method == NAIVE:
        return embedded(), lambda contract: Bridge(contract, Naive())
    return with_method(embedded(), method), Bridge


def summary(episodes: Sequence[Streamed]) -> dict[str, Any]:
    """Return the figures of one method at one delay.

    Returns:
        ``boundaries``: hand-overs from chunk to chunk in motion. ``reference``: the ratios of `boundary.ratios` for
        what was commanded, over the motion that the chunks themselves ask for between two hand-overs. ``measured``:
        the same for the arm's joint states, over what they show away from boundaries. ``lag_ms``: time by which the
        command was behind the newest chunk, over the chunks. ``slowed``: chunks whose timing was stretched, and
        ``slowest_ms``, the largest lag from that. ``refused``: chunks. ``holds``: times by reason. ``successes``.
    """
    plans = [plan for episode in episodes for plan in planned(episode)]
    lags = np.array([shift(plan.positions, plan.followed, plan.velocities) for plan in plans])
    asked = Changes.together([changes(plan.times, plan.positions)[1] for plan in plans])
    measured = [
        changes(*_samples(episode.record.measured), episode.record.handovers, response=RESPONSE) for episode in episodes
    ]
    commanded = [changes(*_samples(episode.record.reference), episode.record.handovers)[0] for episode in episodes]
    verdicts = [episode.verdict for episode in episodes if episode.verdict is not None]
    slowed = [lag for episode in episodes for lag in episode.lags[1:] if lag > 1e-6]
    return {
        "boundaries": sum(len(episode.record.handovers) for episode in episodes),
        "reference": ratios(Changes.together(commanded), asked),
        "measured": ratios(*(Changes.together(side) for side in zip(*measured, strict=True))),
        "lag_ms": percentiles(1e3 * lags, (50, 95)) if len(lags) else {},
        "slowed": len(slowed),
        "slowest_ms": round(1e3 * max(slowed, default=0.0), 1),
        "refused": sum(verdict.refused for verdict in verdicts),
        "holds": dict(sum((episode.reasons for episode in episodes), start=Counter[str]())),
        "successes": sum(verdict.success for verdict in verdicts),
    }


@dataclass(frozen=True)
class Plan:
    """What a chunk asked for between the hand-over to it and the next, sampled at 100 Hz.

    Attributes:
        times: ROS clock, shape (T,) [s].
        positions: Of the spline through its rows, shape (T, n) [rad].
        velocities: Shape (T, n) [rad/s].
        followed: What was commanded instead, shape (T, n) [rad].
    """

    times: Array
    positions: Array
    velocities: Array
    followed: Array


def planned(episode: Streamed) -> Iterator[Plan]:
    """Yield what every chunk that took over in motion asked for, at the times that its rows are meant for."""
    record = episode.record
    times, values = _samples(record.reference)
    ends = [*record.handovers[1:], np.inf]
    for targets, begin, end in zip(record.targets[1:], record.handovers, ends, strict=False):
        inside = (times >= max(begin, targets.times[0])) & (times < min(end, targets.times[-1]))
        if len(targets.times) > 1 and np.count_nonzero(inside) > 1:
            spline = CubicSpline(targets.times, targets.positions, bc_type="natural")
            yield Plan(times[inside], spline(times[inside]), spline(times[inside], 1), values[inside])


def _samples(motion: Samples) -> tuple[Array, Array]:
    return motion.times, motion.values
