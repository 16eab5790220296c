"""The referee: whether motion is free in a scene that we cannot hold, as somebody else says state by state."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial

from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.inquiry import Inquiry, StateService
from steadyhand.execution.reasons import Reason
from steadyhand.execution.reference import Reference

# Before anything was measured a verdict is expected within this [s].
_UNKNOWN = 0.2
# A verdict is expected to take at most this much longer than the longest of the last.
_SLACK = 1.5
_ROUND = 0.05  # of the bridge, which hands over in rounds [s]
_REMEMBERED = 8
# Of the age, from one look at what is left of a motion to the next.
_SHARE = 0.25


class Referee:
    """Makes one inquiry at a time: about a motion that waits to be committed, else about what is left of the present.

    Args:
        states: Who is asked.
        age: Longest time that what was said counts [s].
        steady: Steady clock [s].
        now: ROS clock [s], on which motion is committed.
        told: Called when all is known of a motion that waits to be committed.
    """

    def __init__(
        self,
        states: StateService,
        age: float,
        steady: Callable[[], float],
        now: Callable[[], float],
        told: Callable[[], None] = lambda: None,
    ) -> None:
        self._states = states
        self._age = age
        self._steady = steady
        self._now = now
        self._told = told
        self._took: deque[float] = deque(maxlen=_REMEMBERED)
        self._awaited: Inquiry | None = None
        self._watched: Inquiry | None = None
        self._free_at = -float("inf")
        self.outcome = ""

    @property
    def ready(self) -> bool:
        """True while there is somebody to be asked."""
        return self._states.ready

    @property
    def patience(self) -> float:
        """How long a verdict is likely to take [s]: a moving arm needs it that long before its motion is committed."""
        return (_SLACK * max(self._took) if self._took else _UNKNOWN) + _ROUND

    def ask(self, motion: Reference) -> Inquiry:
        """Ask about a motion that is not committed before all of it was found free."""
        self._forget()
        begun = self._now()
        self._awaited = Inquiry(self._states, motion, self._steady, self._age, partial(self._on_verdict, begun))
        return self._awaited

    def begin(self) -> None:
        """Take what is left of the present motion as free now: it was, in the scene as it was until now."""
        if self._watched is not None:
            self._watched.drop()
            self._watched = None
        self._free_at = self._steady()

    def supervise(self, reference: Reference, now: float) -> None:
        """Look again and again at what is left of a motion; see `steadyhand.execution.scene.SceneCheck.supervise`."""
        if now >= reference.end:
            return
        if self._awaited is not None and self._awaited.over:
            self._take(self._awaited)
            self._awaited = None
        watched, self._watched = self._watched, None
        if watched is not None and watched.free():
            self._take(watched)
        else:
            self._watched = watched
        if self._awaited is None and self._watched is None and self._age_of_verdict > _SHARE * self._age:
            left = reference.between(now, reference.end)
            self._watched = Inquiry(self._states, left, self._steady, self._age, lambda: None)
        if self._age_of_verdict > self._age:
            self._forget()
            raise RefusedError(
                Reason.SCENE_UNAVAILABLE,
                f"{self._states.name} said {self._age_of_verdict:.1f} s ago that what is left of the motion is free",
            )

    @property
    def _age_of_verdict(self) -> float:
        return self._steady() - self._free_at

    def _on_verdict(self, begun: float) -> None:
        self._took.append(self._now() - begun)
        if self._awaited is not None:
            self.outcome = f"{self._awaited.count} states said in {1e3 * self._took[-1]:.0f} ms"
        self._told()

    def _take(self, inquiry: Inquiry) -> None:
        """Take what was found free as seen when it was asked about."""
        try:
            if inquiry.free():
                self._free_at = max(self._free_at, inquiry.asked)
        except RefusedError:
            return

    def _forget(self) -> None:
        for inquiry in (self._awaited, self._watched):
            if inquiry is not None:
                inquiry.drop()
        self._awaited = self._watched = None
