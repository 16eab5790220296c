from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from rich.console import Console

pytest.importorskip("rclpy")

from steadyhand.cli.operating.status_view import status_view
from steadyhand.nodes.graph_status import GraphStatus, StreamStatus

BRIDGE = {
    "state": "held",
    "mode": "confirm",
    "speed": 0.3,
    "hold_code": "",
    "hold_message": "",
    "remedy": "",
    "remaining": 0.42,
    "delay": 0.081,
    "lag": 0.0,
    "chunks_refused": "2",
}


def shown(**bridge: Any) -> str:
    status = GraphStatus(
        "/left",
        {"policy": "active", "bridge": "inactive", "pilot": "absent"},
        {"/joint_states": StreamStatus(99.8, 0.004, 0.01), "/camera": StreamStatus(0.0, 3.0, 3.0)},
        {
            "phase": "running",
            "instruction": "wave",
            "deployment": "d",
            "episodes": 3,
            "last_outcome": "rejected",
            "last_message": "why",
        },
        {"chunks": 7, "latency_median": 0.0123, "latency_p95": 0.02, "latency_newest": 0.01},
        BRIDGE | bridge,
    )
    console = Console(width=110, record=True, file=StringIO())
    console.print(status_view(status))
    return console.export_text()


def test_everything_that_was_heard_is_shown() -> None:
    text = shown()
    for said in ("/left", "absent", "“wave”, running", "rejected: why", "99.8", "30 %", "0.42 s", "81 ms", "12.3 ms"):
        assert said in text
    assert [line for line in text.splitlines() if "/camera" in line and "silent" in line]


def test_a_hold_is_shown_with_its_remedy() -> None:
    text = shown(hold_code="ENABLE_LOST", hold_message="the switch says no", remedy="Hold it.")
    assert "ENABLE_LOST: the switch says no" in text and "Hold it." in text


def test_what_waits_for_consent_is_shown_with_how_to_give_it() -> None:
    text = shown(hold_code="CONFIRMATION_AWAITED", hold_message="chunk 3: a +0.1", remedy="call ~/confirm")
    assert "chunk 3: a +0.1" in text and "call ~/confirm" in text
