"""Underruns: whether chunks that take long, and not always as long, come before the arm runs out of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from steadyhand.benchmarks.chunk_stream import Streamed, embedded, embedded_loop, streamed_episode, uniform_delay
from steadyhand.execution.reasons import Reason


def measure(
    minutes: float,
    seed: int,
    *,
    delay: float = 0.3,
    share: float = 0.3,
    renderer: str = "auto",
    report: Callable[[float], None] | None = None,
) -> dict[str, Any]:
    """Run episodes of the embedded policy one after the other until chunks have moved the arm for some time.

    Args:
        minutes: Simulated time in which chunks move the arm [min].
        seed: Of the first scene.
        delay: Mean time from the capture of an observation until its chunk arrives [s].
        share: Delays are even between ``delay`` less and plus this part of it.
        renderer: What draws the cameras' images.
        report: Told the time so far [s].

    Returns:
        ``underruns``, ``running`` [s], ``episodes``, ``chunks``, ``refused`` (chunks), ``holds`` (times by reason),
        ``successes``, ``delay`` [s] and ``share``.
    """
    contract = embedded()
    found: list[Streamed] = []
    running = 0.0
    with embedded_loop(contract, renderer) as make_loop:
        while running < 60.0 * minutes:
            place = seed + len(found)
            episode = streamed_episode(contract, make_loop, place, delay=uniform_delay(delay, share, place))
            found.append(episode)
            running += episode.running
            if report is not None:
                report(running)
    reasons = sum((episode.reasons for episode in found), start=Counter[str]())
    verdicts = [episode.verdict for episode in found if episode.verdict is not None]
    return {
        "underruns": reasons[str(Reason.UNDERRUN)],
        "running": round(running, 1),
        "episodes": len(found),
        "chunks": sum(verdict.chunks for verdict in verdicts),
        "refused": sum(verdict.refused for verdict in verdicts),
        "holds": dict(reasons),
        "successes": sum(verdict.success for verdict in verdicts),
        "delay": delay,
        "share": share,
        "seed": seed,
    }
