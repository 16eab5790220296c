"""Asks the arm's controller what it is, whether it is active, and notices when it no longer is."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from control_msgs.msg import JointTrajectoryControllerState
from rcl_interfaces.srv import GetParameters, ListParameters
from rclpy.client import Client
from rclpy.clock import Clock, ClockType
from rclpy.node import Node
from rclpy.parameter import parameter_value_to_python
from rclpy.qos import QoSProfile, ReliabilityPolicy

from steadyhand.drivers.controller_findings import FORWARD_INTERFACES, TRAJECTORY_DRIVERS, Findings, judge, wanted
from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.reasons import Reason
from steadyhand.profiles.binding import JointMap
from steadyhand.profiles.robot import RobotProfile

ACTIVE = "active"
SILENCE = 0.25
"""Longest time without the controller's state [s]; five of its periods, where they are longer."""

_PERIOD = 0.1
_POLL = 1.0
_ACQUAINTED = 5  # messages from which a period can be told
_ANSWER = 2.0
_STATES = QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)


class _Question:
    """A service that is asked again and again, never twice at a time."""

    def __init__(self, node: Node, service: Any, name: str) -> None:
        self._client: Client = node.create_client(service, name)
        self._node = node
        self._asked = self._answered = -np.inf
        self._future: Any = None

    @property
    def ready(self) -> bool:
        return bool(self._client.service_is_ready())

    @property
    def due(self) -> bool:
        """True where nothing is on its way, or has been for too long."""
        return self._future is None or time.monotonic() - self._asked > _ANSWER

    @property
    def age(self) -> float:
        """Time since it was asked last [s]."""
        return time.monotonic() - self._asked

    @property
    def unanswered(self) -> float:
        """Time since it answered last [s]."""
        return time.monotonic() - self._answered

    def ask(self, request: Any, answer: Callable[[Any], None]) -> None:
        future = self._client.call_async(request)
        self._future, self._asked = future, time.monotonic()

        def on_answer(done: Any) -> None:
            if done is self._future:
                self._future = None
                self._answered = time.monotonic()
                if done.result() is not None:
                    answer(done.result())

        future.add_done_callback(on_answer)

    def close(self) -> None:
        self._future = None
        self._node.destroy_client(self._client)


