"""Which ends of goals are faults."""

import pytest

pytest.importorskip("rclpy")
pytest.importorskip("control_msgs")

from action_msgs.msg import GoalStatus
from control_msgs.action import FollowJointTrajectory

from steadyhand.drivers.goal_verdict import verdict
from steadyhand.execution.reasons import Reason

Result = FollowJointTrajectory.Result
ENDS = (GoalStatus.STATUS_ABORTED, GoalStatus.STATUS_CANCELED)


@pytest.mark.parametrize("status", ENDS)
@pytest.mark.parametrize("code", [Result.SUCCESSFUL, Result.INVALID_GOAL])
def test_a_goal_that_we_replaced_is_no_fault_however_its_controller_says_so(status, code):
    assert verdict(status, code, "preempted", replaced=True) is None


@pytest.mark.parametrize("status", ENDS)
def test_the_newest_goal_ended_by_somebody_else_is_a_fault(status):
    fault = verdict(status, Result.INVALID_GOAL, "preempted by a new goal", replaced=False)
    assert fault is not None
    assert fault.reason is Reason.CONTROLLER_ABORTED
    assert "preempted by a new goal" in str(fault)


@pytest.mark.parametrize("replaced", [True, False])
@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (Result.INVALID_JOINTS, Reason.CONTROLLER_MISMATCH),
        (Result.OLD_HEADER_TIMESTAMP, Reason.CONTROLLER_REFUSED),
        (Result.PATH_TOLERANCE_VIOLATED, Reason.TOLERANCE_VIOLATED),
        (Result.GOAL_TOLERANCE_VIOLATED, Reason.TOLERANCE_VIOLATED),
    ],
)
def test_what_the_controller_found_wrong_counts_even_while_another_goal_is_on_its_way(code, reason, replaced):
    fault = verdict(GoalStatus.STATUS_ABORTED, code, "", replaced=replaced)
    assert fault is not None
    assert fault.reason is reason


def test_a_goal_that_succeeded_and_a_code_nobody_knows():
    assert verdict(GoalStatus.STATUS_SUCCEEDED, Result.SUCCESSFUL, "", replaced=False) is None
    fault = verdict(GoalStatus.STATUS_ABORTED, -77, "", replaced=False)
    assert fault is not None
    assert "-77" in str(fault)
