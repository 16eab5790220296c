"""What the bridge reports of itself: ExecutionState and diagnostics."""

from __future__ import annotations

from collections.abc import Mapping

from diagnostic_msgs.msg import DiagnosticStatus, KeyValue

from steadyhand.drivers.arm import ArmDriver
from steadyhand.drivers.controller_probe import ControllerProbe
from steadyhand.drivers.gripper import GripperDriver
from steadyhand.drivers.source import PlanSource, SceneSource
from steadyhand.drivers.twist import TwistDriver
from steadyhand.execution.bridge import Bridge
from steadyhand.execution.phase import Phase
from steadyhand.execution.reasons import CALM, Reason
from steadyhand.msg import ExecutionState
from steadyhand.nodes.conversions import to_time

_STATES = {
    Phase.INACTIVE: ExecutionState.STATE_INACTIVE,
    Phase.HELD: ExecutionState.STATE_HELD,
    Phase.STARTING: ExecutionState.STATE_STARTING,
    Phase.RUNNING: ExecutionState.STATE_RUNNING,
    Phase.BRAKING: ExecutionState.STATE_BRAKING,
}
_CALM = (None, *CALM)
_QUIET = CALM - {Reason.CONFIRMATION_AWAITED}


def execution_state(bridge: Bridge, mode: int, speed: float, now: float) -> ExecutionState:
    """Return the report of what the bridge does at ``now`` on the ROS clock [s]."""
    executor, at = bridge.executor, bridge.pace.at(now)
    message = ExecutionState()
    message.header.stamp = to_time(now)
    message.episode_id = executor.episode_id
    message.state = _STATES[executor.phase]
    message.mode = mode
    message.hold_code = "" if executor.reason is None else str(executor.reason)
    message.hold_message = executor.message
    message.delay = executor.delay.value
    message.remaining = executor.remaining(at)
    message.speed = speed
    if executor.chunk is not None and executor.stitched is not None:
        message.has_chunk = True
        message.chunk_sequence = executor.chunk.sequence
        message.first_row = executor.stitched.first_row
        message.committed_rows = executor.committed_rows(at)
        # Rows that the robot delays come at other times than the policy would continue them from.
        delayed = bridge.pace.slowed(bridge.observed, now)
        message.altered = delayed or executor.stitched.stretch * executor.speed > 1.0 + 1e-9
        message.lag = executor.stitched.lag
    if executor.reference is not None:
        state = executor.reference.sample(at)
        message.joint_names = list(bridge.joint_names)
        message.positions = state.position.tolist()
        message.velocities = state.velocity.tolist()
    return message


def diagnostic_status(
    bridge: Bridge,
    arm: ArmDriver,
    grippers: Mapping[str, GripperDriver],
    sources: Mapping[str, SceneSource | PlanSource | None],
    controllers: Mapping[str, ControllerProbe],
    base: TwistDriver | None = None,
) -> DiagnosticStatus:
    """Return the bridge's diagnostics: what it does, why it holds, every counter, and the remedy."""
    executor = bridge.executor
    reason = executor.reason
    status = DiagnosticStatus(name="steadyhand: bridge", hardware_id=bridge.robot_name)
    status.level = DiagnosticStatus.OK if reason in _CALM else DiagnosticStatus.ERROR
    if reason is Reason.CONFIRMATION_AWAITED:
        status.level = DiagnosticStatus.WARN
    advice = [text for controller in controllers.values() for text in controller.findings.advice]
    if advice and status.level == DiagnosticStatus.OK:
        status.level = DiagnosticStatus.WARN
    status.message = executor.phase.value
    if reason is not None:
        status.message += f": {reason}: {executor.message}"
    values = {
        "episode": executor.episode_id,
        "mode": bridge.conduct.mode.value,
        "speed": f"{bridge.conduct.speed:.2f}",
        "chunks accepted": str(bridge.accepted),
        "chunks refused": str(bridge.refused),
        "chunks slowed": str(bridge.slowed),
        "speed scaling": f"{bridge.pace.scale:.2f}",
        "delay [s]": f"{executor.delay.value:.3f}",
        "arm controller": arm.outcome,
        "controller": "; ".join(f"{name} {controller.outcome}".strip() for name, controller in controllers.items()),
        "controller advice": "; ".join(advice),
        "remedy": "" if reason is None or reason in _QUIET else reason.remedy,
    }
    if base is not None:
        values["base"] = base.timeout.outcome
    values.update({f"gripper {name}": gripper.outcome for name, gripper in grippers.items()})
    values.update({name: source.outcome for name, source in sources.items() if source is not None})
    values.update({f"count {code}": str(count) for code, count in sorted(executor.refusals.items())})
    status.values = [KeyValue(key=key, value=value) for key, value in values.items()]
    return status
