"""A node's end of a bond, by which nav2's lifecycle manager notices that an active node is gone.

The wire protocol is that of the package bond (bond/msg/Status): both ends of a bond publish on one topic under one
identifier, each with an instance identifier of its own, as long as they live. An end that says ``active: false``, or is
silent for the heartbeat timeout, has died, and so has the bond; the end that is left says so once.
"""

from __future__ import annotations

import time
from types import ModuleType
from typing import Any
from uuid import uuid4

from rclpy.clock import Clock, ClockType
from rclpy.node import Node

from steadyhand.nodes.exceptions import ParameterError

TOPIC = "bond"
PERIOD = 0.1
"""Time between two heartbeats, as nav2's servers have it [s]."""
TIMEOUT = 4.0
"""Longest silence of the other end, nav2's ``bond_timeout`` [s]."""


def bond_messages() -> ModuleType:
    """Return bond's messages.

    Raises:
        ParameterError: The package is not installed.
    """
    try:
        import bond.msg
    except ImportError as error:
        raise ParameterError(
            "parameter 'bond' is true, but the package bond is not installed: apt install ros-$ROS_DISTRO-bond, or "
            "leave it false and set the lifecycle manager's bond_timeout to 0.0"
        ) from error
    return bond.msg  # type: ignore[no-any-return]


class Bond:
    """Beats from its making until it is broken. Its end changes nothing of the node: only the manager acts on it.

    Attributes:
        formed: The other end has been heard.
        broken: It is over.
    """

    def __init__(self, node: Node) -> None:
        """Begin to beat.

        Raises:
            ParameterError: The package bond is not installed.
        """
        messages: Any = bond_messages()
        self.formed = self.broken = False
        self._kind = messages.Status
        self._node = node
        self._identity = node.get_name()
        self._instance = str(uuid4())
        self._heard = 0.0
        self._publisher = node.create_publisher(self._kind, TOPIC, 5)
        self._subscription = node.create_subscription(self._kind, TOPIC, self._on_status, 30)
        self._timer = node.create_timer(PERIOD, self._beat, clock=Clock(clock_type=ClockType.STEADY_TIME))

    def close(self) -> None:
        """Tell the other end that this one leaves, and disconnect."""
        self._break()
        self._node.destroy_timer(self._timer)
        self._node.destroy_subscription(self._subscription)
        self._node.destroy_publisher(self._publisher)

    def _beat(self) -> None:
        if self.formed and time.monotonic() - self._heard > TIMEOUT:
            self._node.get_logger().warning(f"the lifecycle manager has been silent for {TIMEOUT:g} s: bond broken")
            self._break()
        if not self.broken:
            self._say(True)

    def _on_status(self, message: Any) -> None:
        if message.id != self._identity or message.instance_id == self._instance or self.broken:
            return
        if message.active:
            self.formed, self._heard = True, time.monotonic()
        elif self.formed:
            # A last word of a bond before this one comes from an end that was never heard here.
            self._break()

    def _break(self) -> None:
        if not self.broken:
            self.broken = True
            self._say(False)

    def _say(self, active: bool) -> None:
        message = self._kind(id=self._identity, instance_id=self._instance, active=active)
        message.header.stamp = self._node.get_clock().now().to_msg()
        message.heartbeat_timeout, message.heartbeat_period = TIMEOUT, PERIOD
        self._publisher.publish(message)
