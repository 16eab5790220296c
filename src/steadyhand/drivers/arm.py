"""What the bridge asks of a way to move an arm."""

from __future__ import annotations

from typing import Protocol

from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.reasons import Reason
from steadyhand.execution.reference import Reference


class ArmDriver(Protocol):
    """Hands windows of the reference to whatever moves the arm; made and called in the bridge's executor only."""

    @property
    def connected(self) -> bool:
        """True while whatever takes the motion is there and ready."""
        ...

    @property
    def command_topics(self) -> tuple[str, ...]:
        """Absolute names of the topics that nobody else may publish on; none where the arm listens to none."""
        ...

    @property
    def refusal(self) -> RefusedError | None:
        """Why no episode can begin now, None where one can."""
        ...

    @property
    def outcome(self) -> str:
        """What it said last, for diagnostics."""
        ...

    def take_fault(self) -> RefusedError | None:
        """Return, once, why it no longer does what it was told; None where it does."""
        ...

    def send(self, window: Reference) -> None:
        """Replace what was handed over before by a window: from the past, over now, to rest at its end."""
        ...

    def close(self) -> None:
        """Give up every connection."""
        ...


def absence(connected: bool) -> RefusedError | None:
    """Return why no episode can begin where nobody takes the motion, None where somebody does."""
    if connected:
        return None
    return RefusedError(Reason.CONTROLLER_ABSENT, "no controller listens to the arm's commands")
