"""The simulator's report about itself."""

import pytest

pytest.importorskip("rclpy")

from diagnostic_msgs.msg import DiagnosticStatus

from steadyhand.nodes.simulated.reports import diagnostic_status
from steadyhand.simulation.pacing import Pacer


def pacer(factor):
    now = [0.0]
    pacer = Pacer(0.01, lambda: now[0])
    for _ in range(50):
        pacer.tick()
        now[0] += 0.01 / factor
    return pacer


@pytest.mark.parametrize(
    ("factor", "lockstep", "level"),
    [(1.0, False, DiagnosticStatus.OK), (0.5, False, DiagnosticStatus.WARN), (0.5, True, DiagnosticStatus.OK)],
)
def test_falling_behind_is_a_warning_in_real_time_only(factor, lockstep, level):
    status = diagnostic_status(pacer(factor), lockstep=lockstep, renderer="egl", dropped=3)
    values = {entry.key: entry.value for entry in status.values}
    assert status.level == level
    assert float(values["real_time_factor"]) == pytest.approx(factor, rel=0.01)
    assert values["renderer"] == "egl"
    assert values["images_dropped"] == "3"
