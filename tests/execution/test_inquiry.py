from __future__ import annotations

import numpy as np
import pytest

from steadyhand.execution.inquiry import IN_FLIGHT
from steadyhand.execution.reasons import Reason

from .states import States, motion, refusal


@pytest.fixture
def states() -> States:
    return States()


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
