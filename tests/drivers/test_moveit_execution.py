from __future__ import annotations

import numpy as np
import pytest
from moveit_double import GROUP, JOINTS, Rig

from steadyhand.drivers.moveit_execution import MoveItExecution
from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.reasons import Reason
from steadyhand.execution.reference import Reference

MOTION = Reference(np.array([10.0, 10.8]), np.array([[0.1, 0.2, 0.0], [0.1, 0.2, 1.0]]), *np.zeros((2, 2, 3)))


def execution(rig: Rig) -> MoveItExecution:
    return MoveItExecution(rig.moveit(), GROUP, JOINTS)


def test_a_whole_motion_is_executed_with_its_group_and_out_of_the_lock() -> None:
    rig = Rig()
    execution(rig).execute(MOTION)
    (sent,) = rig.executed
    assert sent.joint_trajectory.joint_names == list(JOINTS)
    assert [point.time_from_start.nanosec for point in sent.joint_trajectory.points] == [0, 800_000_000]
    assert not rig.locks


def test_a_motion_into_something_is_never_handed_over() -> None:
    rig = Rig(touches=lambda positions: positions["elbow"] > 0.5)
    with pytest.raises(RefusedError) as caught:
        execution(rig).execute(MOTION)
    assert caught.value.reason is Reason.COLLISION
    assert not rig.executed
    assert not rig.locks


@pytest.mark.parametrize("status", ["PREEMPTED", "TIMED_OUT", "ABORTED", "FAILED", "UNKNOWN"])
def test_a_motion_that_does_not_end_well_is_told(status: str) -> None:
    with pytest.raises(RefusedError, match=status) as caught:
        execution(Rig(status=status)).execute(MOTION)
    assert caught.value.reason is Reason.CONTROLLER_ABORTED


def test_an_exception_of_moveit_is_told() -> None:
    with pytest.raises(RefusedError, match="an exception of C") as caught:
        execution(Rig(failing="execute")).execute(MOTION)
    assert caught.value.reason is Reason.CONTROLLER_ABORTED


def test_what_runs_can_be_stopped() -> None:
    rig = Rig()
    execution(rig).stop()
    assert rig.stops == 1
