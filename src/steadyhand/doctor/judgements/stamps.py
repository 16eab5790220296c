"""Can the stamps be trusted?"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from steadyhand.doctor.codes import Code
from steadyhand.doctor.finding import Finding
from steadyhand.doctor.needs import CAMERA_INFO, COMPRESSED, IMAGE, JOINTS, needs
from steadyhand.doctor.survey import Stream, Survey
from steadyhand.profiles.contract import Contract

FUTURE = 0.03
"""Stamps may be ahead of the doctor's clock by as much [s]."""

OFFSET = 5.0
"""Beyond it stamps are no late messages, but of another clock [s]."""

_LIMITS = {IMAGE: 1.0, COMPRESSED: 1.0, JOINTS: 0.5}
"""Ages that are worth a finding where no deployment says which are [s]."""


def judge(survey: Survey, contract: Contract | None) -> Iterator[Finding]:
    """Yield stamps that are zero, stand still, are too old, in the future, or of another clock."""
    graph = survey.graph
    if graph is None:
        return
    limits = {need.topic: need.age for need in needs(contract, graph.namespace)} if contract is not None else {}
    for name, stream in sorted(graph.streams.items()):
        limit = limits.get(name) or (_LIMITS.get(stream.kind, 0.0) if contract is None else 0.0)
        if stream.stamps and stream.kind != CAMERA_INFO:
            publishers = graph.topics[name].publishers if name in graph.topics else ()
            yield from _judged(name, stream, limit, publishers[0].node if publishers else "its publisher")


def _judged(name: str, stream: Stream, limit: float, publisher: str) -> Iterator[Finding]:
    stamps, age = stream.stamps, median(stream.ages)
    if any(stamp == 0.0 for stamp in stamps):
        count = sum(stamp == 0.0 for stamp in stamps)
        yield Finding(
            Code.STAMP_ZERO,
            name,
            f"{count} of {len(stamps)} messages have no stamp (zero)",
            f"Let {publisher} stamp its messages at the time of measurement; they cannot be aligned without.",
            0.0,
        )
    elif len(stamps) > 2 and len(set(stamps)) == 1:
        yield Finding(
            Code.STAMP_STANDING,
            name,
            f"{len(stamps)} messages have the same stamp, {stamps[0]:.3f} s",
            f"{publisher} repeats an old message, or its clock stands still; restart it.",
            stamps[0],
        )
    elif abs(age) > OFFSET:
        side = "behind" if age > 0.0 else "ahead of"
        yield Finding(
            Code.CLOCK_OFFSET,
            name,
            f"stamps are {abs(age):.1f} s {side} the graph's clock while new messages come",
            f"Synchronise the clock of {publisher}'s machine (chrony, PTP); if one of them uses simulated time, set "
            "use_sim_time alike everywhere; a driver may also stamp with the device's own uptime.",
            round(age, 3),
        )
    elif age < -FUTURE:
        yield Finding(
            Code.STAMP_FUTURE,
            name,
            f"stamps are {-age:.3f} s in the future",
            f"Synchronise the clocks of the machines (chrony, PTP), or correct how {publisher} stamps.",
            round(age, 3),
        )
    elif 0.0 < limit < age:
        yield Finding(
            Code.STAMP_STALE,
            name,
            f"messages are {age:.3f} s old when they arrive, {limit:g} s is the limit",
            f"Find out what delays {publisher}: buffers of the camera driver (depth 1), compression, the network, or a "
            "clock that is behind; images are stamped at capture, not at publication.",
            round(age, 3),
        )
