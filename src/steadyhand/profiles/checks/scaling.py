"""Statistics of the policy's normalisation: all there, of the right length, with something to divide by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from steadyhand.profiles.action import ActionTerm
from steadyhand.profiles.exceptions import ProfileProblem
from steadyhand.profiles.normalisation import STATISTICS_OF, Statistics
from steadyhand.profiles.parts import Parts, needs
from steadyhand.profiles.state import StateTerm


@needs("policy.normalisation", "policy.state")
def state_statistics(parts: Parts) -> Iterator[ProfileProblem]:
    """Statistics of the state, where there is one."""
    if any(term.kind != "padding" for term in parts.policy.state):
        yield from _statistics(parts, "state", parts.policy.state)


@needs("policy.normalisation", "policy.action")
def action_statistics(parts: Parts) -> Iterator[ProfileProblem]:
    """Statistics of the actions."""
    yield from _statistics(parts, "action", parts.policy.action)


def _statistics(
    parts: Parts, vector: str, terms: tuple[StateTerm, ...] | tuple[ActionTerm, ...]
) -> Iterator[ProfileProblem]:
    """Check the statistics of one vector; padding is never scaled, and at the end it needs none."""
    names = [name for term in terms for name in term.names]
    padding = [term.kind == "padding" for term in terms for _ in term.names]
    normalisation = parts.policy.normalisation
    wanted = STATISTICS_OF[normalisation.method]
    if not wanted:
        return
    statistics: Statistics = getattr(normalisation, vector) or Statistics.model_validate({})
    key = ("normalisation", vector)
    for word in (*wanted, "mask"):
        values = getattr(statistics, word)
        if values is None and word != "mask":
            yield parts.problem(
                "policy",
                (*key, word),
                f"{normalisation.method} needs {word} of the {vector}",
                f"Give {len(names)} values, or a file that has them.",
            )
        elif values is not None and not _complete(values, padding):
            yield parts.problem(
                "policy",
                (*key, word),
                f"has {len(values)} values, the {vector} has {len(names)} elements",
                f"One for each, in this order: {', '.join(names)}.",
            )
    first, second = (getattr(statistics, word) for word in wanted)
    if first is None or second is None or not _complete(first, padding) or not _complete(second, padding):
        return
    mask = statistics.mask or (True,) * len(names)
    for index, (low, high, scaled) in enumerate(zip(first, second, mask, strict=False)):
        spread = high if normalisation.method == "mean_std" else high - low
        if scaled and not padding[index] and spread <= 0.0:
            yield parts.problem(
                "policy",
                (*key, wanted[1], index),
                f"{names[index]} has no spread to divide by" if spread == 0.0 else f"{names[index]} is upside down",
                "Correct it, or leave this element unscaled with mask: false.",
                value=high,
            )


def _complete(values: Sequence[object], padding: Sequence[bool]) -> bool:
    return len(values) <= len(padding) and all(padding[len(values) :])


CHECKS = (state_statistics, action_statistics)
