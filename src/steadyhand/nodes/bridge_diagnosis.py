"""Diagnostics of the bridge: itself, the joint states that it lives on, and the controllers that it commands."""

from __future__ import annotations

import time
from collections.abc import Mapping

from diagnostic_msgs.msg import DiagnosticStatus
from rclpy.node import Node

from steadyhand.drivers.controller_probe import ControllerProbe
from steadyhand.execution.exceptions import RefusedError
from steadyhand.nodes.diagnosis import Diagnosis
from steadyhand.nodes.stream_record import StreamRecord
from steadyhand.nodes.stream_reports import expected_joint_states, key_values, spread, stream_status
from steadyhand.profiles.contract import Contract


class BridgeDiagnosis:
    """Keeps what passes the bridge, and reports it.

    Args:
        node: The bridge.
        contract: The resolved deployment.
    """

    def __init__(self, node: Node, contract: Contract) -> None:
        self._robot = contract.robot
        self._expected = expected_joint_states(contract)
        self._joints = StreamRecord()
        self._chunks = StreamRecord()
        self._commands = StreamRecord()
        self._diagnosis = Diagnosis(node)

    def hear_joints(self, now: float, stamp: float) -> None:
        """Take note of a joint state; both times on the ROS clock [s]."""
        self._joints.hear(now, now - stamp)

    def hear_chunk(self, now: float, stamp: float) -> None:
        """Take note of a chunk and the stamp of its observation; both on the ROS clock [s]."""
        self._chunks.hear(now, now - stamp)

    def command(self, sent: bool) -> None:
        """Take note of whether a window was handed over; none is while the arm rests."""
        if sent:
            self._commands.hear(time.monotonic())
        else:
            self._commands.pause()

    def publish(self, bridge: DiagnosticStatus, controllers: Mapping[str, ControllerProbe], now: float) -> None:
        """Publish the bridge's own status, with percentiles added, beside those of streams and controllers."""
        bridge.values += key_values(
            {
                "windows sent": str(self._commands.count),
                **spread("command gap", self._commands.gaps()),
                **spread("observation age on receipt", self._chunks.ages()),
            }
        )
        statuses = {"bridge": bridge, "joint states": stream_status(self._joints, self._expected, now)}
        for name, probe in controllers.items():
            controller = self._robot.each_arm[name].arm.controller
            statuses[f"controller {controller}"] = controller_status(probe, controller)
        self._diagnosis.publish(statuses)

    def close(self) -> None:
        """Stop publishing."""
        self._diagnosis.close()


def controller_status(probe: ControllerProbe, name: str) -> DiagnosticStatus:
    """Return the diagnostics of a controller: whether it can take motion, and what to do where it cannot."""
    advice = "; ".join(probe.findings.advice)
    status = DiagnosticStatus(hardware_id=name, level=DiagnosticStatus.OK, message=probe.outcome)
    remedy = ""
    if advice:
        status.level, status.message, remedy = DiagnosticStatus.WARN, advice, advice
    try:
        probe.check()
    except RefusedError as refusal:
        status.level = DiagnosticStatus.ERROR
        status.message, remedy = f"{refusal.reason}: {refusal}", refusal.reason.remedy
    status.values = key_values({"state": probe.outcome, "advice": advice, "remedy": remedy})
    return status
