from __future__ import annotations

import pytest

from steadyhand.benchmarks import overhead


def test_both_kinds_are_measured_in_turns_and_their_rounds_taken_together(monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[bool] = []

    def measure(seconds: float, environment: dict[str, str], *, composed: bool = False) -> dict[str, object]:
        order.append(composed)
        samples = [float(len(order))] * 2
        return {"chunks": 2, "holds": [], "samples_ms": {"overhead": samples, "camera to command": samples}}

    monkeypatch.setattr(overhead, "measure", measure)
    result = overhead.compare(1.0, {}, 2)
    assert order == [False, True, True, False]
    assert {kind: part["chunks"] for kind, part in result.items()} == {"separate": 4, "composed": 4}
    assert result["separate"]["overhead_ms"]["p50"] == result["composed"]["overhead_ms"]["p50"] == 2.5
