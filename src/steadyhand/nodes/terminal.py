"""The terminal of the instruction node: lines in, progress and outcomes out; also where it is no terminal."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from steadyhand.exceptions import SteadyhandError

PROMPT = "instruction> "
_HISTORY = Path.home() / ".steadyhand_history"
_HISTORY_LENGTH = 500
_CLEAR_LINE = "\r\x1b[K"


class Terminal:
    """Reads instructions line by line, with editing and history where a person types them.

    Args:
        listen: Records until the function that it is given returns, and returns what was said; None without speech.

    Attributes:
        interactive: True where a person types; a progress line is then rewritten in place.
        read_any: True once a line was read.
    """

    def __init__(self, listen: Callable[[Callable[[], object]], str] | None = None) -> None:
        """Take standard input and output as they are."""
        self._listen = listen
        self.interactive = sys.stdin.isatty() and sys.stdout.isatty()
        self.read_any = False
        self._progress = ""
        self._modes: list[Any] | None = None
        if self.interactive:
            self._prepare()

    def lines(self) -> list[str] | None:
        """Wait for a line; return it alone in a list, an empty list where it is blank, None at the end of the input."""
        try:
            line = input(PROMPT if self.interactive else "").strip()
            self.read_any = True
            if not line and self.interactive and self._listen is not None:
                line = self._spoken(self._listen)
        except (EOFError, OSError, ValueError):
            return None
        return [line] if line else []

    def _spoken(self, listen: Callable[[Callable[[], object]], str]) -> str:
        """Return what the operator says, and has confirmed by a word of its own; empty where it is not to be done."""
        self.say("listening: speak, then press Enter")
        try:
            said = listen(input)
        except SteadyhandError as error:
            self.say(str(error))
            return ""
        if not said:
            self.say("nothing was understood: press Enter to speak again")
            return ""
        return said if input(f"heard '{said}': y sends it, anything else does not: ").strip().lower() == "y" else ""

    def progress(self, text: str) -> None:
        """Show how far a goal is: in place where a person looks on, else a line where it has changed."""
        if text == self._progress:
            return
        self._progress = text
        if self.interactive:
            self._write(f"{_CLEAR_LINE}{text}")
        else:
            self._write(f"{text}\n")

    def say(self, text: str) -> None:
        """Print a line."""
        self._write(f"{_CLEAR_LINE if self.interactive and self._progress else ''}{text}\n")
        self._progress = ""

    def close(self) -> None:
        """Keep the history, and give the terminal back as it was: a reader that is cut off leaves it without echo."""
        if not self.interactive:
            return
        import readline
        import termios

        with contextlib.suppress(OSError):
            readline.write_history_file(_HISTORY)
        if self._modes is not None:
            with contextlib.suppress(termios.error):
                termios.tcsetattr(sys.stdin.fileno(), termios.TCSADRAIN, self._modes)
        self._write("\n")

    def _prepare(self) -> None:
        import readline
        import termios

        with contextlib.suppress(termios.error):
            self._modes = termios.tcgetattr(sys.stdin.fileno())
        readline.set_history_length(_HISTORY_LENGTH)
        with contextlib.suppress(OSError):
            readline.read_history_file(_HISTORY)

    @staticmethod
    def _write(text: str) -> None:
        # Whoever reads may have gone.
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.write(text)
            sys.stdout.flush()
