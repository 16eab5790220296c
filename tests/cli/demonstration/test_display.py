"""Progress is shown on a terminal and in a log alike."""

import io

import pytest
from rich.console import Console

from steadyhand.cli.demonstration.display import Display
from steadyhand.nodes.demonstration import Progress


def shown(terminal):
    console = Console(file=io.StringIO(), force_terminal=terminal, width=100)
    with Display(console) as display:
        display.waiting({"policy": False, "bridge": True}, 1.0)
        display.waiting({"policy": False, "bridge": True}, 1.1)
        display.say("The graph is ready.")
        for code in ("", "", "UNDERRUN"):
            progress = Progress("running", 2.0, 3, 0.004, code, "no chunk in time" if code else "")
            display.running("pick up the red cube", progress, "not lifted")
            if terminal:
                display._live.refresh()
    return console.file.getvalue()


@pytest.mark.parametrize("terminal", [True, False])
def test_phase_chunks_latency_hold_and_ground_truth_are_shown(terminal):
    text = shown(terminal)
    for word in ("policy", "running", "2.0 s", "4.0 ms", "UNDERRUN", "not lifted", "The graph is ready."):
        assert word in text


def test_lines_are_printed_only_for_what_changed():
    lines = shown(False).splitlines()
    assert len([line for line in lines if "waiting for: policy" in line]) == 1
    assert len([line for line in lines if "running" in line]) == 2


def test_no_control_sequences_go_to_a_log():
    assert "\x1b" not in shown(False)
