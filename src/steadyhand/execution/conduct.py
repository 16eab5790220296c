"""Conduct: the mode and the speed that the operator has set, and the motion that waits for consent."""

from __future__ import annotations

from dataclasses import dataclass

from steadyhand.chunks.chunk import ActionChunk
from steadyhand.chunks.targets import JointTargets
from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.mode import Mode
from steadyhand.execution.reasons import Reason

CONFIRM_WITHIN = 10.0
"""Longest time from the offer of a chunk to its confirmation, where nobody says another [s]."""

# Nobody reads faster than this: a confirmation that comes earlier was meant for the offer before [s].
_READ = 0.3


@dataclass(frozen=True)
class Offer:
    """A motion that waits for consent.

    Attributes:
        made: When it was offered, ROS clock [s].
        chunk: The checked chunk, None for the move to the start pose.
        targets: Its targets.
        delay: Time from its observation to the offer [s].
    """

    made: float
    chunk: ActionChunk | None = None
    targets: JointTargets | None = None
    delay: float = 0.0


class Conduct:
    """What the operator has set for the open episode.

    Attributes:
        mode: In force.
        coming: The mode that comes into force when the arm rests, None where none does.
        paused: True while the speed is set to 0.
        confirm_within: Longest time from the offer of a chunk to its confirmation [s].
    """

    def __init__(self) -> None:
        self.confirm_within = CONFIRM_WITHIN
        self.begin(Mode.RUN)

    def begin(self, mode: Mode) -> None:
        """Begin an episode in a mode."""
        self.mode = mode
        self.coming: Mode | None = None
        self.paused = False
        self.offer: Offer | None = None

    def check_speed(self) -> None:
        """Raise RefusedError while the speed is 0."""
        if self.paused:
            raise RefusedError(Reason.SPEED_ZERO, "the speed is 0: set the parameter speed above 0 first")

    def confirmed(self, now: float, reason: Reason | None) -> Offer:
        """Return the offer that the operator consents to at ``now`` while the arm is held for ``reason``.

        Raises:
            RefusedError: Nothing is offered, or it was offered so shortly before that nobody can have read it.
        """
        self.check_speed()
        if self.offer is None or reason is not Reason.CONFIRMATION_AWAITED:
            raise RefusedError(reason or Reason.CONFIRMATION_AWAITED, "no motion waits for confirmation")
        if now - self.offer.made < _READ:
            raise RefusedError(
                Reason.CONFIRMATION_AWAITED, f"the motion was offered {now - self.offer.made:.2f} s ago: read it first"
            )
        return self.offer

    def lapsed(self, now: float) -> bool:
        """Return whether the offered chunk has become too old to be confirmed."""
        offer = self.offer
        return offer is not None and offer.chunk is not None and now - offer.made > self.confirm_within
