"""The approach: the way to a pose, straight or planned, that begins once it was found free."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steadyhand.execution.awaited import Awaited
from steadyhand.execution.brake import move
from steadyhand.execution.commanded import HISTORY, CommandedMotion
from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.phase import Phase
from steadyhand.execution.planning import Plan, planned_reference
from steadyhand.execution.reasons import Reason
from steadyhand.execution.reference import Reference
from steadyhand.execution.scene import SceneCheck
from steadyhand.execution.settings import ExecutorSettings
from steadyhand.execution.start import START_FRACTION, at_start, check_start

Array = NDArray[np.float64]


class Approach(CommandedMotion):
    """Moves from rest to a pose, and keeps the one motion that waits to be found free.

    Attributes:
        episode_id: The open episode, empty where there is none.
        speed: Speed override, above 0 and up to 1.
    """

    def __init__(self, settings: ExecutorSettings, scene: SceneCheck | None) -> None:
        super().__init__(settings)
        self.episode_id = ""
        self.speed = 1.0
        self._scene = scene
        self._goal: Array | None = None
        self._awaited: Awaited | None = None

    @property
    def planning(self) -> bool:
        """True while the arm rests until the way to where it is to go is planned, or found to be free."""
        return self.phase is Phase.STARTING and (self._goal is not None or self.awaited is not None)

    @property
    def awaited(self) -> Awaited | None:
        """The motion that waits to be found free; None once something else has come in its place."""
        awaited = self._awaited
        if awaited is not None and not all(a is b for a, b in zip(awaited.since, self._in_force, strict=True)):
            self._forget_awaited()
        return self._awaited

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
        return way

    def _set_off(self, way: Reference | None, now: float, goal: Array | None, *, planned: bool, withheld: bool) -> None:
        if way is None:
            self._rest_at_start()
            return
        self._forget_awaited()
        self.phase, self.reason, self.message, self._goal = Phase.STARTING, None, "", None
        if planned:
            self._follow(way, now)
            self._goal, self.message = goal, "planning the way"
        else:
            self._go(way, now, withheld=withheld)

    def _go(self, way: Reference, now: float, *, withheld: bool = False) -> None:
        """Follow a way from rest to rest, once it was found free."""
        verdict = None if self._scene is None or withheld else self._scene.ask(way)
        if verdict is None:
            self._begin_way(way, now)
        else:
            assert self._reference is not None
            self._follow(Reference.resting(now, self._reference.final.position), now)
            self.message = "waiting until the way is found free"
            self._awaited = Awaited(verdict, way, begins_at_rest=True, since=self._in_force)

    def _patience(self, now: float) -> float:
        """Return how much later a chunk takes over, so that it can be found free before it has to be committed [s].

        Raises:
            RefusedError: The present motion ends before that.
        """
        patience = 0.0 if self._scene is None else self._scene.patience
        if patience and now + self._settings.lead + patience > self._motion_end:
            raise RefusedError(
                Reason.SCENE_LATE,
                f"a chunk needs {patience:.2f} s to be found free, the motion ends in {self._motion_end - now:.2f} s",
            )
        return patience

    def _found_free(self, now: float) -> Awaited | None:
        """Return the motion that was found free, beginning as soon as it may, None where there is none.

        Raises:
            RefusedError: See `Executor.settle`.
        """
        awaited = self.awaited
        if awaited is None:
            return None
        late = now - (awaited.motion.start - self._settings.lead)
        try:
            free = awaited.verdict.free()
            if late > 1e-9 and not awaited.begins_at_rest:
                raise awaited.verdict.late()
        except RefusedError:
            self._forget_awaited()
            raise
        if not free:
            return None
        self._awaited = None
        return awaited.delayed(late) if late > 0.0 else awaited

    def _begin_way(self, way: Reference, now: float) -> None:
        assert self._reference is not None
        self._follow(self._reference.between(now - HISTORY, way.start, then=way), way.end)
        self.message = ""

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
        self._go(way, now)

    def _rest_at_start(self) -> None:
        if self.episode_id:
            self._rest(Reason.START_POSE_REACHED, "the arm is at the start pose")
        else:
            self._rest(Reason.NOT_STARTED, "the arm is at home")

    @property
    def _in_force(self) -> tuple[object, ...]:
        return self._reference, self.phase, self.reason

    def _forget_awaited(self) -> None:
        if self._awaited is not None:
            self._awaited.verdict.drop()
            self._awaited = None

    def _abandon(self) -> None:
        self._forget_awaited()
        self._goal = None
