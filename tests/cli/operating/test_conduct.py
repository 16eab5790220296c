"""One episode of ``steadyhand run``, with a client that only seems to be in a graph."""

from __future__ import annotations

import io
from types import SimpleNamespace

import pytest
from rich.console import Console

pytest.importorskip("rclpy")

from steadyhand.cli.demonstration.display import Display
from steadyhand.cli.demonstration.interruption import Interruption
from steadyhand.cli.operating import conduct as module
from steadyhand.cli.operating.conduct import RunRequest, conduct
from steadyhand.nodes.episode_client import NODES
from steadyhand.nodes.exceptions import NodeError
from steadyhand.nodes.instruction_goal import Progress


def test_a_pilot_that_is_gone_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_ABANDONED", 0.1)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    client = SimpleNamespace(
        running=lambda: set(NODES),
        readiness=lambda: dict.fromkeys(NODES, True),
        begin=lambda *_arguments, **_options: None,
        say=lambda _key: None,
        answer="",
        goal=SimpleNamespace(result=None, progress=Progress(), abandoned=True),
    )
    request = RunRequest("d", "d", "wave", "", 0.0, 0.0, "", 0, use_sim_time=False, ready_within=1.0)
    with Display(Console(file=io.StringIO())) as display, pytest.raises(NodeError, match="the pilot has gone"):
        conduct(request, client, SimpleNamespace(check=lambda: None), display, Interruption())
