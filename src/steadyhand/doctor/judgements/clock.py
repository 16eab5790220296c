"""Do all nodes go by the same clock?"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from steadyhand.doctor.codes import Code
from steadyhand.doctor.finding import Finding
from steadyhand.doctor.judgements.stamps import OFFSET
from steadyhand.doctor.needs import OURS
from steadyhand.doctor.survey import GraphSurvey, Survey, Topic
from steadyhand.profiles.contract import Contract

CLOCK = "/clock"


def judge(survey: Survey, contract: Contract | None) -> Iterator[Finding]:  # noqa: ARG001
    """Yield a clock that is missing or published twice, and nodes that do not follow it."""
    graph = survey.graph
    if graph is None:
        return
    follow = sorted(name for name, node in graph.nodes.items() if node.use_sim_time)
    clocks = [publisher.node for publisher in graph.topics.get(CLOCK, Topic()).publishers]
    if follow and not clocks:
        yield Finding(
            Code.CLOCK_ABSENT,
            CLOCK,
            f"{_some(follow)} use simulated time, and nobody publishes /clock: for them it is always 0",
            "Start the simulator or the bag's player with its clock, or set use_sim_time to false.",
        )
    if len(clocks) > 1:
        yield Finding(
            Code.CLOCK_TWICE,
            CLOCK,
            f"{len(clocks)} publish the time: {', '.join(sorted(clocks))}",
            "End all but one; a jump of the clock clears every buffer.",
            len(clocks),
        )
    if clocks:
        yield from _behind(graph, clocks)


def _behind(graph: GraphSurvey, clocks: list[str]) -> Iterator[Finding]:
    """Yield our nodes that do not follow /clock, and others whose stamps show that they do not."""
    sources = {
        publisher.node
        for name, stream in graph.streams.items()
        if stream.ages and abs(median(stream.ages)) > OFFSET
        for publisher in graph.topics.get(name, Topic()).publishers
    }
    wanted = {graph.named(node) for node in OURS} | sources
    wall = sorted(name for name in wanted if name in graph.nodes and graph.nodes[name].use_sim_time is False)
    if wall:
        yield Finding(
            Code.SIM_TIME_MISMATCH,
            CLOCK,
            f"{clocks[0]} publishes /clock, and {_some(wall)} do not follow it (use_sim_time is false)",
            "Set use_sim_time to true for every node of the graph, or let nobody publish /clock.",
            wall,
        )


def _some(names: list[str]) -> str:
    rest = f" and {len(names) - 3} others" if len(names) > 3 else ""
    return ", ".join(names[:3]) + rest
