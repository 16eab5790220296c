"""Publishes /diagnostics, under names that monitors can group."""

from __future__ import annotations

from collections.abc import Mapping

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from rclpy.node import Node

from steadyhand.nodes.qos import DIAGNOSTICS


def status_name(namespace: str, part: str) -> str:
    """Return the name of a status: ``steadyhand: PART``, in a namespace ``steadyhand NAME: PART``.

    Slashes would make levels in the tree of an aggregator.

    Args:
        namespace: Of the node, ``/`` for none.
        part: What the status is of.
    """
    space = namespace.strip("/").replace("/", " ")
    return f"steadyhand{' ' + space if space else ''}: {part.replace('/', ' ').strip()}"


class Diagnosis:
    """A node's publisher of diagnostics.

    Args:
        node: The node; its namespace becomes part of every name.
    """

    def __init__(self, node: Node) -> None:
        self._node = node
        self._publisher = node.create_publisher(DiagnosticArray, "/diagnostics", DIAGNOSTICS)

    def publish(self, statuses: Mapping[str, DiagnosticStatus]) -> None:
        """Publish statuses by the parts of the node that they are of; each gets its name."""
        for part, status in statuses.items():
            status.name = status_name(self._node.get_namespace(), part)
        array = DiagnosticArray(status=list(statuses.values()))
        array.header.stamp = self._node.get_clock().now().to_msg()
        self._publisher.publish(array)

    def close(self) -> None:
        """Stop publishing."""
        self._node.destroy_publisher(self._publisher)
