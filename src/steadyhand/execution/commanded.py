"""What the arm is commanded: one reference, handed over in windows, that always ends at rest."""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from steadyhand.execution.brake import brake
from steadyhand.execution.phase import Phase
from steadyhand.execution.reasons import Reason
from steadyhand.execution.reference import Reference
from steadyhand.execution.settings import ExecutorSettings
from steadyhand.execution.window import window

Array = NDArray[np.float64]

# At rest a controller that follows leaves less than this between command and measurement [rad or m].
_AT_REST = 0.02

HISTORY = 1.0
"""The reference is kept this long after it has passed, for tracking errors at the time of measurement [s]."""


class CommandedMotion:
    """Keeps the reference, brakes it and holds it. Times are the reference's [s]: the ROS clock, unless slowed.

    Attributes:
        phase: What the arm is doing.
        reason: Why the arm brakes or is held, None while it moves freely.
        message: The same for a person.
        refusals: Times each reason was given for a refusal, brake or hold.
    """

    def __init__(self, settings: ExecutorSettings) -> None:
        self._settings = settings
        self._longest_brake = max(0.2, settings.max_unattended_motion - 0.2)
        self.phase = Phase.INACTIVE
        self.reason: Reason | None = Reason.NOT_STARTED
        self.message = ""
        self.refusals: Counter[Reason] = Counter()
        self._reference: Reference | None = None
        self._before: Reference
        self._motion_end = 0.0
        self._sent: Reference | None = None
        self._tail_start = np.inf

    @property
    def reference(self) -> Reference | None:
        """What is commanded, always ending at rest; None while inactive."""
        return self._reference

    @property
    def moving(self) -> bool:
        """True while the reference is not at rest."""
        return self.phase in (Phase.STARTING, Phase.RUNNING, Phase.BRAKING)

    def anchor(self, now: float, measured: Array) -> None:
        """Put the commanded rest position where the arm was measured, shape (n,); only while it rests."""
        self._follow(Reference.resting(now, np.asarray(measured, dtype=np.float64)), now)

    def fault(self, now: float, reason: Reason, message: str) -> None:
        """Brake, then hold, for ``reason``. A hold takes over a reason that is graver than its own."""
        if reason is not self.reason:
            self.refusals[reason] += 1
        self.catch_up(now)
        if self.phase in (Phase.STARTING, Phase.RUNNING):
            self._begin_brake(now, reason, message)
        elif self.phase is not Phase.INACTIVE and reason.graver_than(self.reason):
            self.reason, self.message = reason, message

    def halt(self, now: float, measured: Array, reason: Reason, message: str) -> None:
        """Rest at once where the arm was measured, shape (n,): something else has stopped it, and no brake is made."""
        if self.phase is Phase.INACTIVE:
            return
        self.refusals[reason] += reason is not self.reason
        if self.phase in (Phase.STARTING, Phase.RUNNING) or reason.graver_than(self.reason):
            self.reason, self.message = reason, message
        self._abandon()
        self.anchor(now, measured)
        self.phase = Phase.HELD

    def catch_up(self, now: float) -> bool:
        """Take note where the controller has begun the braking tail of the last window: what it does is that tail."""
        if self.phase not in (Phase.STARTING, Phase.RUNNING) or self._sent is None or now <= self._tail_start:
            return False
        self._reference, self._motion_end = self._sent, self._tail_start
        self.refusals[Reason.UNDERRUN] += 1
        self._set_braking(Reason.UNDERRUN, "the last window was not renewed in time")
        return True

    def _hand_over(self, now: float) -> Reference:
        """Return the window that is to be handed over at ``now``."""
        assert self._reference is not None
        handed, self._tail_start = window(
            self._reference, now, self._settings.brake_limits, self._settings.max_unattended_motion
        )
        self._sent = handed
        return handed

    def _finish_brake(self, now: float) -> Reference | None:
        assert self._reference is not None
        if now >= self._reference.end:
            self.phase = Phase.HELD
            return None
        # A brake is handed over again and again: the first message may have been lost.
        return self._reference.between(now - 0.1, self._reference.end)

    def _begin_brake(self, now: float, reason: Reason, message: str) -> None:
        if self.phase is not Phase.BRAKING:
            self._brake(now, reason, message)
        elif reason.graver_than(self.reason):
            self.reason, self.message = reason, message

    def _brake(self, now: float, reason: Reason, message: str) -> Reference:
        assert self._reference is not None
        begin = now + self._settings.lead
        if self.phase is not Phase.BRAKING and begin < self._reference.end:
            tail = brake(self._reference, begin, self._settings.brake_limits, self._longest_brake)
            self._follow(self._reference.between(now - HISTORY, begin, then=tail), begin)
        self._set_braking(reason, message)
        return self._reference.between(now - 0.1, self._reference.end)

    def _set_braking(self, reason: Reason, message: str) -> None:
        self._abandon()
        self.phase, self.reason, self.message = Phase.BRAKING, reason, message

    def _follow(self, reference: Reference, motion_end: float) -> None:
        self._before = reference if self._reference is None else self._reference
        self._reference, self._motion_end, self._tail_start = reference, motion_end, np.inf

    def _anchor_if_moved(self, now: float, measured: Array) -> None:
        """Re-anchor where the arm is not where it was left: moved by hand, by a reset, or by another controller."""
        if self.moved(measured):
            self.anchor(now, measured)

    def moved(self, measured: Array) -> bool:
        """Return whether an arm at rest, measured at positions of shape (n,), is not where it was left."""
        assert self._reference is not None
        return bool(np.any(np.abs(measured - self._reference.final.position) > _AT_REST))

    def wait(self, reason: Reason, message: str) -> None:
        """Hold on for another reason, while the arm rests."""
        if self.phase is Phase.HELD:
            self._rest(reason, message)

    def _rest(self, reason: Reason, message: str) -> None:
        self._abandon()
        self.phase, self.reason, self.message = Phase.HELD, reason, message

    def _abandon(self) -> None:
        """Forget whatever was to follow: the arm rests or brakes."""
