"""The machine-readable result keeps its keys."""

import json

from steadyhand.cli.demonstration.result import DemonstrationResult
from steadyhand.episodes.phase import Outcome
from steadyhand.episodes.result import EpisodeResult

KEYS = {
    "outcome",
    "task_success",
    "seconds",
    "ready_seconds",
    "instruction",
    "seed",
    "scene",
    "deployment",
    "message",
    "episode_seconds",
    "success_source",
    "code",
    "chunks",
    "chunks_refused",
    "holds",
    "policy_latency_ms",
    "record",
    "files",
    "machine",
    "versions",
    "commit",
}


def test_a_result_of_an_episode_has_its_numbers(tmp_path):
    episode = EpisodeResult(
        outcome=Outcome.SUCCEEDED,
        success_source="simulator",
        code="",
        message="done",
        elapsed=5.5,
        chunks=7,
        holds=1,
        latency_median=0.004,
        latency_max=0.009,
    )
    result = DemonstrationResult("pick up the red cube", 3, "succeeded", True, "done", 12.344, 6.0, episode=episode)
    paths = tmp_path / "out" / "result.json", tmp_path / "copy.json"
    result.write(*paths)
    document = json.loads(paths[0].read_text())
    assert json.loads(paths[1].read_text()) == document
    assert set(document) == KEYS
    assert document["policy_latency_ms"] == {"p50": 4.0, "max": 9.0}
    assert (document["seconds"], document["chunks"], document["holds"]) == (12.34, 7, 1)


def test_a_result_without_an_episode_has_the_same_keys():
    document = DemonstrationResult("x", 0, "error", None, "a node died", 1.0).document()
    assert set(document) == KEYS
    assert document["chunks"] is None
    assert document["task_success"] is None
