"""How an episode ended."""

from __future__ import annotations

from dataclasses import dataclass

from steadyhand.episodes.phase import Outcome


@dataclass(frozen=True)
class EpisodeResult:
    """How an episode ended, as RunInstruction's result says it.

    Attributes:
        outcome: How.
        success_source: What decided: simulator, policy, operator, timeout; empty where nothing did.
        code: Reason code of a fault or refusal, empty otherwise.
        message: For a person.
        elapsed: From acceptance to the decision, ROS clock [s].
        chunks: Chunks executed.
        chunks_refused: Chunks published and not executed.
        holds: Times the bridge braked or was held while the policy acted.
        latency_median: Median inference latency [s].
        latency_max: Largest inference latency [s].
    """

    outcome: Outcome
    success_source: str
    code: str
    message: str
    elapsed: float
    chunks: int = 0
    chunks_refused: int = 0
    holds: int = 0
    latency_median: float = 0.0
    latency_max: float = 0.0
