"""Who publishes and who listens, with the qualities of service that decide whether they meet."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

from rclpy.duration import Duration
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, LivelinessPolicy, ReliabilityPolicy

from steadyhand.doctor.survey import Endpoint, Qos, Topic

_UNKNOWN = "_NODE_NAME_UNKNOWN_"
_ENDLESS = 1e9  # how long a duration may be that is still one [s]


def topics_of(node: Node, ours: frozenset[str], stands_for: Callable[[str], str]) -> dict[str, Topic]:
    """Return every topic of the graph, without the endpoints of the node that looks.

    Args:
        node: The node that looks.
        ours: Full names of our nodes.
        stands_for: Gives the name in whose place ``node`` listens to a topic, empty for its own.
    """
    topics = {}
    own_name = node.get_name()
    for name, _ in node.get_topic_names_and_types():
        publishers = _endpoints(node.get_publishers_info_by_topic(name), own_name, ours)
        infos = node.get_subscriptions_info_by_topic(name)
        subscriptions = _endpoints(infos, own_name, ours)
        place = stands_for(name)
        if place:
            own = next((info for info in infos if info.node_name == own_name), None)
            if own is not None:
                subscriptions += (Endpoint(place, own.topic_type, qos_of(own.qos_profile), True),)
        topics[name] = Topic(publishers, subscriptions)
    return topics


def full_name(name: str, namespace: str) -> str:
    """Return the full name of a node."""
    return f"{namespace.rstrip('/')}/{name}"


def hidden(name: str) -> bool:
    """Return whether a node is one of tools, such as the daemon of the command line or the doctor's own."""
    return name.startswith("_")


def qos_of(profile: Any) -> Qos:
    """Return what decides over matching."""
    manual = profile.liveliness == LivelinessPolicy.MANUAL_BY_TOPIC
    return Qos(
        "best_effort" if profile.reliability == ReliabilityPolicy.BEST_EFFORT else "reliable",
        "transient_local" if profile.durability == DurabilityPolicy.TRANSIENT_LOCAL else "volatile",
        "manual_by_topic" if manual else "automatic",
        _seconds(profile.deadline),
        _seconds(profile.liveliness_lease_duration),
    )


def _endpoints(infos: Iterable[Any], own_name: str, ours: frozenset[str]) -> tuple[Endpoint, ...]:
    found = []
    for info in infos:
        if info.node_name == own_name:
            continue
        # A hidden node counts here: 'ros2 topic pub' is one, and may command an arm.
        unknown = info.node_name == _UNKNOWN
        name = "a program that is no ROS node" if unknown else full_name(info.node_name, info.node_namespace)
        found.append(Endpoint(name, info.topic_type, qos_of(info.qos_profile), name in ours))
    return tuple(found)


def _seconds(duration: Duration) -> float:
    """Return a duration; none is told as zero or as the longest there is."""
    seconds = float(duration.nanoseconds) * 1e-9
    return seconds if 0.0 < seconds < _ENDLESS else math.inf
