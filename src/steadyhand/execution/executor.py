"""The executor: what may move the arm, from activation to the brake. It knows no ROS."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from steadyhand.chunks.chunk import ActionChunk
from steadyhand.chunks.targets import JointTargets
from steadyhand.execution.approach import Approach
from steadyhand.execution.awaited import Awaited, StitchedChunk
from steadyhand.execution.commanded import HISTORY
from steadyhand.execution.delay import DelayEstimate
from steadyhand.execution.easing import ease
from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.handover import stitch_when_calm
from steadyhand.execution.phase import Phase
from steadyhand.execution.reasons import Reason, Recovery
from steadyhand.execution.reference import Reference
from steadyhand.execution.run_up import stitch_from_rest
from steadyhand.execution.scene import SceneCheck
from steadyhand.execution.settings import ExecutorSettings
from steadyhand.execution.start import check_opening
from steadyhand.execution.stitching import Stitched, Stitching
from steadyhand.execution.tail import ending_in_a_stop

Array = NDArray[np.float64]


class Executor(Approach):
    """Lets the reference move only within an open episode, and only where nothing is known to stand in its way.

    Whatever cannot be trusted ends in `fault`. What somebody else has to find free first is made, asked about, and
    followed once it was: `settle`.

    Attributes:
        chunk: The newest chunk in the reference, None before the first of the episode.
        stitched: How that chunk was stitched.
        row_times: When each of its rows is due, ROS clock [s], shape (H,).
        delay: Observation to hand-over of recent chunks.
        stepwise: Each chunk runs to its end before the next may move the arm.
    """

    def __init__(self, settings: ExecutorSettings, stitching: Stitching, scene: SceneCheck | None = None) -> None:
        super().__init__(settings, scene)
        self._stitching = stitching
        self.chunk: ActionChunk | None = None
        self.stitched: Stitched | None = None
        self.row_times: Array = np.empty(0)
        self.delay = DelayEstimate()
        self.stepwise = False
        self._running = False
        self._last_sequence = -1

    def activate(self, now: float, measured: Array) -> None:
        """Hold at the measured positions, shape (n,)."""
        self.anchor(now, measured)
        self._rest(Reason.NOT_STARTED, "activated")

    def deactivate(self, now: float) -> Reference | None:
        """End every motion; return the brake to hand over, None where the arm rests."""
        self.catch_up(now)
        final = self._brake(now, Reason.DEACTIVATED, "the bridge was deactivated") if self.moving else None
        self.phase, self.reason, self.episode_id, self._running = Phase.INACTIVE, Reason.DEACTIVATED, "", False
        return final

    def open(
        self,
        episode_id: str,
        now: float,
        measured: Array,
        speed: float,
        start: Array | None,
        *,
        planned: bool = False,
        withheld: bool = False,
    ) -> None:
        """Open an episode and move to its start pose; without an identifier, only move there.

        Args:
            episode_id: Unique for each episode.
            now: ROS clock [s].
            measured: Measured positions, shape (n,).
            speed: Speed override, above 0 and up to 1.
            start: Start pose, shape (n,); None to start where the arm is.
            planned: The way there comes with `follow_plan`; until then the arm rests.
            withheld: It is only to be shown: `withhold` follows, and nobody has to find it free.

        Raises:
            RefusedError: The executor is not active, still moves, or runs another episode.
        """
        if self.phase is Phase.INACTIVE or self._reference is None:
            raise RefusedError(Reason.NOT_ACTIVE, "the bridge is not active")
        check_opening(self.episode_id, self.phase, speed)
        way = self._way(now, measured, start, speed, planned=planned)
        self.episode_id, self.speed, self._running = episode_id, speed, False
        self.chunk = self.stitched = None
        self._last_sequence = -1
        self.delay.clear()
        self._stitching.clear()
        self._set_off(way, now, start, planned=planned, withheld=withheld)

    def depart(
        self, now: float, measured: Array, start: Array | None, *, planned: bool = False, withheld: bool = False
    ) -> None:
        """Move to the start pose of the open episode, from a hold before it was reached. Arguments as for `open`.

        Raises:
            RefusedError: The arm may not move there; nothing was changed.
        """
        way = self._way(now, measured, start, self.speed, planned=planned)
        self._set_off(way, now, start, planned=planned, withheld=withheld)

    def settle(self, now: float) -> StitchedChunk | None:
        """Follow the motion that was found free; return the chunk that it is made of, None where there is none.

        Raises:
            RefusedError: It is not free, or that is not known although it has to be committed: it is forgotten.
        """
        free = self._found_free(now)
        if free is None:
            return None
        if free.made_of is None:
            self._begin_way(free.motion, now)
        else:
            self._adopt(free.made_of, free.motion, now)
        return free.made_of

    def withhold(self, message: str) -> None:
        """Rest until the operator confirms the motion that was begun just now: none of it was handed over."""
        self._follow(self._before, self._before.end)
        self._stitching.clear()
        self._rest(Reason.CONFIRMATION_AWAITED, message)

    @property
    def engaged(self) -> bool:
        """True while chunks of the open episode may move the arm, or could after a hold."""
        return self._running

    def slow_down(self, speed: float, now: float) -> float:
        """Go on at another speed override, above 0: a lower one at once and smoothly, a higher one with the next chunk.

        Where the limits allow no smooth change, the motion goes on as it is, and the next chunk is slower.

        Returns:
            How fast the motion goes on by how fast it went, 1 where nothing changes yet.
        """
        ratio, self.speed = speed / self.speed, speed
        begin = now + self._settings.lead
        moving = self.phase in (Phase.STARTING, Phase.RUNNING) and not self.planning
        awaited = self.awaited
        if awaited is not None and ratio < 1.0:
            if awaited.made_of is not None:
                self._forget_awaited()  # the next chunk is made for the speed
            else:
                self._awaited = replace(awaited, motion=awaited.motion.slowed(1.0 / ratio))
        if self._reference is None or not moving or ratio >= 1.0 or self.catch_up(now) or begin >= self._motion_end:
            return 1.0
        found = ease(self._reference, begin, ratio, self._settings.brake_limits)
        if found is None:
            return 1.0
        easing, slower = found
        end = float(easing.later(np.array([self._motion_end]))[0])
        self._follow(self._reference.between(now - HISTORY, begin, then=slower), end)
        self.row_times = easing.later(self.row_times)
        if self.stitched is not None:
            self.stitched = replace(self.stitched, stretch=self.stitched.stretch / ratio)
        return ratio

    def run(self, episode_id: str) -> None:
        """Let chunks of the open episode move the arm.

        Raises:
            RefusedError: Another episode is open, or the start pose has not been reached.
        """
        if not episode_id or episode_id != self.episode_id:
            raise RefusedError(Reason.WRONG_EPISODE, f"episode '{episode_id}' is not open, '{self.episode_id}' is")
        if self._running:
            return
        if self.phase is not Phase.HELD or self.reason is not Reason.START_POSE_REACHED:
            raise RefusedError(self.reason or Reason.WRONG_EPISODE, f"the start pose is not reached: {self.message}")
        self._running = True
        self._rest(Reason.WAITING_FOR_CHUNK, "waiting for the first chunk")

    def close(self, now: float) -> None:
        """End the episode: brake and hold."""
        self.episode_id, self._running = "", False
        self.catch_up(now)
        if self.moving:
            self._begin_brake(now, Reason.EPISODE_ENDED, "the episode ended")
        elif self.phase is Phase.HELD:
            self._rest(Reason.EPISODE_ENDED, "the episode ended")

    def resume(self, now: float, measured: Array) -> None:
        """Let the next chunk move the arm again from where it is, after a stop or fault within the episode.

        Raises:
            RefusedError: There is no episode to resume, the arm is not at rest, or the hold needs a new goal.
        """
        if self.phase is not Phase.HELD:
            raise RefusedError(self.reason or Reason.NOT_ACTIVE, f"nothing to resume: the bridge is {self.phase.value}")
        if not self.episode_id or not self._running:
            raise RefusedError(self.reason or Reason.NOT_STARTED, "no episode to resume: send a RunInstruction goal")
        if self.reason is not None and self.reason.recovery is Recovery.GOAL:
            raise RefusedError(self.reason, f"{self.reason} needs a new goal: {self.message}")
        self._anchor_if_moved(now, measured)
        if self.awaited is None:
            self._rest(Reason.WAITING_FOR_CHUNK, "resumed, waiting for the next chunk")

    def accepts(self, chunk: ActionChunk) -> bool:
        """Return whether a chunk is of this episode and may move the arm now; raise where it is misordered.

        While one awaits a verdict the next is left aside.

        Raises:
            RefusedError: The chunk is not newer than the one before.
        """
        if not self._running or chunk.episode_id != self.episode_id:
            return False
        if chunk.sequence <= self._last_sequence:
            raise RefusedError(
                Reason.CHUNK_MISORDERED, f"chunk {chunk.sequence} came after chunk {self._last_sequence}"
            )
        self._last_sequence = chunk.sequence
        if self.awaited is not None:
            return False
        if self.phase is Phase.RUNNING:
            return not self.stepwise
        return self.phase is Phase.HELD and self.reason is not None and self.reason.recovery is Recovery.FRESH_CHUNK

    def offer(
        self,
        chunk: ActionChunk,
        targets: JointTargets,
        now: float,
        delay: float | None = None,
        *,
        withheld: bool = False,
    ) -> Stitched | None:
        """Stitch a checked chunk onto the reference; None where `settle` is to follow it, once it was found free.

        Args:
            chunk: The chunk.
            targets: Its rows as joint positions.
            now: The reference's time [s].
            delay: What it took since its observation, where the reference was slowed [s].
            withheld: As for `open`.

        Raises:
            RefusedError: The motion cannot be made within the limits; nothing was changed.
        """
        assert self._reference is not None
        if self.catch_up(now):
            raise RefusedError(Reason.UNDERRUN, f"chunk {chunk.sequence} came when the arm had begun to brake")
        handover, resting = now + self._settings.lead, self.phase is Phase.HELD
        if not resting and not withheld:
            handover += self._patience(now)
        # Waiting for a calm moment is no delay: it ends with the motion that there is.
        delay = (now - chunk.stamp if delay is None else delay) + handover - self._settings.lead - now
        if resting:
            # While the arm rests nothing of a chunk is missed: its first row is due when it can begin.
            waited = max(0.0, handover - max(chunk.stamp, self._reference.end))
            targets, stitched = stitch_from_rest(
                self._stitching, self._reference, targets.delayed(waited), handover, self.speed
            )
            stitched = replace(stitched, lag=stitched.lag + waited)
        else:
            latest = handover if withheld else min(handover + self._settings.wait, self._motion_end)
            stitched = stitch_when_calm(
                self._stitching, self._reference, targets, (handover, latest), self.speed, self._settings.limits
            )
        ahead = ending_in_a_stop(stitched.reference, self._settings)
        made_of, verdict = StitchedChunk(chunk, targets, stitched, delay), None
        if self._scene is not None:
            self._scene.check(ahead)
            verdict = None if withheld else self._scene.ask(ahead)
        if verdict is None:
            self._adopt(made_of, ahead, now)
            return stitched
        if resting:
            self.reason, self.message = Reason.WAITING_FOR_CHUNK, f"waiting until chunk {chunk.sequence} is found free"
        self._awaited = Awaited(verdict, ahead, begins_at_rest=resting, since=self._in_force, made_of=made_of)
        return None

    def _adopt(self, made_of: StitchedChunk, ahead: Reference, now: float) -> None:
        assert self._reference is not None
        stitched, targets, handover = made_of.stitched, made_of.targets, ahead.start
        self._follow(self._reference.between(now - HISTORY, handover, then=ahead), stitched.reference.end)
        self.phase, self.reason, self.message = Phase.RUNNING, None, ""
        self.chunk, self.stitched = made_of.chunk, stitched
        later = targets.times > handover
        self.row_times = np.where(later, handover + (targets.times - handover) * stitched.stretch, targets.times)
        self.delay.add(made_of.delay)

    def tick(self, now: float) -> Reference | None:
        """Advance to ``now`` and return the window to hand to the controller, None where nothing is to be sent."""
        if self._reference is None or not self.moving or self.planning:
            return None
        if self.phase is Phase.BRAKING:
            return self._finish_brake(now)
        if self.catch_up(now):
            return self._finish_brake(now)
        if self.phase is Phase.STARTING and now >= self._reference.end:
            self._rest_at_start()
            return None
        if self.phase is Phase.RUNNING and now >= self._motion_end and self.stepwise:
            self._set_braking(Reason.WAITING_FOR_CHUNK, "the confirmed chunk has run; the next is offered")
            return self._finish_brake(now)
        if self.phase is Phase.RUNNING and now >= self._motion_end:
            self.refusals[Reason.UNDERRUN] += 1
            self._set_braking(Reason.UNDERRUN, "the chunk ran out before the next one came")
            return self._finish_brake(now)
        return self._hand_over(now)

    def remaining(self, now: float) -> float:
        """Return how long the reference goes on before it must end in a brake [s]."""
        return max(0.0, self._motion_end - now) if self.phase is Phase.RUNNING else 0.0

    def committed_rows(self, now: float) -> int:
        """Return how many rows of the newest chunk, from row 0, can no longer be changed at ``now``."""
        if self.chunk is None or self.stitched is None:
            return 0
        return int(np.count_nonzero(self.row_times <= now + self._settings.lead))

    def _abandon(self) -> None:
        super()._abandon()
        self._stitching.clear()
