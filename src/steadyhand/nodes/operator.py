"""The operator's side of a bridge: stop, resume, confirm, mode and speed, each asked once and answered in words."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

from rcl_interfaces.srv import SetParameters
from rclpy.parameter import Parameter
from std_srvs.srv import Trigger

from steadyhand.nodes.exceptions import NodeError
from steadyhand.nodes.own_node import OwnNode

_ROUND = 0.02
_AGAIN = 1.0


class NoAnswerError(NodeError):
    """Nobody answers: no bridge is there, or it is not configured, or it hangs."""


class Operator:
    """A node that asks the bridge of a namespace.

    Args:
        namespace: Of the bridge.
    """

    def __init__(self, namespace: str = "") -> None:
        """Connect."""
        self._own = OwnNode(f"operator_{os.getpid()}", namespace=namespace)
        self._own.spin()

    def trigger(self, service: str, within: float) -> tuple[bool, str]:
        """Call a service without arguments, ``bridge/stop`` for instance; return whether it was done, and its words.

        Raises:
            NoAnswerError: Nobody answers within a time [s].
        """
        client = self._own.node.create_client(Trigger, service)
        answer = self._ask(client, Trigger.Request(), within)
        return answer.success, answer.message

    def set_bridge(self, name: str, value: str | float, within: float) -> tuple[bool, str]:
        """Set a parameter of the bridge; return whether it was done, else why not.

        Raises:
            NoAnswerError: Nobody answers within a time [s].
        """
        client = self._own.node.create_client(SetParameters, "bridge/set_parameters")
        request = SetParameters.Request(parameters=[Parameter(name, value=value).to_parameter_msg()])
        (answer,) = self._ask(client, request, within).results
        return answer.successful, answer.reason

    def close(self) -> None:
        """Disconnect."""
        self._own.close()

    def _ask(self, client: Any, request: Any, within: float) -> Any:
        deadline = time.monotonic() + within
        name = self._own.node.resolve_service_name(client.srv_name)
        if not _until(client.service_is_ready, deadline):
            raise NoAnswerError(f"nothing serves {name} ({within:g} s){self._elsewhere(name)}")
        answers: list[Any] = []
        while time.monotonic() < deadline:
            # A server that has just met this client cannot answer it yet, and never will: ask once more.
            answers.append(client.call_async(request))
            if _until(lambda: any(a.done() for a in answers), min(deadline, time.monotonic() + _AGAIN)):
                return next(answer.result() for answer in answers if answer.done())
        raise NoAnswerError(f"{name} is there and did not answer within {within:g} s: see the bridge's log")

    def _elsewhere(self, name: str) -> str:
        """Return where else the same service is, in words."""
        end = "/" + "/".join(name.split("/")[-2:])
        node = self._own.node
        names = [found for found, _ in node.get_service_names_and_types() if found != name and found.endswith(end)]
        spaces = sorted(found.removesuffix(end) or "/" for found in names if node.count_services(found))
        if spaces:
            return f"; a bridge is in {', '.join(spaces)}: say so with --namespace"
        return "; no bridge runs in this ROS domain, or it is not configured: see ROS_DOMAIN_ID"


def _until(condition: Callable[[], bool], deadline: float) -> bool:
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(_ROUND)
    return True
