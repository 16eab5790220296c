"""Conduct: mode and speed as the operator sets them, and motion that waits for consent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from steadyhand.chunks.chunk import ActionChunk
from steadyhand.chunks.targets import JointTargets
from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.mode import Mode
from steadyhand.execution.preview import preview
from steadyhand.execution.reasons import Reason

if TYPE_CHECKING:
    from steadyhand.execution.bridge import Bridge

Array = NDArray[np.float64]

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
    """What the operator asks of a bridge while an episode is open. Times are on the ROS clock [s].

    Attributes:
        mode: In force.
        confirm_within: Longest time from the offer of a chunk to its confirmation [s].

    Args:
        bridge: What is conducted.
        start: Start pose of episodes, shape (n,); None to start where the arm is.
    """

    def __init__(self, bridge: Bridge, start: Array | None) -> None:
        self.confirm_within = CONFIRM_WITHIN
        self._bridge = bridge
        self._start = start
        self._coming: Mode | None = None
        self._offer: Offer | None = None
        self._paused = False
        self.mode = Mode.RUN

    @property
    def speed(self) -> float:
        """Speed override in force, 0 to 1."""
        return 0.0 if self._paused else self._bridge.executor.speed

    @property
    def changing(self) -> bool:
        """True while a mode that was asked for waits for the arm to rest."""
        return self._coming is not None

    def begin(self, mode: Mode, now: float) -> None:
        """Begin an episode in a mode, once the arm was told to move to its start pose, or waits to."""
        self._set(mode)
        if self._bridge.executor.reason is Reason.CONFIRMATION_AWAITED:
            self._offer = Offer(now)

    def check_speed(self) -> None:
        """Raise RefusedError while the speed is 0."""
        if self._paused:
            raise RefusedError(Reason.SPEED_ZERO, "the speed is 0: set the parameter speed above 0 first")

    def show(self, offer: Offer, tools: Mapping[str, Array]) -> None:
        """Withhold a chunk that was stitched just now, and show it; ``tools`` are its tool points by arm (H, 3) [m]."""
        executor = self._bridge.executor
        assert offer.chunk is not None and offer.targets is not None and executor.reference is not None
        at, motion, name = self._bridge.pace.at(offer.made), executor.reference, f"chunk {offer.chunk.sequence}"
        # First of all: whatever happens while it is put into words, none of it is handed over.
        executor.withhold(name)
        shown = preview(self._bridge.joint_names, motion, at, tools, offer.targets.grippers)
        executor.wait(Reason.CONFIRMATION_AWAITED, f"{name}: {shown}")
        self._offer = offer

    def expire(self, now: float) -> None:
        """Drop an offered chunk that has become too old to be confirmed."""
        offer = self._offer
        if offer is None or offer.chunk is None or self._bridge.executor.reason is not Reason.CONFIRMATION_AWAITED:
            return
        if now - offer.made > self.confirm_within:
            self._wait(f"nobody confirmed within {self.confirm_within:g} s: the next chunk is offered")

    def confirm(self, now: float, steady: float) -> None:
        """Let the motion that waits for consent begin.

        Raises:
            RefusedError: None waits, or it may no longer begin.
        """
        bridge = self._bridge
        offer = self._offered(now)
        measured, at = bridge.check_ready(now, steady), bridge.pace.at(now)
        if offer.chunk is None or offer.targets is None:
            bridge.departure.again(at, measured, self._start)
        elif bridge.executor.moved(measured):
            self._wait(f"the arm was moved since chunk {offer.chunk.sequence} was offered: the next is offered")
            raise RefusedError(Reason.WAITING_FOR_CHUNK, bridge.executor.message)
        else:
            try:
                stitched = bridge.executor.offer(offer.chunk, offer.targets, at, offer.delay)
            except RefusedError as refusal:
                bridge.refused += 1
                bridge.fault(now, refusal)
                raise
            if stitched is not None:
                bridge.follow(offer.targets, stitched, now)
        self._offer = None
        bridge.begin_anew()

    def change(self, mode: Mode | None, speed: float | None, now: float, steady: float) -> None:
        """Change mode and speed override of the open episode, or neither of them.

        After a change of mode the arm brakes, and nothing moves again without confirmation or resume.

        Args:
            mode: The mode; None to leave it.
            speed: The speed override, 0 to 1; 0 brakes and holds until it is raised. None to leave it.
            now: Time on the ROS clock [s].
            steady: The same moment on the steady clock [s].

        Raises:
            RefusedError: Why not.
        """
        if mode is not None:
            self._check_switch(mode, now, steady)
        if speed is not None:
            self._check_set_speed(speed, now, steady)
        coming, paused = self._coming, self._paused
        if mode is not None:
            self._switch(mode, now)
        try:
            if speed is not None:
                self._set_speed(speed, now, steady)
        except RefusedError:
            # Only an arm that is held comes here: the mode has not come into force.
            self._coming, self._paused = coming, paused
            raise

    def _check_switch(self, mode: Mode, now: float, steady: float) -> None:
        bridge = self._bridge
        if not bridge.executor.episode_id or mode is (self._coming or self.mode):
            return
        if mode is Mode.RUN and not bridge.executor.engaged:
            raise RefusedError(
                Reason.MODE_CHANGED, "the arm is not at the start pose yet: confirm the move there, or wait"
            )
        bridge.watch.measured(now)
        if bridge.shadow:
            bridge.consent.ownership.renew()
            bridge.consent.check(now, steady, moving=True)

    def _switch(self, mode: Mode, now: float) -> None:
        bridge = self._bridge
        if not bridge.executor.episode_id:
            if bridge.executor.moving and mode is not Mode.RUN:
                bridge.fault(now, RefusedError(Reason.MODE_CHANGED, f"the mode became {mode.value} on the way home"))
            return
        if mode is (self._coming or self.mode):
            return
        self._coming = mode
        if bridge.executor.moving and not bridge.shadow:
            bridge.fault(now, RefusedError(Reason.MODE_CHANGED, f"the mode becomes {mode.value}"))

    @property
    def _held_by_speed(self) -> bool:
        return self._paused and self._bridge.executor.reason is Reason.SPEED_ZERO

    def _check_set_speed(self, speed: float, now: float, steady: float) -> None:
        if speed > 0.0 and self._held_by_speed:
            if self._bridge.executor.moving:
                raise RefusedError(Reason.SPEED_ZERO, "the arm still brakes: wait until it rests")
            self._bridge.check_ready(now, steady)

    def _set_speed(self, speed: float, now: float, steady: float) -> None:
        bridge = self._bridge
        if not bridge.executor.episode_id and not bridge.executor.moving:
            return
        if speed == 0.0:
            self._paused = bool(bridge.executor.episode_id)
            bridge.fault(now, RefusedError(Reason.SPEED_ZERO, "the speed was set to 0"))
            return
        held = self._held_by_speed
        self._paused = False
        bridge.slow_down(speed, now)
        if held and bridge.executor.engaged:
            bridge.resume(now, steady)
        elif held:
            self._depart(now)

    def _depart(self, now: float) -> None:
        """Move to the start pose of the open episode again, after consent in confirm mode, and not in shadow mode."""
        bridge = self._bridge
        start = None if bridge.shadow else self._start
        confirm = self.mode is Mode.CONFIRM
        bridge.departure.again(bridge.pace.at(now), bridge.position(now), start, confirm=confirm)
        self._offer = Offer(now) if bridge.executor.reason is Reason.CONFIRMATION_AWAITED else None

    def settle(self, now: float) -> None:
        """Let the mode that was asked for come into force, where the arm rests.

        Raises:
            RefusedError: The arm may not move to the start pose, which it had not reached.
        """
        bridge, mode, paused = self._bridge, self._coming, self._paused
        executor = bridge.executor
        if mode is None or (executor.moving and not bridge.shadow):
            return
        if bridge.shadow:
            # What was computed was never commanded: begin where the arm is.
            executor.halt(bridge.pace.at(now), bridge.watch.measured(now), Reason.MODE_CHANGED, "the mode was changed")
        awaited = executor.reason in (Reason.MODE_CHANGED, Reason.CONFIRMATION_AWAITED)
        self._set(mode)
        self._paused = paused
        if mode is Mode.RUN:
            executor.fault(bridge.pace.at(now), Reason.MODE_CHANGED, "the mode is run: resume to go on")
        elif awaited and executor.engaged:
            self._wait(f"the mode is {mode.value}: waiting for the next chunk")
        elif awaited:
            self._depart(now)

    def _wait(self, message: str) -> None:
        bridge = self._bridge
        self._offer = None
        bridge.executor.wait(Reason.WAITING_FOR_CHUNK, message)

    def _offered(self, now: float) -> Offer:
        """Return what is offered.

        Raises:
            RefusedError: Nothing is, or it was offered so shortly before that nobody can have read it.
        """
        self.check_speed()
        reason = self._bridge.executor.reason
        if self._offer is None or reason is not Reason.CONFIRMATION_AWAITED:
            raise RefusedError(reason or Reason.CONFIRMATION_AWAITED, "no motion waits for confirmation")
        if now - self._offer.made < _READ:
            raise RefusedError(
                Reason.CONFIRMATION_AWAITED, f"the motion was offered {now - self._offer.made:.2f} s ago: read it first"
            )
        return self._offer

    def _set(self, mode: Mode) -> None:
        self.mode = mode
        self._coming, self._offer, self._paused = None, None, False
        self._bridge.executor.stepwise = mode is Mode.CONFIRM
