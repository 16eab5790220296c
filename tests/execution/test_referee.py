from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.inquiry import IN_FLIGHT
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


@pytest.fixture
def states() -> States:
    return States()


def motion(distance: float = 1.0, end: float = 52.0) -> Reference:
    ends = [State.at_rest(np.zeros(2)), State.at_rest(np.array([distance, 0.0]))]
    return Reference.from_states(np.array([50.0, end]), ends)


def refusal(free: Callable[[], bool]) -> tuple[Reason, str]:
    with pytest.raises(RefusedError) as caught:
        free()
    return caught.value.reason, str(caught.value)


def test_a_motion_is_free_once_each_of_its_states_was_said_to_be(states: States) -> None:
    verdict = states.referee.ask(motion())
    assert len(states.asked) == IN_FLIGHT
    states.answer(count=3)
    assert len(states.asked) == IN_FLIGHT + 3
    assert not verdict.free()
    assert states.told == 0
    states.answer()
    assert verdict.free()
    assert states.told == 1
    assert np.abs(np.diff(np.array(states.asked), axis=0)).max() < 0.08
    assert (states.asked[0] == 0.0).all()
    assert states.asked[-1][0] == 1.0


def test_one_state_that_touches_something_is_enough_and_nothing_more_is_asked(states: States) -> None:
    verdict = states.referee.ask(motion())
    states.answer(count=2)
    states.answer("panda_hand would touch <octomap>", count=1)
    reason, message = refusal(verdict.free)
    assert reason is Reason.COLLISION
    assert message == "panda_hand would touch <octomap> 0.40 s ahead, says /check_state_validity"
    assert not states.pending
    assert states.told == 1


def test_a_service_that_goes_away_or_falls_silent_leaves_nothing_free(states: States) -> None:
    verdict = states.referee.ask(motion())
    states.answer(count=4)
    states.ready = False
    reason, message = refusal(verdict.free)
    assert reason is Reason.SCENE_UNAVAILABLE
    assert "went away when it had said 4 of" in message
    states.ready = True
    verdict = states.referee.ask(motion())
    states.time += 1.01
    assert refusal(verdict.free)[0] is Reason.SCENE_UNAVAILABLE


def test_what_was_said_too_long_ago_no_longer_counts(states: States) -> None:
    verdict = states.referee.ask(motion())
    states.answer()
    states.time += 1.01
    assert refusal(verdict.free)[0] is Reason.SCENE_UNAVAILABLE


def test_a_verdict_that_nobody_wants_any_longer_is_never_free(states: States) -> None:
    verdict = states.referee.ask(motion())
    verdict.drop()
    assert not states.pending
    assert not verdict.free()
    assert states.told == 0


def test_the_next_verdict_is_expected_to_take_what_the_last_took_and_half_as_long_again(states: States) -> None:
    assert states.referee.patience == pytest.approx(0.25)
    states.referee.ask(motion())
    states.time += 0.1
    states.answer()
    assert states.referee.patience == pytest.approx(0.2)


def test_what_is_left_of_a_motion_is_asked_about_again_and_again(states: States) -> None:
    verdict = states.referee.ask(motion())
    states.answer()
    assert verdict.free()
    states.referee.supervise(motion(), 50.0)
    first = len(states.asked)
    states.time += 0.3
    states.referee.supervise(motion(), 51.0)
    assert len(states.asked) == first + IN_FLIGHT
    assert states.asked[first][0] == pytest.approx(0.5)
    states.answer()
    states.time += 0.9
    states.referee.supervise(motion(), 51.9)
    states.answer("panda_hand would touch <octomap>")
    assert refusal(lambda: bool(states.referee.supervise(motion(), 51.9)))[0] is Reason.COLLISION


def test_a_motion_of_which_nothing_is_said_any_longer_is_refused(states: States) -> None:
    states.referee.begin()
    states.referee.supervise(motion(), 50.1)
    states.time += 0.5
    states.referee.supervise(motion(), 50.6)
    states.time += 0.6
    assert refusal(lambda: bool(states.referee.supervise(motion(), 51.2)))[0] is Reason.SCENE_UNAVAILABLE
    states.referee.supervise(motion(), 52.0)
