"""Why the arm braked, was held or slowed, or a chunk was refused: the timeline of a recording."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from steadyhand.evaluation.evidence import Evidence
from steadyhand.evaluation.recording import REPORTS, STATUS, Recording
from steadyhand.evaluation.replay import PHASES, SLOWED, Decision, recorded_decisions
from steadyhand.execution.phase import Phase
from steadyhand.execution.reasons import Reason

BRAKE, HOLD, SLOW_DOWN, REFUSAL = "brake", "hold", "slow-down", "refusal"
# The bridge publishes its counters once a second at least.
_REPEATED = 1.2


@dataclass(frozen=True)
class Event:
    """One thing that happened.

    Attributes:
        time: ROS clock [s].
        episode: The episode that was open, empty where none was.
        kind: ``brake``, ``hold``, ``slow-down`` or ``refusal``.
        code: Reason code; ``VELOCITY_LIMIT`` for a slow-down.
        said: What the bridge said, with value and limit.
        evidence: What other recorded topics show, one sentence each.
        remedy: What a person can do.
        duration: How long it lasted [s]; None where the recording ended before, or where it took no time.
    """

    time: float
    episode: str
    kind: str
    code: str
    said: str
    evidence: tuple[str, ...]
    remedy: str
    duration: float | None = None


def explain(recording: Recording) -> list[Event]:
    """Return every brake, hold, slow-down and refusal of a recording, in order.

    A brake and the hold that it ends in for the same reason are one event. A refusal that braked the arm is the brake;
    one that found it at rest shows only in the bridge's counters, if ``bridge/status`` was recorded.
    """
    evidence = Evidence(recording)
    decisions = sorted(recorded_decisions(recording).values(), key=lambda decision: decision.time)
    events = _stops(recording, evidence) + _slow_downs(decisions, recording)
    return sorted(events + _silent_refusals(recording, events, evidence), key=lambda event: event.time)


def totals(events: list[Event]) -> dict[str, int]:
    """Return how often each kind and code happened, as ``"kind CODE"``, the most frequent first."""
    return dict(Counter(f"{event.kind} {event.code}" for event in events).most_common())


def _stops(recording: Recording, evidence: Evidence) -> list[Event]:
    """Return stretches of braking or rest for one reason."""
    events: list[Event] = []
    begun: tuple[float, Any, str] | None = None
    for entry in recording.of(REPORTS):
        report = entry.message
        phase = PHASES[report.state]
        stopped = phase in (Phase.BRAKING, Phase.HELD)
        if begun is not None and (not stopped or report.hold_code != begun[1].hold_code):
            events.append(_stop(*begun, entry.stamp, evidence))
            begun = None
        if stopped and begun is None:
            begun = (entry.stamp, report, BRAKE if phase is Phase.BRAKING else HOLD)
    if begun is not None:
        events.append(_stop(*begun, None, evidence))
    return events


def _stop(time: float, report: Any, kind: str, end: float | None, evidence: Evidence) -> Event:
    code = report.hold_code
    return Event(
        time=time,
        episode=report.episode_id,
        kind=kind,
        code=code,
        said=report.hold_message,
        evidence=evidence.of(code, time, report),
        remedy=_remedy(code),
        duration=None if end is None else end - time,
    )


def _slow_downs(decisions: list[Decision], recording: Recording) -> list[Event]:
    reports: dict[tuple[str, int], Any] = {}
    for entry in recording.of(REPORTS):
        if entry.message.has_chunk:
            key = (entry.message.episode_id, int(entry.message.chunk_sequence))
            reports.setdefault(key, entry.message)
    events = []
    for decision in decisions:
        if decision.recorded != SLOWED:
            continue
        report = reports[decision.episode, decision.sequence]
        said = f"chunk {decision.sequence} was slowed to keep the limits: {report.lag:.3f} s of lag at its end"
        remedy = Reason.VELOCITY_LIMIT.remedy
        events.append(Event(decision.time, decision.episode, SLOW_DOWN, "VELOCITY_LIMIT", said, (), remedy))
    return events


def _silent_refusals(recording: Recording, events: list[Event], evidence: Evidence) -> list[Event]:
    """Return refusals that the bridge only counted, since the arm was at rest already for a reason as grave.

    What is found again at every tick is one event that lasts.
    """
    stops = {(event.time, event.code) for event in events}
    open_: dict[str, tuple[float, float, int, Any]] = {}
    found = []
    before: Counter[str] | None = None
    report, since = None, 0.0
    for entry in recording.messages:
        if entry.role == REPORTS:
            report, since = entry.message, entry.stamp
        if entry.role != STATUS or report is None:
            continue
        counts = _counts(entry.message)
        for code, more in (counts - (counts if before is None else before)).items():
            # The first count of a brake belongs to the brake.
            more -= any(of == code and since - _REPEATED <= time <= since + _REPEATED for time, of in stops)
            begun, last, count, first = open_.pop(code, (since, since, 0, report))
            if since - last > _REPEATED and count > 0:
                found.append(_refusal(code, begun, last, count, first, evidence))
                begun, count, first = since, 0, report
            open_[code] = (begun, since, count + more, first)
        before = counts
    found += [_refusal(code, *known[:3], known[3], evidence) for code, known in open_.items() if known[2] > 0]
    return found


def _counts(status: Any) -> Counter[str]:
    """Return how often each reason was given, by the bridge's diagnostics."""
    pairs = [(value.key, value.value) for value in status.values if value.key.startswith("count ")]
    return Counter({key.removeprefix("count "): int(value) for key, value in pairs})


def _refusal(code: str, begun: float, last: float, count: int, report: Any, evidence: Evidence) -> Event:
    said = f"counted {count} time{'s' if count > 1 else ''} in bridge/status while the arm was at rest"
    shown = evidence.of(code, begun, report)
    return Event(begun, report.episode_id, REFUSAL, code, said, shown, _remedy(code), last - begun or None)


def _remedy(code: str) -> str:
    return Reason(code).remedy if code in set(Reason) else ""  # type: ignore[call-arg]
