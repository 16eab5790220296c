"""The executor: what the arm is commanded, from activation to the brake. It knows no ROS."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from steadyhand.chunks.chunk import ActionChunk
from steadyhand.chunks.targets import JointTargets
from steadyhand.execution.brake import brake, move
from steadyhand.execution.delay import DelayEstimate
from steadyhand.execution.easing import ease
from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.phase import Phase
from steadyhand.execution.planning import Plan, planned_reference
from steadyhand.execution.reasons import Reason, Recovery
from steadyhand.execution.reference import Reference
from steadyhand.execution.run_up import stitch_from_rest
from steadyhand.execution.scene import SceneCheck
from steadyhand.execution.settings import ExecutorSettings
from steadyhand.execution.start import START_FRACTION, at_start, check_opening, check_start
from steadyhand.execution.stitching import Stitched, Stitching
from steadyhand.execution.tail import ending_in_a_stop
from steadyhand.execution.window import window

Array = NDArray[np.float64]

# At rest a controller that follows leaves less than this between command and measurement [rad or m].
_AT_REST = 0.02
# The reference is kept this long after it has passed, for tracking errors at the time of measurement.
_HISTORY = 1.0


class Executor:
    """Keeps the reference, and lets it move only within an open episode.

    Times are the reference's [s]: the ROS clock, unless the robot slows it. Whatever cannot be trusted ends in `fault`.

    Attributes:
        phase: What the executor is doing.
        reason: Why the arm brakes or is held, None while it moves freely.
        message: The same for a person.
        episode_id: The open episode, empty where there is none.
        chunk: The newest chunk in the reference, None before the first of the episode.
        stitched: How that chunk was stitched.
        row_times: When each of its rows is due, ROS clock [s], shape (H,).
        refusals: Times each reason was given for a refusal, brake or hold.
        delay: Observation to hand-over of recent chunks.
        speed: Speed override of the episode, above 0 and up to 1.
        stepwise: Each chunk runs to its end before the next may move the arm.
    """

    def __init__(self, settings: ExecutorSettings, stitching: Stitching, scene: SceneCheck | None = None) -> None:
        self._settings = settings
        self._scene = scene
        self._stitching = stitching
        self._longest_brake = max(0.2, settings.max_unattended_motion - 0.2)
        self.phase = Phase.INACTIVE
        self.reason: Reason | None = Reason.NOT_STARTED
        self.message = ""
        self.episode_id = ""
        self.chunk: ActionChunk | None = None
        self.stitched: Stitched | None = None
        self.row_times: Array = np.empty(0)
        self.refusals: Counter[Reason] = Counter()
        self.delay = DelayEstimate()
        self.speed = 1.0
        self.stepwise = False
        self._reference: Reference | None = None
        self._before: Reference
        self._motion_end = 0.0
        self._sent: Reference | None = None
        self._tail_start = np.inf
        self._running = False
        self._last_sequence = -1
        self._goal: Array | None = None

    @property
    def reference(self) -> Reference | None:
        """What is commanded, always ending at rest; None while inactive."""
        return self._reference

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

    def anchor(self, now: float, measured: Array) -> None:
        """Put the commanded rest position where the arm was measured, shape (n,); only while it rests."""
        self._follow(Reference.resting(now, np.asarray(measured, dtype=np.float64)), now)

    @property
    def moving(self) -> bool:
        """True while the reference is not at rest."""
        return self.phase in (Phase.STARTING, Phase.RUNNING, Phase.BRAKING)

    @property
    def planning(self) -> bool:
        """True while the arm rests until the way to where it is to go is planned."""
        return self._goal is not None and self.phase is Phase.STARTING

    def open(
        self, episode_id: str, now: float, measured: Array, speed: float, start: Array | None, *, planned: bool = False
    ) -> None:
        """Open an episode and move to its start pose; without an identifier, only move there.

        Args:
            episode_id: Unique for each episode.
            now: ROS clock [s].
            measured: Measured positions, shape (n,).
            speed: Speed override, above 0 and up to 1.
            start: Start pose, shape (n,); None to start where the arm is.
            planned: The way there comes with `follow_plan`; until then the arm rests.

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
        self._set_off(way, now, start, planned=planned)

    def depart(self, now: float, measured: Array, start: Array | None, *, planned: bool = False) -> None:
        """Move to the start pose of the open episode, from a hold before it was reached. Arguments as for `open`.

        Raises:
            RefusedError: The arm may not move there; nothing was changed.
        """
        self._set_off(self._way(now, measured, start, self.speed, planned=planned), now, start, planned=planned)

    def _way(
        self, now: float, measured: Array, start: Array | None, speed: float, *, planned: bool
    ) -> Reference | None:
        """Return the checked way to the start pose, None where the arm is there, at rest where it is to be planned."""
        assert self._reference is not None
        self._anchor_if_moved(now, measured)
        goal = measured if start is None else start
        check_start(goal, self._settings.limits)
        if at_start(measured, goal):
            return None
        # From where the arm was told to be: a controller's offset from there must not become a step in its command.
        commanded = self._reference.final.position
        if planned:
            return Reference.resting(now, commanded)
        begin = now + self._settings.lead
        way = move(begin, commanded, goal, self._settings.limits, START_FRACTION * speed)
        if self._scene is not None:
            self._scene.check(way)
        return self._reference.between(now - _HISTORY, begin).followed_by(way)

    def _set_off(self, way: Reference | None, now: float, goal: Array | None, *, planned: bool) -> None:
        if way is None:
            self._rest_at_start()
            return
        self._follow(way, now if planned else way.end)
        self._goal = goal if planned else None
        self.phase, self.reason = Phase.STARTING, None
        self.message = "planning the way" if planned else ""

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
        if self._reference is None or not moving or ratio >= 1.0 or self.catch_up(now) or begin >= self._motion_end:
            return 1.0
        found = ease(self._reference, begin, ratio, self._settings.brake_limits)
        if found is None:
            return 1.0
        easing, slower = found
        end = float(easing.later(np.array([self._motion_end]))[0])
        self._follow(self._reference.between(now - _HISTORY, begin).followed_by(slower), end)
        self.row_times = easing.later(self.row_times)
        if self.stitched is not None:
            self.stitched = replace(self.stitched, stretch=self.stitched.stretch / ratio)
        return ratio

    def follow_plan(self, plan: Plan, now: float) -> None:
        """Go the planned way to the start pose.

        Raises:
            RefusedError: It does not keep our limits, or would touch something; nothing was changed.
        """
        assert self._reference is not None and self._goal is not None
        begin, commanded = now + self._settings.lead, self._reference.final.position
        limits, fraction = self._settings.limits, START_FRACTION * self.speed
        way = planned_reference(plan, begin, commanded, self._goal, limits, fraction)
        if self._scene is not None:
            self._scene.check(way)
        self._goal = None
        self._follow(Reference.resting(now, commanded).between(now - _HISTORY, begin).followed_by(way), way.end)
        self.message = ""

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
        self._stitching.clear()
        self.anchor(now, measured)
        self.phase = Phase.HELD

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
        self._rest(Reason.WAITING_FOR_CHUNK, "resumed, waiting for the next chunk")

    def accepts(self, chunk: ActionChunk) -> bool:
        """Return whether a chunk is of this episode and may move the arm now; raise where it is misordered.

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
        if self.phase is Phase.RUNNING:
            return not self.stepwise
        return self.phase is Phase.HELD and self.reason is not None and self.reason.recovery is Recovery.FRESH_CHUNK

    def offer(self, chunk: ActionChunk, targets: JointTargets, now: float, delay: float | None = None) -> Stitched:
        """Stitch a checked chunk onto the reference. ``delay`` is what it took, where the reference was slowed [s].

        Raises:
            RefusedError: The motion cannot be made within the limits; nothing was changed.
        """
        assert self._reference is not None
        if self.catch_up(now):
            raise RefusedError(Reason.UNDERRUN, f"chunk {chunk.sequence} came when the arm had begun to brake")
        handover = now + self._settings.lead
        if self.phase is Phase.HELD:
            # While the arm rests nothing of a chunk is missed: its first row is due when it can begin.
            waited = max(0.0, handover - max(chunk.stamp, self._reference.end))
            targets, stitched = stitch_from_rest(
                self._stitching, self._reference, targets.delayed(waited), handover, self.speed
            )
            stitched = replace(stitched, lag=stitched.lag + waited)
        else:
            stitched = self._stitching.stitch(self._reference, targets, handover, self.speed)
        ahead = ending_in_a_stop(stitched.reference, self._settings)
        if self._scene is not None:
            self._scene.check(ahead)
        self._follow(self._reference.between(now - _HISTORY, handover).followed_by(ahead), stitched.reference.end)
        self.phase, self.reason, self.message = Phase.RUNNING, None, ""
        self.chunk, self.stitched = chunk, stitched
        later = targets.times > handover
        self.row_times = np.where(later, handover + (targets.times - handover) * stitched.stretch, targets.times)
        self.delay.add(now - chunk.stamp if delay is None else delay)
        return stitched

    def catch_up(self, now: float) -> bool:
        """Take note where the controller has begun the braking tail of the last window: what it does is that tail."""
        if self.phase not in (Phase.STARTING, Phase.RUNNING) or self._sent is None or now <= self._tail_start:
            return False
        self._reference, self._motion_end = self._sent, self._tail_start
        self.refusals[Reason.UNDERRUN] += 1
        self._set_braking(Reason.UNDERRUN, "the last window was not renewed in time")
        return True

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
        handed, self._tail_start = window(
            self._reference, now, self._settings.brake_limits, self._settings.max_unattended_motion
        )
        self._sent = handed
        return handed

    def remaining(self, now: float) -> float:
        """Return how long the reference goes on before it must end in a brake [s]."""
        return max(0.0, self._motion_end - now) if self.phase is Phase.RUNNING else 0.0

    def committed_rows(self, now: float) -> int:
        """Return how many rows of the newest chunk, from row 0, can no longer be changed at ``now``."""
        if self.chunk is None or self.stitched is None:
            return 0
        return int(np.count_nonzero(self.row_times <= now + self._settings.lead))

    def _finish_brake(self, now: float) -> Reference | None:
        assert self._reference is not None
        if now >= self._reference.end:
            self.phase = Phase.HELD
            return None
        # A brake is handed over again and again: the first message may have been lost.
        return self._reference.between(now - 0.1, self._reference.end)

    def _rest_at_start(self) -> None:
        if self.episode_id:
            self._rest(Reason.START_POSE_REACHED, "the arm is at the start pose")
        else:
            self._rest(Reason.NOT_STARTED, "the arm is at home")

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
            self._follow(self._reference.between(now - _HISTORY, begin).followed_by(tail), begin)
        self._set_braking(reason, message)
        return self._reference.between(now - 0.1, self._reference.end)

    def _set_braking(self, reason: Reason, message: str) -> None:
        self._stitching.clear()
        self._goal = None
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
        self._goal = None
        self.phase, self.reason, self.message = Phase.HELD, reason, message
