"""The bench command, with measurements that are given."""

import json

import pytest
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


def test_parts_are_printed_with_what_the_processor_took(monkeypatch, tmp_path):
    from steadyhand.benchmarks import gate

    times = {"count": 3, "wall_ms": {"p50": 2.0, "p95": 3.0}, "cpu_ms": {"p50": 1.0, "p95": 1.5}}
    result = dict.fromkeys(("passed", "slowed", "all"), times) | {"refused": {"count": 0}}
    monkeypatch.setattr(gate, "measure", lambda chunks, seed: result)
    done = CliRunner().invoke(bench, ["gate", "--chunks", "20", "--json", str(tmp_path / "gate.json")])
    assert done.exit_code == 0
    assert "3 chunks passed: p50 2.00, p95 3.00 ms; on the processor p50 1.00, p95 1.50 ms" in done.output
    assert "chunks refused: none" in done.output
    assert len(json.loads((tmp_path / "gate.json").read_text())["load"]) == 3


def test_pictures_of_a_histogram_and_of_a_brake_are_written(tmp_path):
    pytest.importorskip("matplotlib")
    from steadyhand.benchmarks.brake import example
    from steadyhand.benchmarks.pictures import plot_brake, plot_histogram

    plot_histogram({"first": [1.0, 2.0, 3.0], "second": [4.0, 5.0, 9.0]}, tmp_path / "h.png", "t", (5.0, float("nan")))
    plot_brake(*example(), tmp_path / "b.png")
    assert all((tmp_path / name).stat().st_size > 5000 for name in ("h.png", "b.png"))
