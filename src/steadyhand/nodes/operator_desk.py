"""What the operator asks of the bridge: its services, and the parameters ``mode`` and ``speed``."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from rcl_interfaces.msg import SetParametersResult
from rclpy.parameter import Parameter
from std_srvs.srv import Trigger

from steadyhand.execution.bridge import Bridge
from steadyhand.execution.conduct import CONFIRM_WITHIN
from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.mode import Mode
from steadyhand.execution.reasons import Reason
from steadyhand.nodes.parameters import declare

if TYPE_CHECKING:
    from steadyhand.nodes.bridge import BridgeNode


class OperatorDesk:
    """Takes what the operator asks, hands it to the `Bridge` that decides, and answers why not.

    Attributes:
        mode: The least cautious mode that episodes may have.
        speed: The highest speed override that they may have, 0 to 1.

    Args:
        node: Whose services and parameters these are.
    """

    def __init__(self, node: BridgeNode) -> None:
        self._node = node
        self._bridge: Bridge | None = None
        self.mode = Mode(
            declare(
                node,
                "mode",
                Mode.RUN.value,
                "mode that the operator allows: in an open episode it changes to this one, and none begins in a less "
                "cautious one",
                choices=tuple(mode.value for mode in Mode),
                read_only=False,
            )
        )
        self.speed = declare(
            node,
            "speed",
            1.0,
            "speed override that the operator allows: an open episode changes to it, and none begins at more; 0 holds",
            low=0.0,
            high=1.0,
            read_only=False,
        )
        self._confirm_within = declare(
            node,
            "confirm_within",
            CONFIRM_WITHIN,
            "time after which a chunk that nobody has confirmed is not executed any more [s]",
            low=1.0,
            high=600.0,
        )
        node.add_on_set_parameters_callback(self._on_set_parameters)

    def open(self, bridge: Bridge) -> None:
        """Offer the services of a bridge."""
        self._bridge = bridge
        bridge.conduct.confirm_within = self._confirm_within
        asked: dict[str, Callable[[Bridge], str]] = {
            "stop": self._stop,
            "resume": self._resume,
            "confirm": self._confirm,
            "go_home": self._go_home,
        }
        self._services = [
            self._node.create_service(Trigger, f"~/{name}", self._answering(work)) for name, work in asked.items()
        ]

    def close(self) -> None:
        """Offer them no longer."""
        for service in self._services:
            self._node.destroy_service(service)
        self._bridge = None

    def _answering(
        self, work: Callable[[Bridge], str]
    ) -> Callable[[Trigger.Request, Trigger.Response], Trigger.Response]:
        """Return a service that does something, and says what, or why not."""

        def answer(_request: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
            assert self._bridge is not None
            try:
                response.message = work(self._bridge)
                response.success = True
            except RefusedError as refusal:
                response.message = f"{refusal.reason}: {refusal}"
            self._node.tick()
            return response

        return answer

    def _stop(self, bridge: Bridge) -> str:
        bridge.stop(self._node.now)
        # What is said is what the arm does from now on.
        self._node.tick()
        self._node.get_logger().warning("stopped by the operator")
        return f"{bridge.executor.phase.value}: {Reason.STOPPED.remedy}"

    def _resume(self, bridge: Bridge) -> str:
        if not bridge.shadow:
            self._node.check_controllers()
        bridge.resume(self._node.now, time.monotonic())
        return "the next chunk may move the arm"

    def _confirm(self, bridge: Bridge) -> str:
        shown = bridge.executor.message
        bridge.conduct.confirm(self._node.now, time.monotonic())
        return f"confirmed: {shown}"

    def _go_home(self, bridge: Bridge) -> str:
        if not self._node.active:
            raise RefusedError(Reason.NOT_ACTIVE, "the bridge is not active")
        if self.mode is Mode.SHADOW:
            raise RefusedError(Reason.MODE_UNKNOWN, "the parameter mode is shadow: nothing is commanded")
        self._node.check_ready()
        bridge.go_home(self._node.now, time.monotonic(), self.speed)
        return "going home"

    def _on_set_parameters(self, parameters: list[Parameter]) -> SetParametersResult:
        """Take mode and speed, or say why not; nothing is set where one of them is refused."""
        wanted = {parameter.name: parameter.value for parameter in parameters}
        if not wanted.keys() & {"mode", "speed"}:
            return SetParametersResult(successful=True)
        others = wanted.keys() - {"mode", "speed"}
        if others:
            # What is in force at once must not depend on whether another value is refused.
            return SetParametersResult(reason=f"set mode and speed apart from {', '.join(sorted(others))}")
        mode, speed = wanted.get("mode", self.mode.value), wanted.get("speed", self.speed)
        if mode not in tuple(Mode):
            return SetParametersResult(reason=f"mode '{mode}' is unknown; choose one of {', '.join(Mode)}")
        # Not a number is in no range, and passes the one that is declared.
        if not 0.0 <= speed <= 1.0:
            return SetParametersResult(reason=f"speed {speed} is out of range; it goes from 0 up to 1")
        try:
            self._conduct(Mode(mode) if "mode" in wanted else None, speed if "speed" in wanted else None)
        except RefusedError as refusal:
            return SetParametersResult(reason=f"{refusal.reason}: {refusal}")
        self.mode, self.speed = Mode(mode), float(speed)
        self._node.get_logger().info(f"mode {mode}, speed {speed:g}")
        return SetParametersResult(successful=True)

    def _conduct(self, mode: Mode | None, speed: float | None) -> None:
        bridge, now, steady = self._bridge, self._node.now, time.monotonic()
        if bridge is None:
            return
        if mode not in (None, Mode.SHADOW) and bridge.executor.episode_id and bridge.shadow:
            self._node.check_ready()
        bridge.conduct.change(mode, speed, now, steady)
        self._node.tick()
