"""The result of a demonstration, for a program and for a person."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from steadyhand.episodes.result import EpisodeResult
from steadyhand.evaluation.provenance import provenance


@dataclass(frozen=True)
class DemonstrationResult:
    """How a demonstration ended.

    Attributes:
        instruction: What was asked for.
        seed: Seed of the scene and of the policy's noise.
        outcome: Outcome of the episode in lower case, or ``error`` where it did not come to one.
        task_success: The simulator's ground truth, None where it could not be asked.
        message: For a person.
        seconds: Wall time from the command to the outcome [s].
        ready_seconds: Wall time until the graph was ready [s].
        scene: What lay on the table.
        deployment: Name of the deployment.
        episode: The action's result, None where there is none.
        record: Summary of what was seen.
        files: Files written, by what they are.
    """

    instruction: str
    seed: int
    outcome: str
    task_success: bool | None
    message: str
    seconds: float
    ready_seconds: float | None = None
    scene: str = ""
    deployment: str = ""
    episode: EpisodeResult | None = None
    record: dict[str, Any] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """Return the machine-readable result; keys that need an episode are None without one."""
        episode = self.episode
        latency = None
        if episode is not None:
            latency = {
                "p50": round(1e3 * episode.latency_median, 2),
                "max": round(1e3 * episode.latency_max, 2),
            }
        return {
            "outcome": self.outcome,
            "task_success": self.task_success,
            "seconds": round(self.seconds, 2),
            "ready_seconds": None if self.ready_seconds is None else round(self.ready_seconds, 2),
            "instruction": self.instruction,
            "seed": self.seed,
            "scene": self.scene,
            "deployment": self.deployment,
            "message": self.message,
            "episode_seconds": None if episode is None else round(episode.elapsed, 2),
            "success_source": None if episode is None else episode.success_source,
            "code": None if episode is None else episode.code,
            "chunks": None if episode is None else episode.chunks,
            "chunks_refused": None if episode is None else episode.chunks_refused,
            "holds": None if episode is None else episode.holds,
            "policy_latency_ms": latency,
            "record": self.record,
            "files": self.files,
            **provenance(),
        }

    def write(self, *paths: Path) -> None:
        """Write the machine-readable result to files."""
        text = json.dumps(self.document(), indent=2) + "\n"
        for path in paths:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
