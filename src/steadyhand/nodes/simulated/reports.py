"""What the simulator reports about itself."""

from __future__ import annotations

from diagnostic_msgs.msg import DiagnosticStatus, KeyValue

from steadyhand.simulation.pacing import Pacer

_SLOW = 0.95


def diagnostic_status(pacer: Pacer, *, lockstep: bool, renderer: str, dropped: int) -> DiagnosticStatus:
    """Return how well the simulation keeps up.

    Args:
        pacer: What measures its speed.
        lockstep: It need not keep up.
        renderer: What draws the images.
        dropped: Images that could not be drawn in time.
    """
    factor = pacer.real_time_factor
    slow = not lockstep and 0.0 < factor < _SLOW
    return DiagnosticStatus(
        level=DiagnosticStatus.WARN if slow else DiagnosticStatus.OK,
        name="simulator: speed",
        message=f"runs at {factor:.2f} of real time" + ("; this machine is too slow for it" if slow else ""),
        hardware_id="simulation",
        values=[
            KeyValue(key="real_time_factor", value=f"{factor:.3f}"),
            KeyValue(key="lost_seconds", value=f"{pacer.lost:.3f}"),
            KeyValue(key="renderer", value=renderer),
            KeyValue(key="images_dropped", value=str(dropped)),
        ],
    )
