"""What the bridge asks of a way to move a gripper."""

from __future__ import annotations

from typing import Protocol

from steadyhand.execution.exceptions import RefusedError


class GripperDriver(Protocol):
    """Hands openings to whatever moves a gripper; made and called in the bridge's executor only."""

    @property
    def connected(self) -> bool:
        """True while whatever takes the commands is there."""
        ...

    @property
    def outcome(self) -> str:
        """What it said last, for diagnostics."""
        ...

    def take_fault(self) -> RefusedError | None:
        """Return, once, why a command was not taken; None where it was."""
        ...

    def command(self, opening: float) -> None:
        """Move to ``opening``, 0 closed to 1 open."""
        ...

    def close(self) -> None:
        """Give up every connection."""
        ...
