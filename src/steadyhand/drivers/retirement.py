"""How a driver gives up a topic on which it has just said how the motion ends."""

from __future__ import annotations

from rclpy.duration import Duration
from rclpy.node import Node
from rclpy.publisher import Publisher

_PATIENCE = 0.2
"""Longest time that the last command gets to arrive [s]: on one machine it takes a few milliseconds."""


def retire(node: Node, publisher: Publisher) -> None:
    """Give a publisher up once everybody has received what it sent last, a brake for instance, or does not answer.

    A writer that is destroyed takes with it what its readers have not received yet.
    """
    try:
        received = publisher.wait_for_all_acked(Duration(seconds=_PATIENCE))
    except RuntimeError:  # rclpy's own are; not every middleware can tell
        received = False
    if not received:
        node.get_logger().warning(f"the last command on '{publisher.topic_name}' may not have been received")
    node.destroy_publisher(publisher)
