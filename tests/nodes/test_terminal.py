from __future__ import annotations

import io

import pytest

from steadyhand.nodes.terminal import Terminal


@pytest.fixture
def piped(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.setattr("sys.stdin", io.StringIO("pick up the red cube\n\n   \n put it down \n"))
    return Terminal()


def test_lines_come_stripped_and_blank_ones_are_nothing(piped: Terminal) -> None:
    assert not piped.interactive and not piped.read_any
    assert [piped.lines() for _ in range(5)] == [["pick up the red cube"], [], [], ["put it down"], None]
    assert piped.read_any


def test_no_input_at_all_is_no_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    terminal = Terminal()
    assert terminal.lines() is None and not terminal.read_any


def test_progress_is_a_line_where_it_changes(piped: Terminal, capsys: pytest.CaptureFixture[str]) -> None:
    for text in ("starting", "starting", "running"):
        piped.progress(text)
    piped.say("done")
    piped.close()
    assert capsys.readouterr().out == "starting\nrunning\ndone\n"


def test_a_reader_that_has_gone_is_no_error(piped: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = io.StringIO()
    closed.close()
    monkeypatch.setattr("sys.stdout", closed)
    piped.say("done")
