"""The command: what is to be sent to the controllers at one moment."""

from __future__ import annotations

from dataclasses import dataclass, field

from steadyhand.execution.base import BaseVelocity
from steadyhand.execution.reference import Reference


@dataclass(frozen=True)
class Command:
    """What is to be sent now.

    Attributes:
        motion: Window for the arm's controller, None where nothing is to be sent.
        grippers: Gripper name to opening, 0 closed to 1 open, of those that are to move.
        base: Velocity of the mobile base, None where nothing is to be sent.
    """

    motion: Reference | None = None
    grippers: dict[str, float] = field(default_factory=dict)
    base: BaseVelocity | None = None
