"""Somebody who is asked about states, and answers as the test says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.reasons import Reason
from steadyhand.execution.referee import Referee
from steadyhand.execution.reference import Reference, State


class States:
    """A state service that the test answers for, under a clock that the test moves."""

    name = "/check_state_validity"

    def __init__(self) -> None:
        self.ready = True
        self.time = 100.0
        self.asked: list[np.ndarray] = []
        self.pending: list[Callable[[Any], None]] = []
        self.told = 0
        self.referee = Referee(self, 1.0, lambda: self.time, lambda: self.time + 5.0, self.tell)

    def ask(self, position: np.ndarray, answer: Callable[[Any], None]) -> None:
        self.asked.append(position)
        self.pending.append(answer)

    def forget(self) -> None:
        self.pending.clear()

    def tell(self) -> None:
        self.told += 1

    def answer(self, said: Any = "", count: int = 1000) -> None:
        while self.pending and count:
            self.pending.pop(0)(said)
            count -= 1


def motion(distance: float = 1.0, end: float = 52.0) -> Reference:
    ends = [State.at_rest(np.zeros(2)), State.at_rest(np.array([distance, 0.0]))]
    return Reference.from_states(np.array([50.0, end]), ends)


def refusal(free: Callable[[], bool]) -> tuple[Reason, str]:
    with pytest.raises(RefusedError) as caught:
        free()
    return caught.value.reason, str(caught.value)
