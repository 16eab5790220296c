from __future__ import annotations

import io
from collections.abc import Callable

import pytest

from steadyhand.nodes.terminal import Terminal
from steadyhand.speech.exceptions import SpeechError


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


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a person types, line by line."""
    lines: list[str] = []

    def type_line(_prompt: str = "") -> str:
        if not lines:
            raise EOFError
        return lines.pop(0)

    monkeypatch.setattr("builtins.input", type_line)
    return lines


@pytest.mark.parametrize(("answer", "sent"), [("y", ["pick up the red cube"]), ("", []), ("no", [])])
def test_what_was_heard_is_sent_after_a_word_of_its_own(typed: list[str], answer: str, sent: list[str]) -> None:
    def listen(until: Callable[[], object]) -> str:
        until()
        return "pick up the red cube"

    terminal = Terminal(listen)
    terminal.interactive = True
    typed += ["", "", answer]
    assert terminal.lines() == sent
    assert not typed, "one line begins, one ends, and one confirms"


def test_what_cannot_be_heard_is_said_and_nothing_is_sent(typed: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    def listen(until: Callable[[], object]) -> str:
        raise SpeechError("no such card")

    terminal = Terminal(listen)
    terminal.interactive = True
    typed += ["", "put it down"]
    assert [terminal.lines(), terminal.lines()] == [[], ["put it down"]]
    assert "no such card" in capsys.readouterr().out
