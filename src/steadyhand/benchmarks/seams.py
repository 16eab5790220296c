"""Seams: how smooth the motion is where one chunk follows another, for every way of stitching."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steadyhand.benchmarks.boundary import RATE, Changes, changes, ratios, shift
from steadyhand.benchmarks.chunk_stream import Streamed, embedded, embedded_with, stream
from steadyhand.benchmarks.naive import Naive
from steadyhand.benchmarks.statistics import percentiles
from steadyhand.evaluation.episode_record import Samples
from steadyhand.evaluation.methods import supported_methods
from steadyhand.execution.bridge import Bridge
from steadyhand.execution.row_spline import RowSpline
from steadyhand.profiles.contract import Contract

DELAYS = (0.0, 0.1, 0.2, 0.3)
"""Injected delays [s], from the capture of an observation until its chunk reaches the bridge."""

NAIVE = "naive"
"""Reference: every chunk from its first row, as soon as it arrives."""

RESPONSE = 0.1
"""Time after a hand-over in which the arm shows what was commanded at it [s]: it follows with a lag of about 40 ms."""

JOIN = 0.3
"""Time after a hand-over in which most of a join takes place [s]."""

Array = NDArray[np.float64]


def methods() -> tuple[str, ...]:
    """Return what is compared: every method that a policy profile may ask for and that runs here, and the reference."""
    return (*(method for method in supported_methods() if method != "guided" or find_spec("torch")), NAIVE)


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
    """Return the deployment of the embedded policy that a method is made for, and what makes its bridge."""
    if method == NAIVE:
        return embedded(), lambda contract: Bridge(contract, Naive())
    return embedded_with(method), Bridge


def summary(episodes: Sequence[Streamed]) -> dict[str, Any]:
    """Return the figures of one method at one delay.

    Returns:
        ``boundaries``: hand-overs from chunk to chunk in motion. All others of the following are `boundary.ratios`.
        ``reference``: what was commanded at hand-overs, over the motion that the chunks themselves ask for between
        two of them. ``followed``: the same over what was commanded between them. ``join``: as ``reference``, up to
        `JOIN` after the hand-over. ``asked``: what the chunk before or the one after itself asks for at hand-overs,
        whichever is more, over the same: where a policy turns just then, it is beyond 1 without any seam.
        ``measured``: the arm's joint states up to `RESPONSE` after hand-overs, over what they show elsewhere, but for
        where the hand begins or ceases to touch something. ``knocked``: with these.

        ``lag_ms``: time by which the command was behind the newest chunk, over the chunks. ``slowed``: chunks whose
        timing was stretched, and ``slowest_ms``, the largest lag from that. ``refused``: chunks. ``prefixed``: chunks
        whose inference was given a prefix. ``holds``: times by reason. ``successes``.
    """
    plans = [plan for episode in episodes for plan in planned(episode)]
    lags = np.array([shift(plan.positions, plan.followed, plan.velocities) for plan in plans])
    slowed = [lag for episode in episodes for lag in episode.lags[1:] if lag > 1e-6]
    verdicts = [episode.verdict for episode in episodes if episode.verdict is not None]
    return {
        "boundaries": sum(len(episode.record.handovers) for episode in episodes),
        "reference": _commanded(episodes, plans, 0.0),
        "followed": _followed(episodes, plans),
        "join": _commanded(episodes, plans, JOIN),
        "asked": ratios(Changes.together(list(turns(episodes))), _wanted(plans, 0.0)),
        "measured": _measured(episodes, knocked=False),
        "knocked": _measured(episodes, knocked=True),
        "lag_ms": percentiles(1e3 * lags, (50, 95)) if len(lags) else {},
        "slowed": len(slowed),
        "slowest_ms": round(1e3 * max(slowed, default=0.0), 1),
        "refused": sum(verdict.refused for verdict in verdicts),
        "prefixed": sum(verdict.prefixed for verdict in verdicts),
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
    stretches = pairwise([*record.handovers, np.inf])
    for (_, targets), (begin, end) in zip(episode.pairs, stretches, strict=True):
        inside = (times >= max(begin, targets.times[0])) & (times < min(end, targets.times[-1]))
        if len(targets.times) > 1 and np.count_nonzero(inside) > 1:
            positions, velocities = RowSpline(targets.times, targets.positions).at(times[inside])[:2]
            yield Plan(times[inside], positions, velocities, values[inside])


def turns(episodes: Sequence[Streamed]) -> Iterator[Changes]:
    """Yield what the chunks before and after each hand-over themselves ask for at that time, whichever is more."""
    for episode in episodes:
        for (old, new), handover in zip(episode.pairs, episode.record.handovers, strict=True):
            times = handover + np.arange(-3, 4) / RATE
            asked = [
                changes(times, RowSpline(targets.times, targets.positions).at(times)[0], [handover])[0]
                for targets in (old, new)
                if len(targets.times) > 1
            ]
            if asked:
                yield Changes(
                    np.max([one.velocity for one in asked], axis=0), np.max([one.acceleration for one in asked], axis=0)
                )


def _commanded(episodes: Sequence[Streamed], plans: Sequence[Plan], response: float) -> dict[str, dict[str, float]]:
    return ratios(_at_handovers(episodes, response), _wanted(plans, response))


def _followed(episodes: Sequence[Streamed], plans: Sequence[Plan]) -> dict[str, dict[str, float]]:
    between = Changes.together([changes(plan.times, plan.followed)[1] for plan in plans])
    return ratios(_at_handovers(episodes, 0.0), between)


def _at_handovers(episodes: Sequence[Streamed], response: float) -> Changes:
    return Changes.together(
        [
            changes(*_samples(episode.record.reference), episode.record.handovers, response=response)[0]
            for episode in episodes
        ]
    )


def _wanted(plans: Sequence[Plan], response: float) -> Changes:
    """Return the changes that the chunks ask for, in stretches as long as those of hand-overs."""
    return Changes.together([changes(plan.times, plan.positions, response=response)[1] for plan in plans])


def _measured(episodes: Sequence[Streamed], *, knocked: bool) -> dict[str, dict[str, float]]:
    sides = [
        changes(
            *_samples(episode.record.measured),
            episode.record.handovers,
            response=RESPONSE,
            knocks=() if knocked else episode.knocks,
        )
        for episode in episodes
    ]
    return ratios(*(Changes.together(side) for side in zip(*sides, strict=True)))


def _samples(motion: Samples) -> tuple[Array, Array]:
    return motion.times, motion.values
