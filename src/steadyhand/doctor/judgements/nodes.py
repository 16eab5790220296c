"""Do our own nodes run, once each, active, and with this deployment?"""

from __future__ import annotations

from collections.abc import Iterator

from steadyhand.doctor.codes import Code
from steadyhand.doctor.finding import Finding
from steadyhand.doctor.needs import OURS
from steadyhand.doctor.survey import Diagnosis, GraphSurvey, Survey
from steadyhand.profiles.contract import Contract

_HASH = "profile hash"
_HEARTBEAT = "policy/heartbeat"
_LATENCY = "latency median [s]"
_LONG = 0.5  # of a chunk's duration


def judge(survey: Survey, contract: Contract | None) -> Iterator[Finding]:
    """Yield nodes that are missing, inactive or there twice, what they complain of, and a policy too slow."""
    graph = survey.graph
    if graph is None or graph.empty:
        return
    for name, node in sorted(graph.nodes.items()):
        if node.count > 1:
            yield Finding(
                Code.NODE_TWICE,
                name,
                f"{node.count} nodes have this name: parameters and services reach any one of them",
                "End one, or give it another name or namespace. A node that was killed stays for up to 30 s.",
                node.count,
            )
    there = [node for node in OURS if graph.named(node) in graph.nodes]
    if not there:
        if contract is not None:
            file = contract.files[0] if contract.files else "..."
            yield Finding(
                Code.NODES_NOT_STARTED,
                graph.named(""),
                "policy, bridge and pilot do not run",
                f"ros2 launch steadyhand bringup.launch.py deployment:={file}",
            )
        return
    for own in OURS:
        yield from _present(graph, own, contract) if own in there else _absent(graph, own)
    if contract is not None and "policy" in there:
        yield from _policy(graph, contract)


def _absent(graph: GraphSurvey, node: str) -> Iterator[Finding]:
    yield Finding(
        Code.NODE_ABSENT,
        graph.named(node),
        f"the {node} does not run, while others of ours do",
        f"See why it ended in its log, and start it: ros2 run steadyhand {node}",
    )


def _present(graph: GraphSurvey, node: str, contract: Contract | None) -> Iterator[Finding]:
    name = graph.named(node)
    state = graph.nodes[name].lifecycle
    if state and state != "active":
        yield Finding(
            Code.NODE_INACTIVE,
            name,
            f"the {node} is {state}",
            f"ros2 lifecycle set {name} {'activate' if state == 'inactive' else 'configure'}; where it refuses, its "
            "log says why.",
            state,
        )
    diagnosis = graph.diagnoses.get(node)
    if diagnosis is None:
        return
    yield from _complaint(name, node, diagnosis)
    used = diagnosis.values.get(_HASH, "")
    if contract is not None and used and used != contract.hash:
        yield Finding(
            Code.PROFILE_DIFFERS,
            name,
            f"the {node} runs with other profiles ({used[:12]}) than deployment {contract.deployment.name} as it is "
            f"here ({contract.hash[:12]})",
            "Start all nodes with this deployment, and again after each change of its files; on every machine the "
            "same files.",
            used,
        )


def _complaint(name: str, node: str, diagnosis: Diagnosis) -> Iterator[Finding]:
    if diagnosis.level >= 2:
        remedy = diagnosis.values.get("remedy") or "docs/safety.md and docs/interfaces.md explain every code."
        yield Finding(Code.DIAGNOSTIC_ERROR, name, f"it says: {diagnosis.message}", remedy)
    elif diagnosis.level == 1 and node != "bridge":  # its advice is the controllers'
        yield Finding(
            Code.DIAGNOSTIC_WARNING, name, f"it says: {diagnosis.message}", "docs/interfaces.md explains every code."
        )


def _policy(graph: GraphSurvey, contract: Contract) -> Iterator[Finding]:
    name, stream = graph.named("policy"), graph.streams.get(graph.named(_HEARTBEAT))
    active = graph.nodes[name].lifecycle in ("", "active")
    if active and stream is not None and not stream.arrivals:
        yield Finding(
            Code.POLICY_SILENT,
            graph.named(_HEARTBEAT),
            f"the policy sent no heartbeat in {graph.duration:.1f} s",
            "See whether an inference hangs, or the machine is overloaded; the bridge does not move without it.",
        )
    text = graph.diagnoses["policy"].values.get(_LATENCY, "") if "policy" in graph.diagnoses else ""
    if not text:
        return
    latency, duration = float(text), contract.policy.horizon * contract.policy.dt
    if latency <= _LONG * duration:
        return
    whole = latency > duration
    yield Finding(
        Code.LATENCY_TOO_LONG if whole else Code.LATENCY_LONG,
        name,
        f"an inference takes {latency:.3f} s; a chunk lasts {duration:.3f} s"
        + (": it is over before the next is there" if whole else ""),
        "Compute on a faster machine or GPU, take a smaller model or fewer denoising steps, or a longer horizon; end "
        "what else uses the CPU.",
        latency,
    )
