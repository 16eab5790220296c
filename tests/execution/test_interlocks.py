from __future__ import annotations

import pytest

from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.interlocks import InterlockLimits, Interlocks
from steadyhand.execution.reasons import Reason


def interlocks() -> Interlocks:
    return Interlocks(InterlockLimits({"mode": None, "ok": 0.2}, enable=0.5))


def refusal(locks: Interlocks, steady: float) -> Reason:
    with pytest.raises(RefusedError) as refused:
        locks.check(steady)
    return refused.value.reason


def allowing() -> Interlocks:
    locks = interlocks()
    locks.hear_safety("mode", 1.0, "")
    locks.hear_safety("ok", 1.0, "")
    locks.hear_enable(1.0, True)
    locks.check(1.1)
    return locks


def test_nothing_moves_before_every_signal_has_come() -> None:
    locks = interlocks()
    assert refusal(locks, 1.0) is Reason.SAFETY_STATE_STALE
    locks.hear_safety("mode", 1.0, "")
    locks.hear_safety("ok", 1.0, "")
    assert refusal(locks, 1.0) is Reason.ENABLE_ABSENT
    locks.hear_enable(1.0, True)
    locks.check(1.0)


def test_a_stop_of_the_robot_is_the_gravest_and_ends_with_its_signal() -> None:
    locks = allowing()
    locks.hear_safety("mode", 1.1, "PROTECTIVE_STOP")
    assert locks.stopped
    assert refusal(locks, 9.0) is Reason.PROTECTIVE_STOP
    locks.hear_safety("mode", 1.2, "")
    assert not locks.stopped
    locks.check(1.15)


def test_signals_that_age_are_refused_and_latched_ones_need_a_publisher() -> None:
    assert refusal(allowing(), 1.25) is Reason.SAFETY_STATE_STALE
    locks = allowing()
    locks.lose_safety("mode")
    assert refusal(locks, 1.1) is Reason.SAFETY_STATE_STALE


def test_a_stop_is_remembered_when_its_publisher_has_gone() -> None:
    locks = allowing()
    locks.hear_safety("mode", 1.1, "FAULT")
    locks.lose_safety("mode")
    assert refusal(locks, 1.1) is Reason.PROTECTIVE_STOP


def test_an_enable_signal_that_is_released_or_silent_is_refused() -> None:
    locks = allowing()
    locks.hear_enable(1.1, False)
    assert refusal(locks, 1.1) is Reason.ENABLE_LOST
    locks.hear_enable(1.1, True)
    locks.hear_safety("ok", 2.0, "")
    assert refusal(locks, 2.0) is Reason.ENABLE_ABSENT


def test_a_cleared_interlock_asks_anew_for_what_ages_only() -> None:
    locks = allowing()
    locks.clear()
    locks.hear_safety("ok", 1.1, "")
    assert refusal(locks, 1.1) is Reason.ENABLE_ABSENT
