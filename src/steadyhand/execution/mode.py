"""Modes of execution: what becomes of a motion that has passed every check."""

from __future__ import annotations

from enum import Enum


class Mode(str, Enum):
    """Modes of execution, in the order of their numbers in ExecutionState."""

    RUN = "run"
    """It is commanded."""
    CONFIRM = "confirm"
    """It is shown, and commanded after the operator's consent."""
    SHADOW = "shadow"
    """It is not commanded."""

    def more_cautious(self, other: Mode) -> Mode:
        """Return which of two lets less move."""
        order = list(Mode)
        return max(self, other, key=order.index)
