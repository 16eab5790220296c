from __future__ import annotations

import numpy as np
import pytest

from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.ownership import Ownership, OwnershipLimits
from steadyhand.execution.reasons import Reason

_OURS = np.array([0.1, 0.2])
_THEIRS = np.array([0.1, 0.3])


def ownership() -> Ownership:
    return Ownership(("shoulder", "elbow"), OwnershipLimits(age=0.3, tolerance=0.05))


def test_another_publisher_is_told_by_name() -> None:
    owner = Ownership(("shoulder", "elbow"))
    owner.check(0.0)
    owner.hear_publishers("/rqt can publish on /arm/joint_trajectory too")
    with pytest.raises(RefusedError, match="/rqt") as refusal:
        owner.check(0.0)
    assert refusal.value.reason is Reason.FOREIGN_COMMAND
    owner.hear_publishers("")
    owner.check(0.0)


def test_a_controller_that_follows_something_else_for_long_is_told() -> None:
    owner = ownership()
    for k in range(4):
        owner.hear_controller(1.0 + 0.05 * k, _THEIRS, _OURS)
        owner.check(1.0 + 0.05 * k)
    owner.hear_controller(1.2, _THEIRS, _OURS)
    with pytest.raises(RefusedError, match="elbow") as refusal:
        owner.check(1.2)
    assert refusal.value.reason is Reason.FOREIGN_COMMAND


def test_a_short_difference_is_a_window_under_way() -> None:
    owner = ownership()
    owner.hear_controller(1.0, _OURS + 0.1, _OURS)
    owner.hear_controller(1.1, _OURS, _OURS)
    owner.hear_controller(1.2, _OURS + 0.1, _OURS)
    owner.check(1.2)


def test_nothing_is_compared_before_anything_was_commanded() -> None:
    owner = ownership()
    for k in range(10):
        owner.hear_controller(1.0 + 0.1 * k, _OURS + 1.0, None)
    owner.check(1.9)


def test_a_controller_state_that_is_missing_or_old_is_told() -> None:
    owner = ownership()
    for now in (0.0, 1.5):
        with pytest.raises(RefusedError) as refusal:
            owner.check(now)
        assert refusal.value.reason is Reason.CONTROLLER_STATE_STALE
        owner.hear_controller(1.0, _OURS, _OURS)
