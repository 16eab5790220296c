"""A node in a context of its own that only listens and asks, for programs that look at a graph for a while."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import rclpy
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.signals import SignalHandlerOptions

from steadyhand.nodes.own_node import absolute

_ANSWER = 2.0
"""Longest wait for a service [s]."""


class ListeningNode:
    """A node and its executor, which spins while something is waited for.

    Args:
        name: Name of the node.
        namespace: Its namespace, empty for none.
    """

    def __init__(self, name: str, namespace: str = "") -> None:
        space = absolute(namespace)
        self._context = Context()
        rclpy.init(args=[], context=self._context, signal_handler_options=SignalHandlerOptions.NO)
        self._node = Node(name, namespace=space, context=self._context, enable_rosout=False)
        self._executor = SingleThreadedExecutor(context=self._context)
        self._executor.add_node(self._node)

    def close(self) -> None:
        """Leave the graph."""
        self._executor.shutdown(timeout_sec=1.0)
        self._node.destroy_node()
        self._context.try_shutdown()

    def _managed(self) -> Iterator[tuple[str, list[Any]]]:
        """Yield the namespace of each controller manager that answers, with its controllers."""
        try:
            from controller_manager_msgs.srv import ListControllers
        except ImportError:
            return
        for service, types in self._node.get_service_names_and_types():
            if "controller_manager_msgs/srv/ListControllers" not in types:
                continue
            answer = self._call(ListControllers, service, ListControllers.Request())
            if answer is not None:
                yield service.rpartition("/controller_manager/")[0].strip("/"), list(answer.controller)

    def _call(self, kind: Any, service: str, request: Any, *, wait: bool = True) -> Any:
        client = self._node.create_client(kind, service)
        if not self._until(client.service_is_ready, _ANSWER if wait else 0.2):
            return None
        future = client.call_async(request)
        self._until(future.done, _ANSWER)
        return future.result() if future.done() else None

    def _until(self, condition: Callable[[], bool], timeout: float) -> bool:
        """Spin until a condition holds; return False where it did not within a time [s]."""
        deadline = time.monotonic() + timeout
        while not condition():
            remaining = deadline - time.monotonic()
            if remaining <= 0.0:
                return False
            self._executor.spin_once(timeout_sec=min(0.1, remaining))
        return True
