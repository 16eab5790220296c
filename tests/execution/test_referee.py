from __future__ import annotations

import pytest

from steadyhand.execution.inquiry import IN_FLIGHT
from steadyhand.execution.reasons import Reason

from .states import States, motion, refusal


@pytest.fixture
def states() -> States:
    return States()


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
