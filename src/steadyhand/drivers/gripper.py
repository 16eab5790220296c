"""What the bridge asks of a way to move a gripper."""

from __future__ import annotations

from typing import Protocol


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

    def command(self, opening: float) -> None:
        """Move to ``opening``, 0 closed to 1 open."""
        ...

    def close(self) -> None:
        """Give up every connection."""
        ...
