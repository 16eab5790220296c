from __future__ import annotations

from pathlib import Path

import pytest

from steadyhand.benchmarks import overhead
from steadyhand.profiles.contract import load_deployment


def test_both_kinds_are_measured_in_turns_and_their_rounds_taken_together(monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[bool] = []

    def measure(
        seconds: float, environment: dict[str, str], *, composed: bool = False, joint_rate: float = 100.0
    ) -> dict[str, object]:
        assert joint_rate == 250.0
        order.append(composed)
        samples = [float(len(order))] * 2
        return {"chunks": 2, "holds": [], "samples_ms": {"overhead": samples, "camera to command": samples}}

    monkeypatch.setattr(overhead, "measure", measure)
    result = overhead.compare(1.0, {}, 2, joint_rate=250.0)
    assert order == [False, True, True, False]
    assert {kind: part["chunks"] for kind, part in result.items()} == {"separate": 4, "composed": 4}
    assert result["separate"]["overhead_ms"]["p50"] == result["composed"]["overhead_ms"]["p50"] == 2.5


def test_the_synthetic_robot_has_the_rate_that_is_asked_for_and_no_latency_of_its_joint_states(tmp_path: Path) -> None:
    robot = load_deployment(str(overhead.write_deployment(tmp_path, 500.0))).robot
    assert (robot.joint_states.rate, robot.joint_states.latency) == (500.0, 0.0)
    assert robot.joint_names == load_deployment("panda_embedded").robot.joint_names