class ControllerProbe:
    """Watches one controller through its parameter services, its manager, and the state that it publishes.

    Everything is asked asynchronously and used where it is there: a robot without a controller manager is not refused.
    A controller of a namespace has its manager there too: ``left/arm`` has ``/left/controller_manager``.

    Attributes:
        findings: What its parameters say.

    Args:
        node: The node that asks.
        robot: The robot profile.
        joints: Names of the joints in the controller's messages.
    """

    def __init__(self, node: Node, robot: RobotProfile, joints: JointMap) -> None:
        self.findings = Findings()
        self._node = node
        self._robot = robot
        self._joints = joints
        self._controller = robot.arm.controller.strip("/")
        space, _, self._name = self._controller.rpartition("/")
        self._names = _Question(node, ListParameters, f"/{self._controller}/list_parameters")
        self._values = _Question(node, GetParameters, f"/{self._controller}/get_parameters")
        self._manager = _ask_manager(node, f"{'/' + space if space else ''}/controller_manager/list_controllers")
        self._state: str | None = None
        self._type = ""
        self._read = False
        self._fault: RefusedError | None = None
        self._heard: float | None = None
        self._messages, self._interval = 0, 0.0
        self._states: Any = None
        if robot.arm.driver in TRAJECTORY_DRIVERS:
            self._states = node.create_subscription(
                JointTrajectoryControllerState,
                f"/{self._controller}/controller_state",
                self._on_state,
                _STATES,
                raw=True,  # only that it comes matters, up to a thousand times a second
            )
        self._timer = node.create_timer(_PERIOD, self._ask, clock=Clock(clock_type=ClockType.STEADY_TIME))

    @property
    def outcome(self) -> str:
        """State and type of the controller, for diagnostics."""
        state = {None: "state unknown: no controller manager answers", "": "not loaded"}.get(self._state, self._state)
        return f"{state}{', ' + self._type if self._type else ''}{'' if self._read else ', parameters not read'}"

    @property
    def answered(self) -> bool:
        """True where its manager or its parameters have said anything of it."""
        return self._state is not None or self._read

    @property
    def settled(self) -> bool:
        """True where nothing that could answer has yet to answer for the first time."""
        asked = self._manager is not None and self._manager.ready and self._state is None
        return not asked and (self._read or not (self._names.ready and self._values.ready))

    def check(self) -> None:
        """Raise where the controller cannot take motion.

        Raises:
            RefusedError: It is not loaded, not active, or is not what the robot profile says.
        """
        if self.findings.refusal is not None:
            raise self.findings.refusal
        refusal = self._inactive()
        if refusal is not None:
            raise refusal
        if self._robot.arm.driver in FORWARD_INTERFACES and not self._read:
            raise RefusedError(
                Reason.CONTROLLER_MISMATCH,
                f"forwarder {self._controller} has not told its joints: commands carry no names, so "
                f"/{self._controller}/get_parameters must answer with 'joints'",
            )

    def take_fault(self) -> RefusedError | None:
        """Return, once, that it is no longer active, or no longer says anything."""
        self._notice_silence()
        fault, self._fault = self._fault, None
        return fault

    def close(self) -> None:
        """Give up every connection."""
        self._node.destroy_timer(self._timer)
        if self._states is not None:
            self._node.destroy_subscription(self._states)
        for question in (self._names, self._values, self._manager):
            if question is not None:
                question.close()

    def _inactive(self) -> RefusedError | None:
        if self._state is None or self._state == ACTIVE:
            return None
        if not self._state:
            return RefusedError(Reason.CONTROLLER_ABSENT, f"controller {self._controller} is not loaded")
        return RefusedError(Reason.CONTROLLER_INACTIVE, f"controller {self._controller} is {self._state}")

    def _ask(self) -> None:
        self._ask_manager(_POLL)
        # A refusal may be mended by a parameter that is set while the controller runs.
        if (self._read and self.findings.refusal is None) or not (self._names.due and self._values.due):
            return
        if self._names.ready and self._values.ready and self._names.age > _POLL:
            self._names.ask(ListParameters.Request(), self._on_names)

    def _ask_manager(self, period: float) -> None:
        manager = self._manager
        if manager is None:
            return
        if not manager.ready or manager.unanswered > 2.0 * _ANSWER:
            self._state = None
        if manager.ready and manager.due and manager.age >= period:
            from controller_manager_msgs.srv import ListControllers

            manager.ask(ListControllers.Request(), self._on_controllers)

    def _on_controllers(self, response: Any) -> None:
        found = next((controller for controller in response.controller if controller.name == self._name), None)
        before, self._state = self._state, "" if found is None else str(found.state)
        self._type = "" if found is None else str(found.type)
        if self._state != before:
            self._read = False  # it may have been configured anew
            self._fault = self._inactive()

    def _on_names(self, response: Any) -> None:
        names = [name for name in response.result.names if name in wanted(self._joints)]
        self._values.ask(GetParameters.Request(names=names), lambda answer: self._on_values(names, answer))

    def _on_values(self, names: list[str], response: Any) -> None:
        if len(response.values) != len(names):
            return
        values = {name: parameter_value_to_python(value) for name, value in zip(names, response.values, strict=True)}
        known = {name: value for name, value in values.items() if value is not None}
        self.findings, self._read = judge(known, self._robot, self._joints), True
        for advice in self.findings.advice:
            self._node.get_logger().warning(f"controller {self._controller}: {advice}")

    @property
    def _now(self) -> float:
        return float(self._node.get_clock().now().nanoseconds) * 1e-9

    def _on_state(self, _message: bytes) -> None:
        now = self._now
        if self._heard is not None and now >= self._heard:
            gap = now - self._heard
            self._interval = gap if self._messages < _ACQUAINTED else self._interval + 0.1 * (gap - self._interval)
        self._heard = now
        self._messages += 1

    def _notice_silence(self) -> None:
        if self._heard is None or self._messages < _ACQUAINTED:
            return
        age, limit = self._now - self._heard, max(SILENCE, 5.0 * self._interval)
        if age < 0.0:
            self._heard = None
        elif age > limit:
            self._heard = None  # told once; it counts again when it is heard again
            self._fault = self._fault or RefusedError(
                Reason.CONTROLLER_SILENT, f"no state of controller {self._controller} for {age:.2f} s"
            )
        elif age > 0.5 * limit:
            # A controller that was deactivated publishes no state either: its manager knows which it is.
            self._ask_manager(0.1)


def _ask_manager(node: Node, name: str) -> _Question | None:
    try:
        from controller_manager_msgs.srv import ListControllers
    except ImportError:
        return None
    return _Question(node, ListControllers, name)
