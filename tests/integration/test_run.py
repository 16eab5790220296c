"""``steadyhand run`` and ``steadyhand status`` on terminals: nodes that are missing, progress, keys, Ctrl-C."""

from contextlib import closing
from pathlib import Path

import pytest
from stage import SCRIPTED, Stage
from steadyhand.msg import ExecutionState

STARTED = 150.0
"""Time in which interpreters start three nodes on a busy machine [s]."""
CTRL_C = "\x03"
ALTERNATE_SCREEN = "\x1b[?1049"


@pytest.fixture(scope="module")
def stage(shared_graph):
    stage = Stage(shared_graph)
    # Not faster than a person's keys come through.
    stage.start_node("simulator", speed=1.0)
    yield stage
    stage.close()


def test_a_terminal_starts_what_is_missing_obeys_keys_and_leaves_nothing_behind(stage, tmp_path):
    graph, client = stage.graph, stage.client
    run, terminal = graph.type(
        "run", SCRIPTED, "pick up the red cube", "--sim-time", "--logs", str(tmp_path), "--ready-within", str(STARTED)
    )
    with closing(terminal):
        before = terminal.modes
        stage.client.wait_for(lambda: "space stop" in terminal.shown, STARTED, message="no goal was sent")
        started = run.children
        assert {path.stem for path in tmp_path.glob("*.log")} == {"policy", "bridge", "pilot"}
        stage.until(lambda report: report.state == ExecutionState.STATE_RUNNING)
        terminal.press(" ")
        stage.until_held("STOPPED")
        client.wait_for(lambda: "stop: " in terminal.shown and "held" in terminal.shown)

        status, screen = graph.type("status")
        with closing(screen):
            client.wait_for(lambda: "STOPPED: stopped by the operator" in screen.shown)
            assert "q leaves" in screen.shown and ALTERNATE_SCREEN + "h" in screen.shown
            screen.clear()
            terminal.press("xr\x1a")
            client.wait_for(lambda: "running" in screen.shown)
            screen.press("q")
            client.wait_for(lambda: not status.alive, message="status does not leave")
            assert status.code == 0 and ALTERNATE_SCREEN + "l" in screen.shown

        client.wait_for(lambda: "resume: " in terminal.shown)
        terminal.clear()
        terminal.press(CTRL_C)
        client.wait_for(lambda: "cancelling: the arm brakes" in terminal.shown)
        client.wait_for(lambda: "cancelled after" in terminal.shown)
        assert not stage.states.latest.velocities or max(map(abs, stage.states.latest.velocities)) == 0.0
        client.wait_for(lambda: not run.alive, message="run does not end")
        assert run.code == 130
        assert terminal.modes == before
    assert len(started) >= 3
    assert not [pid for pid in started if Path(f"/proc/{pid}").exists()]
