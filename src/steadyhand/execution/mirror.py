"""A scene check against what somebody else says stands around the arm, as long as it is fresh."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.reasons import Reason
from steadyhand.execution.referee import Referee
from steadyhand.execution.reference import Reference
from steadyhand.execution.scene import LocalScene, Verdict
from steadyhand.kinematics.exceptions import KinematicsError
from steadyhand.kinematics.obstacles import Surroundings
from steadyhand.profiles.contract import Contract


class MirrorScene(LocalScene):
    """The local scene, and the surroundings that were heard last.

    Nothing is free until surroundings were heard, or after they have become older than ``scene.age``. While they have
    something that cannot be checked here, nothing is free but what the referee says. Surroundings that change are held
    against the motion under way at once.

    Args:
        contract: The resolved deployment.
        source: Who is asked, for messages.
        clock: Steady clock [s].
        referee: Who is asked about motion among what cannot be checked here, None where nobody is.
    """

    def __init__(
        self,
        contract: Contract,
        source: str,
        clock: Callable[[], float] = time.monotonic,
        referee: Referee | None = None,
    ) -> None:
        super().__init__(contract)
        self._source = source
        self._clock = clock
        self._referee = referee
        self._refereed = False
        self._age_limit = contract.robot.scene.age
        self._heard = -np.inf
        self._unknown: tuple[str, ...] = ("nothing has been heard of it",)
        self._changed = False

    def hear(self, surroundings: Surroundings, unknown: tuple[str, ...], asked: float) -> None:
        """Take surroundings in the place of those before.

        Args:
            surroundings: What can be checked.
            unknown: What cannot, for a person.
            asked: When they were asked for, which is not before they were true; steady clock [s].
        """
        try:
            self._model.surround(surroundings)
        except KinematicsError as error:
            unknown = (*unknown, str(error))
        self._heard = asked
        self._changed = True
        self._unknown = unknown

    def refresh(self, asked: float) -> None:
        """Take note that nothing had changed at a time on the steady clock [s]."""
        self._heard = asked

    @property
    def age(self) -> float:
        """How old the surroundings are [s], infinite where none were heard."""
        return self._clock() - self._heard

    @property
    def patience(self) -> float:
        """See `SceneCheck.patience`."""
        return self._referee.patience if self._referee is not None and self._unknown else 0.0

    def ask(self, reference: Reference) -> Verdict | None:
        """Ask the referee where the surroundings have more than can be checked here; see `SceneCheck.ask`."""
        return self._referee.ask(reference) if self._referee is not None and self._unknown else None

    def check(self, reference: Reference) -> None:
        """Check a reference; see `SceneCheck.check`."""
        self._ensure_known()
        super().check(reference)

    def supervise(self, reference: Reference, now: float) -> None:
        """Check the rest of a motion against what has changed; see `SceneCheck.supervise`."""
        self._ensure_known()
        if self._changed and now < reference.end:
            super().check(reference.between(now, reference.end))
        self._changed = False
        if self._referee is not None and self._unknown:
            if not self._refereed:
                self._referee.begin()
            self._referee.supervise(reference, now)
        self._refereed = bool(self._unknown)

    def _ensure_known(self) -> None:
        if self.age > self._age_limit:
            heard = f"was heard {self.age:.1f} s ago" if np.isfinite(self.age) else "has not been heard"
            raise RefusedError(
                Reason.SCENE_STALE, f"{self._source}: the scene {heard}, the limit is {self._age_limit:g} s"
            )
        if self._unknown and (self._referee is None or not self._referee.ready):
            raise RefusedError(Reason.SCENE_UNKNOWN, f"{self._source} has {', '.join(self._unknown)}")
