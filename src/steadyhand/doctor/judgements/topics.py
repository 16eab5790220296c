"""Is every topic that the deployment needs there, of the right type, alive, and at its rate?"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from itertools import pairwise
from statistics import median

from steadyhand.doctor.codes import Code
from steadyhand.doctor.finding import Finding
from steadyhand.doctor.needs import COMPRESSED, IMAGE, Need, needs
from steadyhand.doctor.survey import GraphSurvey, Stream, Survey, Topic
from steadyhand.profiles.contract import Contract

_LOW, _HIGH = 0.7, 1.5
_ENOUGH = 5  # messages from which a rate can be told
_PATIENCE = 3.0  # periods that a topic may be silent for


def judge(survey: Survey, contract: Contract | None) -> Iterator[Finding]:
    """Yield topics that are missing, of another type, silent, or at another rate than declared."""
    graph = survey.graph
    if graph is None or graph.empty or contract is None:
        return
    for need in needs(contract, graph.namespace):
        topic = graph.topics.get(need.topic, Topic())
        if not topic.publishers:
            yield _absent(graph, need)
        elif need.kind not in topic.kinds:
            yield _other_type(need, topic)
        else:
            yield from _heard(graph, need)


def period(stream: Stream, simulated_time: bool) -> float:
    """Return the median time between two messages, 0 where too few came [s].

    Stamps tell the sender's rate also where messages are lost or this machine is busy; they are left aside where they
    do not advance.
    """
    for times in (stream.stamps, () if simulated_time and stream.stamps else stream.arrivals):
        gaps = [later - earlier for earlier, later in pairwise(times)]
        if len(gaps) + 1 >= _ENOUGH and median(gaps) > 0.0:
            return median(gaps)
    return 0.0


def _absent(graph: GraphSurvey, need: Need) -> Finding:
    alike = [name for name, topic in graph.topics.items() if need.kind in topic.kinds]
    near = get_close_matches(need.topic, alike, n=3, cutoff=0.3) or alike[:3]
    other = _partner(graph, need)
    hint = f"There is {other}: change the deployment's transport." if other else ""
    if not hint and near:
        hint = f"Of this type there are {', '.join(near)}: name one of them in the deployment or robot profile."
    start = "Start what publishes it, and compare its namespace and remappings."
    return Finding(
        Code.TOPIC_ABSENT, need.topic, f"nobody publishes the {need.what} that the {need.node} needs", hint or start
    )


def _partner(graph: GraphSurvey, need: Need) -> str:
    """Return the raw topic of a compressed one that is missing, or the other way round, where that is there."""
    name = need.topic.removesuffix("/compressed") if need.kind == COMPRESSED else f"{need.topic}/compressed"
    kind = IMAGE if need.kind == COMPRESSED else COMPRESSED
    return f"{name} ({kind})" if kind in graph.topics.get(name, Topic()).kinds else ""


def _other_type(need: Need, topic: Topic) -> Finding:
    transport = {IMAGE: "raw", COMPRESSED: "compressed"}.get(topic.kinds[0])
    remedy = f"Write transport: {transport} in the deployment." if transport else "Name the right topic."
    return Finding(
        Code.TOPIC_TYPE,
        need.topic,
        f"{need.what}: {topic.kinds[0]} is published, {need.kind} is needed",
        remedy,
        topic.kinds[0],
    )


def _heard(graph: GraphSurvey, need: Need) -> Iterator[Finding]:
    stream = graph.streams.get(need.topic)
    if stream is None:
        return
    publisher = graph.topics[need.topic].publishers[0].node
    if not stream.arrivals:
        if need.rate == 0.0 or graph.duration > _PATIENCE / need.rate:
            yield _silent(graph, need, publisher)
        return
    gap = period(stream, graph.simulated_time)
    if need.rate == 0.0 or gap == 0.0:
        return
    rate = 1.0 / gap
    if rate < _LOW * need.rate:
        yield Finding(
            Code.RATE_LOW,
            need.topic,
            f"{need.what}: {rate:.1f} Hz, {need.rate:g} Hz are declared",
            f"Find out what slows {publisher} (exposure, USB bandwidth, CPU), or declare the true rate in the robot "
            "profile.",
            round(rate, 2),
        )
    elif rate > _HIGH * need.rate:
        yield Finding(
            Code.RATE_HIGH,
            need.topic,
            f"{need.what}: {rate:.1f} Hz, {need.rate:g} Hz are declared",
            "Declare the true rate in the robot profile: tolerances in time are made of it.",
            round(rate, 2),
        )


def _silent(graph: GraphSurvey, need: Need, publisher: str) -> Finding:
    if graph.camera_infos.get(need.topic) is not None and need.kind == IMAGE:
        return Finding(
            Code.TOPIC_SILENT,
            need.topic,
            f"{need.what}: camera_info comes from {publisher}, not one image does: the transport loses them all",
            "Give Fast DDS shared memory with room for whole images, config/fastdds.xml on both sides, or use the "
            "compressed topic; docs/doctor.md, IMAGES_LOST.",
        )
    latched = "; it is latched: nothing was ever published, or its QoS does not fit" if need.latched else ""
    return Finding(
        Code.TOPIC_SILENT,
        need.topic,
        f"{need.what}: {publisher} is there and published nothing in {graph.duration:.1f} s{latched}",
        f"Look at the log of {publisher}: a device that is not connected or busy, or a QoS that does not fit.",
    )
