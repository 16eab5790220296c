"""Single keys of a terminal, while something else goes on."""

from __future__ import annotations

import contextlib
import os
import select
import sys
from types import TracebackType
from typing import Any

_NO_KEY = b"\0"  # _POSIX_VDISABLE of Linux


class Keys:
    """A context in which keys come at once and without echo. Ctrl-C stays; Ctrl-Z would leave the arm on unwatched.

    Attributes:
        there: False where none ever comes: without a terminal, or in its background.
    """

    def __init__(self) -> None:
        """Prepare; the terminal is changed on entering."""
        self.there = sys.stdin is not None and sys.stdin.isatty() and _in_foreground(sys.stdin.fileno())
        self._modes: list[Any] | None = None

    def __enter__(self) -> Keys:
        if self.there:
            import termios
            import tty

            with contextlib.suppress(termios.error):
                self._modes = termios.tcgetattr(sys.stdin.fileno())
                tty.setcbreak(sys.stdin.fileno())
                modes = termios.tcgetattr(sys.stdin.fileno())
                modes[6][termios.VSUSP] = _NO_KEY
                termios.tcsetattr(sys.stdin.fileno(), termios.TCSADRAIN, modes)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._modes is not None:
            import termios

            with contextlib.suppress(termios.error):
                termios.tcsetattr(sys.stdin.fileno(), termios.TCSADRAIN, self._modes)
            self._modes = None

    def wait(self, seconds: float) -> None:
        """Wait for a key, for at most a time [s]."""
        select.select([] if self._modes is None else [sys.stdin], [], [], seconds)

    def pressed(self) -> str:
        """Return the key that was pressed, empty where none was."""
        if self._modes is None:
            return ""
        ready, _, _ = select.select([sys.stdin], [], [], 0.0)
        try:
            return os.read(sys.stdin.fileno(), 1).decode(errors="ignore") if ready else ""
        except OSError:  # the terminal was closed
            return ""


def _in_foreground(terminal: int) -> bool:
    """Tell whether this process may change its terminal: one in the background is stopped when it does."""
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
