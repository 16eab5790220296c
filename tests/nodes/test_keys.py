"""Keys on a pseudo-terminal, which is left as it was."""

from __future__ import annotations

import io
import os
import pty
import termios
from collections.abc import Iterator

import pytest

from steadyhand.nodes import keys
from steadyhand.nodes.keys import Keys


@pytest.fixture
def keyboard(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    ours, theirs = pty.openpty()
    with os.fdopen(theirs) as terminal:
        monkeypatch.setattr("sys.stdin", terminal)
        monkeypatch.setattr(keys, "_in_foreground", lambda _terminal: True)
        yield ours
    os.close(ours)


def test_keys_come_one_by_one_and_ctrl_z_is_one_of_them(keyboard: int) -> None:
    before = termios.tcgetattr(keyboard)
    with Keys() as found:
        assert found.there and found.pressed() == ""
        os.write(keyboard, b" c\x1a")
        found.wait(5.0)
        assert [found.pressed() for _ in range(4)] == [" ", "c", "\x1a", ""]
    assert termios.tcgetattr(keyboard) == before


def test_a_terminal_in_the_background_is_left_alone(keyboard: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert keys._in_foreground(keyboard) is False


def test_without_a_terminal_no_key_ever_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("s"))
    with Keys() as found:
        found.wait(0.0)
        assert not found.there and found.pressed() == ""
