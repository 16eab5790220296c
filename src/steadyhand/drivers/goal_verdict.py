"""What the end of a FollowJointTrajectory goal says about the arm."""

from __future__ import annotations

from action_msgs.msg import GoalStatus
from control_msgs.action import FollowJointTrajectory

from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.reasons import Reason

_CODES = {
    FollowJointTrajectory.Result.INVALID_GOAL: ("INVALID_GOAL", Reason.CONTROLLER_ABORTED),
    FollowJointTrajectory.Result.INVALID_JOINTS: ("INVALID_JOINTS", Reason.CONTROLLER_MISMATCH),
    FollowJointTrajectory.Result.OLD_HEADER_TIMESTAMP: ("OLD_HEADER_TIMESTAMP", Reason.CONTROLLER_REFUSED),
    FollowJointTrajectory.Result.PATH_TOLERANCE_VIOLATED: ("PATH_TOLERANCE_VIOLATED", Reason.TOLERANCE_VIOLATED),
    FollowJointTrajectory.Result.GOAL_TOLERANCE_VIOLATED: ("GOAL_TOLERANCE_VIOLATED", Reason.TOLERANCE_VIOLATED),
}
_STATUSES = {GoalStatus.STATUS_CANCELED: "canceled", GoalStatus.STATUS_ABORTED: "aborted"}


def verdict(status: int, code: int, text: str, *, replaced: bool) -> RefusedError | None:
    """Return why the arm must stop after a goal's end, None where it need not.

    A controller ends a goal that a newer one replaces as aborted or canceled, with INVALID_GOAL or no code at all,
    depending on its version. A violated tolerance counts even then: the controller has left our curve, and may have
    done so while the newer goal was on its way.

    Args:
        status: One of action_msgs/GoalStatus.
        code: ``error_code`` of the result.
        text: ``error_string`` of the result.
        replaced: A newer goal of ours has been sent since.
    """
    if status == GoalStatus.STATUS_SUCCEEDED:
        return None
    name, reason = _CODES.get(code, (str(code), Reason.CONTROLLER_ABORTED))
    if replaced and reason is Reason.CONTROLLER_ABORTED:
        return None
    ended = _STATUSES.get(status, f"ended with status {status}")
    said = f": {text}" if text else ""
    return RefusedError(reason, f"the controller {ended} the goal, {name}{said}")
