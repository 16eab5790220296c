"""What the codes of moveit_msgs/ServoStatus mean for the motion."""

from __future__ import annotations

from dataclasses import dataclass

from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.reasons import Reason

# Constants of moveit_msgs/ServoStatus 2.6.
_FAULTS = {
    -1: ("INVALID", Reason.CONTROLLER_REFUSED, "takes the command for invalid: see its joints, frames and group"),
    2: ("HALT_FOR_SINGULARITY", Reason.SINGULARITY, "halted near a singularity"),
    5: ("HALT_FOR_COLLISION", Reason.COLLISION, "halted before a collision"),
    6: ("JOINT_BOUND", Reason.POSITION_LIMIT, "halted at a joint's bound less its joint_limit_margins"),
}
_WARNINGS = {
    1: ("DECELERATE_FOR_APPROACHING_SINGULARITY", "slows near a singularity"),
    3: ("DECELERATE_FOR_LEAVING_SINGULARITY", "slows while it leaves a singularity"),
    4: ("DECELERATE_FOR_COLLISION", "slows near a collision"),
}


@dataclass(frozen=True)
class Verdict:
    """What a status says.

    Attributes:
        words: For diagnostics.
        fault: Why the arm must brake, None where it need not.
    """

    words: str
    fault: RefusedError | None = None


def verdict(code: int, message: str) -> Verdict:
    """Return what a status means; a code that is not known is a fault.

    Args:
        code: Of the message.
        message: Servo's own words.
    """
    if code == 0:
        return Verdict("follows")
    if code in _WARNINGS:
        name, words = _WARNINGS[code]
        return Verdict(f"warning: Servo {words} ({name})")
    name, reason, words = _FAULTS.get(code, (f"code {code}", Reason.CONTROLLER_REFUSED, "says what is not known"))
    return Verdict(f"Servo {words} ({name})", RefusedError(reason, f"MoveIt Servo {words} ({name}): {message}"))
