from __future__ import annotations

import numpy as np
import pytest
from moveit_double import FINGER, GROUP, JOINTS, Rig

from steadyhand.drivers.moveit_scene import MoveItScene
from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.reasons import Reason
from steadyhand.execution.reference import Reference

# The elbow turns by 1 rad within 0.8 s.
MOTION = Reference(np.array([10.0, 10.8]), np.array([[0.1, 0.2, 0.0], [0.1, 0.2, 1.0]]), *np.zeros((2, 2, 3)))


def scene(rig: Rig) -> MoveItScene:
    return MoveItScene(rig.moveit(), GROUP, JOINTS)


def test_a_free_motion_passes_and_is_checked_from_end_to_end() -> None:
    rig = Rig()
    scene(rig).check(MOTION)
    elbows = [state["elbow"] for state in rig.checked]
    assert (elbows[0], elbows[-1]) == pytest.approx((0.0, 1.0))
    assert len(elbows) == 22
    assert elbows == sorted(elbows)
    # What is none of the arm's is as the scene has it.
    assert {state[FINGER] for state in rig.checked} == {0.04}
    assert not rig.locks


def test_the_scenes_own_state_is_left_as_it_was() -> None:
    rig = Rig()
    before = rig.state.joint_positions
    scene(rig).check(MOTION)
    assert rig.state.joint_positions == before


def test_a_motion_into_something_is_refused_with_the_time() -> None:
    rig = Rig(touches=lambda positions: positions["elbow"] > 0.51)
    with pytest.raises(RefusedError, match=r"0\.42 s ahead") as caught:
        scene(rig).check(MOTION)
    assert caught.value.reason is Reason.COLLISION
    assert not rig.locks


def test_what_moveit_cannot_check_is_refused() -> None:
    rig = Rig(failing="read_only")
    with pytest.raises(RefusedError, match="an exception of C") as caught:
        scene(rig).check(MOTION)
    assert caught.value.reason is Reason.SCENE_UNAVAILABLE


def test_a_joint_that_moveit_does_not_have_is_refused() -> None:
    rig = Rig()
    with pytest.raises(RefusedError) as caught:
        MoveItScene(rig.moveit(), GROUP, ("lift", "shoulder", "knee")).check(MOTION)
    assert caught.value.reason is Reason.SCENE_UNAVAILABLE
    assert not rig.locks


def test_what_is_left_of_a_motion_is_checked_again_when_something_has_come_into_its_way() -> None:
    rig = Rig()
    supervised = scene(rig)
    supervised.check(MOTION)
    rig.touches = lambda positions: positions["elbow"] > 0.9
    with pytest.raises(RefusedError) as caught:
        supervised.supervise(MOTION, 10.2)
    assert caught.value.reason is Reason.COLLISION
    # What has passed touches nothing any more, and one look serves for a while.
    rig.touches = lambda positions: positions["elbow"] < 0.3
    supervised.supervise(MOTION, 10.3)
    supervised.supervise(MOTION, 10.6)
    seen = len(rig.checked)
    supervised.supervise(MOTION, 10.7)
    supervised.supervise(MOTION, 11.0)
    assert len(rig.checked) == seen
