from __future__ import annotations

import pytest

from steadyhand.drivers.servo_status import verdict
from steadyhand.execution.reasons import Reason


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("INVALID", Reason.CONTROLLER_REFUSED),
        ("NO_WARNING", None),
        ("DECELERATE_FOR_APPROACHING_SINGULARITY", None),
        ("HALT_FOR_SINGULARITY", Reason.SINGULARITY),
        ("DECELERATE_FOR_LEAVING_SINGULARITY", None),
        ("DECELERATE_FOR_COLLISION", None),
        ("HALT_FOR_COLLISION", Reason.COLLISION),
        ("JOINT_BOUND", Reason.POSITION_LIMIT),
    ],
)
def test_every_code_of_servo_is_known_by_its_name(name: str, reason: Reason | None) -> None:
    messages = pytest.importorskip("moveit_msgs.msg")
    found = verdict(getattr(messages.ServoStatus, name), "as it says")
    assert (None if found.fault is None else found.fault.reason) is reason
    assert name in found.words or name == "NO_WARNING"
    assert ("warning" in found.words) == name.startswith("DECELERATE")


def test_a_code_that_is_not_known_is_a_fault() -> None:
    fault = verdict(42, "").fault
    assert fault is not None
    assert fault.reason is Reason.CONTROLLER_REFUSED
