"""Whether a mobile base really stops by itself as soon as its profile declares."""

from __future__ import annotations

from typing import Any

from rcl_interfaces.msg import ParameterType
from rcl_interfaces.srv import GetParameters
from rclpy.client import Client
from rclpy.node import Node

from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.reasons import Reason
from steadyhand.profiles.mobile_base import MobileBase

_PARAMETER = "cmd_vel_timeout"
"""Of diff_drive_controller and its kin [s]; 0 is off."""

_ROUNDING = 1e-3


class BaseTimeout:
    """Asks every node that takes the base's commands for its own timeout. One that has none is believed.

    Attributes:
        outcome: What was found, for diagnostics.
    """

    def __init__(self, node: Node, base: MobileBase) -> None:
        self._node = node
        self._topic = node.resolve_topic_name(base.topic)
        self._declared = base.downstream_timeout or 0.0
        self._clients: dict[str, Client] = {}
        self._asked: set[str] = set()
        self._wrong: dict[str, float] = {}
        self._news = False
        self.outcome = f"stops after {self._declared:g} s as declared; its controller was not asked"

    def ask(self) -> None:
        """Ask whoever has not been asked yet; answers come through the node's executor."""
        for endpoint in self._node.get_subscriptions_info_by_topic(self._topic):
            name = f"{endpoint.node_namespace.rstrip('/')}/{endpoint.node_name}"
            if name not in self._clients:
                self._clients[name] = self._node.create_client(GetParameters, f"{name}/get_parameters")
            if name not in self._asked and self._clients[name].service_is_ready():
                self._asked.add(name)
                future = self._clients[name].call_async(GetParameters.Request(names=[_PARAMETER]))
                future.add_done_callback(lambda done, name=name: self._on_answer(name, done.result()))

    def check(self) -> None:
        """Raise RefusedError where a controller said that it stops later than declared, or never."""
        for name, found in self._wrong.items():
            after = f"only after {found:g} s" if found > 0.0 else "never"
            raise RefusedError(
                Reason.BASE_TIMEOUT,
                f"{name} stops the base {after} without commands ({_PARAMETER}); the robot profile declares "
                f"{self._declared:g} s",
            )

    def take_fault(self) -> RefusedError | None:
        """Return, once, what `check` raises."""
        if not self._news:
            return None
        self._news = False
        try:
            self.check()
        except RefusedError as fault:
            return fault
        return None

    def close(self) -> None:
        """Give up every client."""
        for client in self._clients.values():
            self._node.destroy_client(client)

    def _on_answer(self, name: str, answer: Any) -> None:
        for value in answer.values if answer is not None else ():
            if value.type != ParameterType.PARAMETER_DOUBLE:
                continue
            found = float(value.double_value)
            self.outcome = f"{name} stops it after {found:g} s"
            if 0.0 < found <= self._declared + _ROUNDING:
                self._wrong.pop(name, None)
                continue
            self._news = self._news or name not in self._wrong
            self._wrong[name] = found
            # Asked again and again: it may be set right while this node runs.
            self._asked.discard(name)
