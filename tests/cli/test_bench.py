"""The bench command, with measurements that are given."""

import json

from typer.testing import CliRunner

from steadyhand.benchmarks import transport
from steadyhand.cli.bench import bench

RESULT = {"image_ms": {"p50": 1.25, "p99": 1.75}, "sent": 600, "received": 599}


def test_transport_prints_and_writes_its_result_with_its_provenance(tmp_path, monkeypatch):
    seen = {}

    def measure(seconds, environment):
        seen.update(environment, seconds=seconds)
        return RESULT

    monkeypatch.setattr(transport, "measure", measure)
    monkeypatch.delenv("ROS_DOMAIN_ID", raising=False)
    file = tmp_path / "result.json"

    done = CliRunner().invoke(bench, ["transport", "--seconds", "3", "--json", str(file)])

    assert done.exit_code == 0
    assert "image p50 1.25 ms, p99 1.75 ms" in done.output
    assert "599 of 600" in done.output
    assert seen["seconds"] == 3.0
    assert 1 <= int(seen["ROS_DOMAIN_ID"]) <= 101
    assert any(name.endswith("_DEFAULT_PROFILES_FILE") for name in seen)
    written = json.loads(file.read_text())
    assert {key: written[key] for key in RESULT} == RESULT
    assert {"machine", "versions", "commit"} <= written.keys()


def test_observation_prints_and_writes_what_was_measured(tmp_path):
    file = tmp_path / "result.json"
    options = ["--encoding", "uyvy", "--resize", "crop", "--steps", "2", "--repeats", "3", "--json", str(file)]
    done = CliRunner().invoke(bench, ["observation", *options])
    assert done.exit_code == 0, done.output
    assert "2 images in uyvy, crop, 2 steps: p50 " in done.output
    written = json.loads(file.read_text())
    assert written["observations"] == 3 and 0.0 < written["observation_ms"]["p50"] <= written["observation_ms"]["p99"]
    assert {"machine", "versions", "commit"} <= written.keys()
