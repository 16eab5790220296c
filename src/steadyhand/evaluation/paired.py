"""The same scenes under different delays and ways of stitching."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

from steadyhand.evaluation.closed_loop import Verdict
from steadyhand.evaluation.exceptions import EvaluationError
from steadyhand.evaluation.intervals import newcombe_paired_interval, wilson_interval
from steadyhand.evaluation.success import Trials, instruction_for, prepared

Report = Callable[[Trials, Verdict], None]


def compare(trials: Sequence[Trials], report: Report | None = None) -> dict[str, Any]:
    """Run every scene under every condition, scene by scene, and compare each condition with the first.

    Args:
        trials: Conditions; they differ in ``delay`` and ``method`` alone.
        report: Told every condition and verdict as it comes.

    Returns:
        ``episodes``, ``seed`` and ``rows``, one for each condition: ``method``, ``delay`` [s], ``successes``,
        ``success_rate``, ``ci95``, ``wrong_object``, ``refused`` (chunks), ``difference`` of the rate to that of the
        first condition and ``difference_ci95``, Newcombe's paired interval.

    Raises:
        EvaluationError: The conditions have different scenes.
    """
    first = trials[0]
    if any(replace(other, delay=first.delay, method=first.method) != first for other in trials):
        raise EvaluationError("conditions to compare must differ in delay and method alone: give them the same scenes.")
    verdicts: list[list[Verdict]] = [[] for _ in trials]
    for index, verdict in _interleaved(trials):
        verdicts[index].append(verdict)
        if report is not None:
            report(trials[index], verdict)
    rows = [_row(condition, found, verdicts[0]) for condition, found in zip(trials, verdicts, strict=True)]
    return {"task": first.task, "episodes": first.episodes, "seed": first.seed, "policy": first.policy, "rows": rows}


def _interleaved(trials: Sequence[Trials]) -> Iterator[tuple[int, Verdict]]:
    with ExitStack() as stack:
        loops = [stack.enter_context(prepared(condition)) for condition in trials]
        for seed in range(trials[0].seed, trials[0].seed + trials[0].episodes):
            for index, loop in enumerate(loops):
                yield index, loop.run(seed, instruction_for(seed))


def _row(condition: Trials, verdicts: Sequence[Verdict], reference: Sequence[Verdict]) -> dict[str, Any]:
    won = [(verdict.success, other.success) for verdict, other in zip(verdicts, reference, strict=True)]
    both, first, second, neither = (
        won.count(pair) for pair in ((True, True), (True, False), (False, True), (False, False))
    )
    successes = both + first
    low, high = wilson_interval(successes, len(won))
    least, most = newcombe_paired_interval(both, first, second, neither)
    return {
        "method": condition.method,
        "delay": condition.delay,
        "successes": successes,
        "success_rate": round(successes / len(won), 4),
        "ci95": [round(low, 4), round(high, 4)],
        "wrong_object": sum(verdict.wrong_object for verdict in verdicts),
        "refused": sum(verdict.refused for verdict in verdicts),
        "difference": round((first - second) / len(won), 4),
        "difference_ci95": [round(least, 4), round(most, 4)],
        "failures": [{"seed": verdict.seed, "message": verdict.message} for verdict in verdicts if not verdict.success],
    }
