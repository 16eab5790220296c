"""Single keys of a terminal, while something else goes on."""

from __future__ import annotations

import contextlib
import os
import select
import sys
from types import TracebackType
from typing import Any


class Keys:
    """A context in which keys come at once and without echo; without a terminal none ever comes. Ctrl-C stays."""

    def __init__(self) -> None:
        """Prepare; the terminal is changed on entering."""
        self.there = sys.stdin is not None and sys.stdin.isatty()
        self._modes: list[Any] | None = None

    def __enter__(self) -> Keys:
        if self.there:
            import termios
            import tty

            with contextlib.suppress(termios.error):
                self._modes = termios.tcgetattr(sys.stdin.fileno())
                tty.setcbreak(sys.stdin.fileno())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._modes is not None:
            import termios

            with contextlib.suppress(termios.error):
                termios.tcsetattr(sys.stdin.fileno(), termios.TCSADRAIN, self._modes)
            self._modes = None

    def pressed(self) -> str:
        """Return the key that was pressed, empty where none was."""
        if self._modes is None:
            return ""
        ready, _, _ = select.select([sys.stdin], [], [], 0.0)
        return os.read(sys.stdin.fileno(), 1).decode(errors="ignore") if ready else ""
