"""A node of its own context for programs that are no node: spun in a thread, while the program asks and waits."""

from __future__ import annotations

import threading
from typing import Any

import rclpy
from rclpy.context import Context
from rclpy.exceptions import InvalidNamespaceException
from rclpy.executors import ExternalShutdownException, SingleThreadedExecutor
from rclpy.node import Node
from rclpy.parameter import Parameter
from rclpy.signals import SignalHandlerOptions
from rclpy.validate_namespace import validate_namespace

from steadyhand.nodes.exceptions import NodeError


class OwnNode:
    """A node in the domain and with the transports of the process environment; `spin` begins to spin it.

    Attributes:
        node: The node, without services and logging topic of its own.
    """

    def __init__(self, name: str, *, namespace: str = "", use_sim_time: bool = False) -> None:
        """Connect.

        Args:
            name: Name of the node.
            namespace: Its namespace, with or without slashes at the ends.
            use_sim_time: Take the time from /clock, as every node of the graph then must.

        Raises:
            NodeError: No node can have that namespace.
        """
        space = absolute(namespace)
        self._context = Context()
        rclpy.init(args=[], context=self._context, signal_handler_options=SignalHandlerOptions.NO)
        self.node = Node(
            name,
            namespace=space,
            context=self._context,
            enable_rosout=False,
            start_parameter_services=False,
            parameter_overrides=[Parameter("use_sim_time", value=use_sim_time)],
        )
        self._executor = SingleThreadedExecutor(context=self._context)
        self._executor.add_node(self.node)
        self._thread = threading.Thread(target=self._spin, name=name, daemon=True)

    def spin(self) -> None:
        """Begin to spin, once everything is subscribed to."""
        self._thread.start()

    def call(self, client: Any, request: Any, timeout: float) -> Any:
        """Return the answer of a service that is there.

        Raises:
            NodeError: It does not answer within ``timeout`` [s].
        """
        return wait(client.call_async(request), f"no answer from {client.srv_name}", timeout)

    def close(self) -> bool:
        """Disconnect; return False where a callback does not end."""
        self._executor.shutdown(timeout_sec=1.0)
        if self._thread.is_alive():
            self._thread.join(2.0)
        ended = not self._thread.is_alive()
        if ended:
            self.node.destroy_node()
        self._context.try_shutdown()
        return ended

    def _spin(self) -> None:
        try:
            self._executor.spin()
        except ExternalShutdownException:
            return


def absolute(namespace: str) -> str:
    """Return a namespace with its slash.

    Raises:
        NodeError: No node can have it.
    """
    space = "/" + namespace.strip("/")
    try:
        validate_namespace(space)
    except InvalidNamespaceException as error:
        said = "letters, digits and _ in parts that begin with no digit, with / between them"
        raise NodeError(f"namespace '{namespace}' cannot be one: {said}") from error
    return space


def wait(future: Any, complaint: str, timeout: float) -> Any:
    """Return the result of a future that another thread sets.

    Raises:
        NodeError: It is not set within ``timeout`` [s].
    """
    done = threading.Event()
    future.add_done_callback(lambda _: done.set())
    if not done.wait(timeout):
        raise NodeError(f"{complaint} within {timeout:g} s")
    return future.result()
