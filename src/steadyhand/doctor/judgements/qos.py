"""Do publishers offer what subscriptions ask for?"""

from __future__ import annotations

from collections.abc import Iterator

from steadyhand.doctor.codes import Code
from steadyhand.doctor.finding import Finding
from steadyhand.doctor.survey import Endpoint, Qos, Survey
from steadyhand.profiles.contract import Contract


def judge(survey: Survey, contract: Contract | None) -> Iterator[Finding]:  # noqa: ARG001
    """Yield every publisher that does not reach a subscription, with the policies that keep them apart."""
    graph = survey.graph
    if graph is None:
        return
    for name, topic in sorted(graph.topics.items()):
        apart: dict[tuple[str, str, bool], list[str]] = {}
        for publisher in topic.publishers:
            for subscription in topic.subscriptions:
                reasons = incompatible(publisher.qos, subscription.qos)
                if reasons:
                    ours = publisher.ours or subscription.ours
                    apart.setdefault((publisher.node, "; ".join(reasons), ours), []).append(_named(subscription))
        for (publisher_node, policies, ours), listeners in apart.items():
            code = Code.QOS_INCOMPATIBLE if ours else Code.QOS_INCOMPATIBLE_ELSEWHERE
            yield Finding(
                code,
                name,
                f"nothing of {publisher_node} reaches {', '.join(dict.fromkeys(listeners))}: {policies}",
                _remedy(policies, publisher_node),
                policies,
            )


def incompatible(offered: Qos, asked: Qos) -> list[str]:
    """Return the policies, with both values, by which a publisher does not reach a subscription."""
    reasons = []
    if offered.reliability == "best_effort" and asked.reliability == "reliable":
        reasons.append("reliability best_effort is offered, reliable asked for")
    if offered.durability == "volatile" and asked.durability == "transient_local":
        reasons.append("durability volatile is offered, transient_local asked for")
    if offered.liveliness == "automatic" and asked.liveliness == "manual_by_topic":
        reasons.append("liveliness automatic is offered, manual_by_topic asked for")
    if offered.deadline > asked.deadline:
        reasons.append(f"deadline {offered.deadline:g} s is offered, {asked.deadline:g} s asked for")
    if offered.lease > asked.lease:
        reasons.append(f"liveliness lease {offered.lease:g} s is offered, {asked.lease:g} s asked for")
    return reasons


def _named(subscription: Endpoint) -> str:
    return subscription.node


def _remedy(policies: str, publisher: str) -> str:
    if "durability" in policies:
        return f"Let {publisher} publish transient_local (latched), with its last message kept."
    if "reliability" in policies:
        return f"Let {publisher} publish reliable, or let the subscription ask for best_effort."
    return "Make deadline and liveliness of the publisher at least as strict as the subscription's."
