"""Ctrl-C, SIGTERM and a closed terminal, as one interruption that cannot get lost."""

from __future__ import annotations

import signal
from types import FrameType, TracebackType
from typing import Any

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interruption:
    """A context in which each of the signals raises KeyboardInterrupt.

    Python drops an exception that a signal raises inside of a destructor or an import's callback. So the signal is
    remembered as well: loops call ``check``, and at the latest the end of the context raises.
    """

    def __init__(self) -> None:
        """Prepare; the handlers are set on entering."""
        self._came = False
        self._previous: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Interruption:
        self._previous = {number: signal.signal(number, self._on_signal) for number in SIGNALS}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)
        if kind is None or issubclass(kind, Exception):
            self.check()

    def check(self) -> None:
        """Do nothing where no signal came.

        Raises:
            KeyboardInterrupt: One came.
        """
        if self._came:
            raise KeyboardInterrupt

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._came = True
        raise KeyboardInterrupt
