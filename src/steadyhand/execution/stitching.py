"""Stitching: turning successive chunks into one smooth reference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from steadyhand.chunks.targets import JointTargets
from steadyhand.execution.reference import Reference


@dataclass(frozen=True)
class Stitched:
    """What stitching a chunk onto the reference gave.

    Attributes:
        reference: From the hand-over on; ends in motion at the chunk's last row.
        first_row: First row of the chunk that the reference contains.
        stretch: Factor by which the chunk's timing was slowed, 1 where it was kept.
        lag: Delay against the policy's timing at the end of the reference [s].
    """

    reference: Reference
    first_row: int
    stretch: float
    lag: float


class Stitching(Protocol):
    """One way of stitching. All of them return a reference that begins in the state commanded at the hand-over."""

    def stitch(self, reference: Reference, targets: JointTargets, handover: float, speed: float) -> Stitched:
        """Stitch a chunk's targets onto ``reference`` at ``handover``.

        Args:
            reference: What is commanded now, running at ``handover``.
            targets: The chunk as joint positions over time.
            handover: When the new reference takes over, ROS clock [s].
            speed: Speed override, above 0 and up to 1.

        Raises:
            RefusedError: Every row has passed, or the motion exceeds the limits beyond the lag budget.
        """
        ...

    def clear(self) -> None:
        """Forget the chunks before: the arm has braked."""
        ...
