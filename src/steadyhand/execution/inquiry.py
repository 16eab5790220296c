"""An inquiry: the states of one motion, asked one by one of somebody who knows the whole scene."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.reasons import Reason
from steadyhand.execution.reference import Reference
from steadyhand.execution.scene import states_to_check

Array = NDArray[np.float64]

IN_FLIGHT = 8
"""States asked about at once: enough that nobody waits for the way there and back, and few enough to be let go of."""


class StateService(Protocol):
    """Somebody who says of single states whether they touch anything; asked, and never waited for."""

    @property
    def name(self) -> str:
        """Who that is, for messages."""
        ...

    @property
    def ready(self) -> bool:
        """True while it is there to be asked."""
        ...

    def ask(self, position: Array, answer: Callable[[str | RefusedError], None]) -> None:
        """Ask about positions of shape (n,) [rad or m].

        Args:
            position: The state.
            answer: Told, later and once, what would touch what, "" where nothing does, or why nobody knows.
        """
        ...

    def forget(self) -> None:
        """Want no answer any longer to what was asked."""
        ...


class Inquiry:
    """Asks about all states of a motion that are to be checked, a few at a time and the earliest first.

    Attributes:
        asked: When it began, on the clock given [s]: what is said is not older.

    Args:
        states: Who is asked.
        motion: What is to be free.
        clock: Steady clock [s].
        age: Longest time that what was said counts [s].
        told: Called once when all is known.
    """

    def __init__(
        self,
        states: StateService,
        motion: Reference,
        clock: Callable[[], float],
        age: float,
        told: Callable[[], None],
    ) -> None:
        self._states = states
        self._times, self._positions = states_to_check(motion)
        self._times = self._times - motion.start
        self._clock, self._age, self._told = clock, age, told
        self._next = self._free = 0
        self._refusal: RefusedError | None = None
        self._dropped = False
        self.asked = clock()
        for _ in range(min(IN_FLIGHT, len(self._times))):
            self._ask()

    @property
    def count(self) -> int:
        """How many states there are."""
        return len(self._times)

    @property
    def over(self) -> bool:
        """True once nothing more is to be heard."""
        return self._dropped or self._refusal is not None or self._free == self.count

    def free(self) -> bool:
        """Return whether all of it was found free; see `steadyhand.execution.scene.Verdict.free`."""
        if self._refusal is not None:
            raise self._refusal
        age = self._clock() - self.asked
        if age > self._age:
            self._refuse(f"{self._states.name} said {self._free} of {self.count} states to be free {age:.1f} s ago")
        elif self._free < self.count and not self._states.ready:
            self._refuse(f"{self._states.name} went away when it had said {self._free} of {self.count} states")
        if self._refusal is not None:
            raise self._refusal
        return self._free == self.count

    def late(self) -> RefusedError:
        """Return why a motion that was to be committed by now is not; see `steadyhand.execution.scene.Verdict.late`."""
        return RefusedError(
            Reason.SCENE_LATE,
            f"{self._states.name} had said {self._free} of {self.count} states to be free when the motion was to begin",
        )

    def drop(self) -> None:
        """Want no answer any longer."""
        if not self.over:
            self._dropped = True
            self._states.forget()

    def _ask(self) -> None:
        row, self._next = self._next, self._next + 1
        self._states.ask(self._positions[row], partial(self._hear, row))

    def _hear(self, row: int, said: str | RefusedError) -> None:
        if self.over:
            return
        if said == "":
            self._free += 1
            if self._next < self.count:
                self._ask()
            elif self._free == self.count:
                self._told()
            return
        if not isinstance(said, RefusedError):
            said = RefusedError(Reason.COLLISION, f"{said} {self._times[row]:.2f} s ahead, says {self._states.name}")
        self._refusal = said
        self._states.forget()
        self._told()

    def _refuse(self, message: str) -> None:
        self._refusal = RefusedError(Reason.SCENE_UNAVAILABLE, message)
        self._states.forget()
