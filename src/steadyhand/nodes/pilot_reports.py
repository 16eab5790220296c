"""Messages of the pilot: status, feedback, result, and the bridge's reports as an episode takes them."""

from __future__ import annotations

from collections import Counter

from diagnostic_msgs.msg import DiagnosticStatus

from steadyhand.action import RunInstruction
from steadyhand.episodes.episode import Episode
from steadyhand.episodes.events import BridgeReport, BridgeState, Instant
from steadyhand.episodes.result import EpisodeResult
from steadyhand.execution.reasons import Reason
from steadyhand.msg import ExecutionState, PilotStatus
from steadyhand.nodes.conversions import to_seconds
from steadyhand.nodes.stream_reports import key_values

_STATES = {
    ExecutionState.STATE_INACTIVE: BridgeState.INACTIVE,
    ExecutionState.STATE_HELD: BridgeState.HELD,
    ExecutionState.STATE_STARTING: BridgeState.STARTING,
    ExecutionState.STATE_RUNNING: BridgeState.RUNNING,
    ExecutionState.STATE_BRAKING: BridgeState.BRAKING,
}
_REMEDIES = {str(reason): reason.remedy for reason in Reason}
_FAILURES = ("failed", "refused")


def bridge_report(message: ExecutionState) -> BridgeReport:
    """Return a report of the bridge as an episode takes it; an unknown state counts as inactive."""
    return BridgeReport(
        stamp=to_seconds(message.header.stamp),
        episode_id=message.episode_id,
        state=_STATES.get(message.state, BridgeState.INACTIVE),
        hold_code=message.hold_code,
        hold_message=message.hold_message,
        chunk=message.chunk_sequence if message.has_chunk else None,
    )


def feedback(episode: Episode, at: Instant) -> RunInstruction.Feedback:
    """Return the feedback of a goal."""
    code, message = episode.hold
    return RunInstruction.Feedback(
        phase=int(episode.phase),
        elapsed=episode.elapsed(at),
        chunks=episode.statistics.chunks,
        policy_latency=episode.statistics.latency_newest,
        hold_code=code,
        hold_message=message,
    )


def result_message(episode_id: str, result: EpisodeResult) -> RunInstruction.Result:
    """Return the result of a goal."""
    return RunInstruction.Result(
        outcome=int(result.outcome),
        success_source=result.success_source,
        code=result.code,
        message=result.message,
        episode_id=episode_id,
        elapsed=result.elapsed,
        chunks=result.chunks,
        chunks_refused=result.chunks_refused,
        holds=result.holds,
        latency_median=result.latency_median,
        latency_max=result.latency_max,
    )


def pilot_status(report: PilotStatus, active: bool, outcomes: Counter[str], code: str) -> DiagnosticStatus:
    """Return the pilot's diagnostics.

    Args:
        report: Its report of now.
        active: Whether it takes goals.
        outcomes: How often each outcome came.
        code: Reason code of the last outcome, empty where it has none.
    """
    status = DiagnosticStatus(level=DiagnosticStatus.OK, hardware_id=report.deployment)
    failed = report.phase == PilotStatus.PHASE_IDLE and report.last_outcome in _FAILURES
    remedy = ""
    if report.instruction:
        status.message = f"'{report.instruction}'"
    elif not active:
        status.message = "inactive"
    elif failed:
        status.level, status.message = DiagnosticStatus.WARN, f"{report.last_outcome}: {report.last_message}"
        remedy = _REMEDIES.get(code, "Read the outcome's message, then send a new goal.")
    else:
        status.message = "ready"
    status.values = key_values(
        {
            "episode": report.episode_id,
            "episodes": str(report.episodes),
            "last outcome": " ".join(part for part in (report.last_outcome, code, report.last_message) if part),
            "remedy": remedy,
            **{f"count {outcome}": str(count) for outcome, count in sorted(outcomes.items())},
        }
    )
    return status
