"""Subscriptions whose quality of service follows that of whoever publishes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.event_handler import SubscriptionEventCallbacks
from rclpy.node import Node
from rclpy.qos import (
    DurabilityPolicy,
    QoSCompatibility,
    QoSProfile,
    ReliabilityPolicy,
    qos_check_compatible,
    qos_policy_name_from_kind,
)
from rclpy.topic_endpoint_info import TopicEndpointInfo

_RELIABILITY = {ReliabilityPolicy.RELIABLE: "reliable", ReliabilityPolicy.BEST_EFFORT: "best effort"}
_DURABILITY = {DurabilityPolicy.TRANSIENT_LOCAL: "transient local", DurabilityPolicy.VOLATILE: "volatile"}

_TRANSPORTS = {
    "sensor_msgs/msg/CompressedImage": "set 'transport: compressed' for this image in the deployment",
    "sensor_msgs/msg/Image": "set 'transport: raw' for this image in the deployment",
}


def matching(base: QoSProfile, offers: Sequence[QoSProfile]) -> QoSProfile:
    """Return the most that all publishers of a topic offer.

    Reliable where all of them are: best-effort images of a whole megabyte rarely arrive over ordinary transports.
    Transient local where all are, so that what was sent once is received. With nobody there, what matches everybody.

    Args:
        base: Depth of the queue.
        offers: What each publisher offers.
    """
    reliable = bool(offers) and all(offer.reliability == ReliabilityPolicy.RELIABLE for offer in offers)
    latched = reliable and all(offer.durability == DurabilityPolicy.TRANSIENT_LOCAL for offer in offers)
    return QoSProfile(
        depth=base.depth,
        reliability=ReliabilityPolicy.RELIABLE if reliable else ReliabilityPolicy.BEST_EFFORT,
        durability=DurabilityPolicy.TRANSIENT_LOCAL if latched else DurabilityPolicy.VOLATILE,
    )


def in_words(qos: QoSProfile) -> str:
    """Return reliability and durability as they are written in documents."""
    reliability = _RELIABILITY.get(qos.reliability, str(qos.reliability))
    return f"{reliability}, {_DURABILITY.get(qos.durability, str(qos.durability))}"


class AdaptiveSubscription:
    """Subscribes as the publishers offer, and again where they come to offer something else.

    Attributes:
        topic: Its name, as it was given.
        subscription: The subscription of the moment.
        complaint: Why nothing can be received, with the remedy; empty where nothing stands in the way.
    """

    def __init__(
        self,
        node: Node,
        kind: type,
        topic: str,
        callback: Callable[[Any], None],
        base: QoSProfile,
        *,
        raw: bool = False,
    ) -> None:
        """Subscribe.

        Args:
            node: The node that subscribes.
            kind: Type of the messages.
            topic: Where they are published.
            callback: Called with each, in a callback group of its own.
            base: Depth of the queue, and what is offered as long as nobody publishes.
            raw: Messages come as the bytes that travel.
        """
        self.topic = topic
        self.complaint = ""
        self._node = node
        self._kind = kind
        self._callback = callback
        self._base = base
        self._raw = raw
        self._group = MutuallyExclusiveCallbackGroup()
        offers = self._of_type(node.get_publishers_info_by_topic(topic))
        self._qos = matching(base, [offer.qos_profile for offer in offers])
        if self.quality != in_words(matching(base, [])):
            self._say(self._qos, offers)
        self.subscription = self._subscribe()

    @property
    def quality(self) -> str:
        """Reliability and durability of the moment, in words."""
        return in_words(self._qos)

    def look_around(self) -> None:
        """Follow what the publishers offer now; say once what is new, or what stands in the way."""
        everyone = self._node.get_publishers_info_by_topic(self.topic)
        mine = self._of_type(everyone)
        wanted = matching(self._base, [offer.qos_profile for offer in mine])
        # A publisher that restarts is away for a moment: nothing changes for its sake.
        if mine and in_words(wanted) != self.quality:
            self._say(wanted, mine)
            self._node.destroy_subscription(self.subscription)
            self._qos = wanted
            self.subscription = self._subscribe()
        self._complain(self._obstacle(everyone, mine))

    def close(self) -> None:
        """Unsubscribe."""
        self._node.destroy_subscription(self.subscription)

    @property
    def _type(self) -> str:
        return f"{self._kind.__module__.partition('.')[0]}/msg/{self._kind.__name__}"

    def _of_type(self, offers: list[TopicEndpointInfo]) -> list[TopicEndpointInfo]:
        return [offer for offer in offers if offer.topic_type == self._type]

    def _say(self, qos: QoSProfile, offers: list[TopicEndpointInfo]) -> None:
        names = ", ".join(sorted({_name(offer) for offer in offers}))
        self._node.get_logger().info(f"'{self.topic}' is published {in_words(qos)} by {names}: subscribed to so")

    def _subscribe(self) -> Any:
        return self._node.create_subscription(
            self._kind,
            self.topic,
            self._callback,
            self._qos,
            callback_group=self._group,
            event_callbacks=SubscriptionEventCallbacks(
                incompatible_qos=self._on_incompatible, use_default_callbacks=False
            ),
            raw=self._raw,
        )

    def _on_incompatible(self, event: Any) -> None:
        """Say what a publisher that has just come offers too little of.

        The subscription that this is an event of cannot be replaced in its own callback: the next look around does.
        """
        policy = qos_policy_name_from_kind(event.last_policy_kind).lower()
        self._complain(
            f"a publisher of '{self.topic}' offers too little {policy} for a subscription that is {self.quality}: "
            "it is subscribed to anew"
        )

    def _obstacle(self, everyone: list[TopicEndpointInfo], mine: list[TopicEndpointInfo]) -> str:
        """Return why something cannot be received, empty where nothing stands in the way."""
        if everyone and not mine:
            kinds = sorted({offer.topic_type for offer in everyone})
            remedy = next((_TRANSPORTS[kind] for kind in kinds if kind in _TRANSPORTS), "name the topic of that type")
            name = _name(everyone[0])
            return f"'{self.topic}' is published as {', '.join(kinds)} by {name}, not as {self._type}: {remedy}"
        for offer in mine:
            verdict, reason = qos_check_compatible(offer.qos_profile, self._qos)
            if verdict == QoSCompatibility.ERROR:
                return (
                    f"what {_name(offer)} publishes on '{self.topic}' cannot be received ({reason.strip()}): "
                    "set the QoS of its driver to sensor data, or to reliable"
                )
        return ""

    def _complain(self, complaint: str) -> None:
        if complaint and complaint != self.complaint:
            self._node.get_logger().error(complaint)
        self.complaint = complaint


def _name(offer: TopicEndpointInfo) -> str:
    return f"{offer.node_namespace.rstrip('/')}/{offer.node_name}"
