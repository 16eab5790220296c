"""What the robot and its operator say beside joint states, heard for the bridge."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from control_msgs.msg import JointTrajectoryControllerState
from rclpy.clock import Clock, ClockType
from rclpy.node import Node
from rclpy.qos import QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import Joy
from std_msgs.msg import Bool, Float64

from steadyhand.execution.bridge import Bridge
from steadyhand.nodes.conversions import to_seconds
from steadyhand.nodes.exceptions import NodeError
from steadyhand.nodes.qos import LATCHED
from steadyhand.profiles.binding import JointMap
from steadyhand.profiles.exceptions import JointBindingError
from steadyhand.profiles.robot import RobotProfile
from steadyhand.profiles.signals import SafetySignal

# Streams are matched with reliable and best-effort publishers alike.
_STREAM = QoSProfile(depth=10, reliability=ReliabilityPolicy.BEST_EFFORT)
_GRAPH_PERIOD = 0.5
# A bridge that was killed stays in the graph, under our name, until its participant's lease ends [s].
_LEASE = 30.0
_UR_ALLOWS = ("NORMAL", "REDUCED")


class RobotSignals:
    """Subscribes to what the robot profile names, and looks twice a second at who else publishes.

    Args:
        node: The node that listens.
        robot: Its robot.
        joints: Names and units of the joints in the controller's messages.
        bridge: What is told.
        command_topics: Asked, each time, on which topics nobody else may publish.

    Raises:
        NodeError: A message's package is not installed.
    """

    def __init__(
        self,
        node: Node,
        robot: RobotProfile,
        joints: JointMap,
        bridge: Bridge,
        command_topics: Callable[[], Sequence[str]],
    ) -> None:
        self._node = node
        self._bridge = bridge
        self._joints = joints
        self._command_topics = command_topics
        self._latched = {name: signal.topic for name, signal in robot.safety_state.items() if signal.age is None}
        self._subscriptions: list[Any] = []
        self._scale = 1.0
        self._alone: dict[str, float] = {}
        scaling, enable, state = robot.speed_scaling, robot.enable, robot.controller_state
        if scaling is not None and scaling.kind == "controller_state":
            self._listen(JointTrajectoryControllerState, scaling.topic, self._on_controller_scaling)
        elif scaling is not None:
            self._scale = 0.01 if scaling.kind == "percent" else 1.0
            self._listen(Float64, scaling.topic, self._on_scaling)
        for name, signal in robot.safety_state.items():
            self._listen_to_safety(name, signal)
        if enable is not None:
            self._inverted = enable.inverted
            if enable.button is None:
                self._listen(Bool, enable.topic, self._on_enable)
            else:
                self._listen(Joy, enable.topic, partial(self._on_joy, enable.button))
        if state is not None:
            self._listen(JointTrajectoryControllerState, state.topic, self._on_controller_state)
        self._timer = node.create_timer(_GRAPH_PERIOD, self.look_around, clock=Clock(clock_type=ClockType.STEADY_TIME))

    def look_around(self) -> None:
        """See who publishes on the command topics, and whether anybody publishes the latched signals."""
        others = [text for topic in self._command_topics() if (text := self._others(topic))]
        self._bridge.consent.ownership.hear_publishers("; ".join(others))
        for name, topic in self._latched.items():
            if self._node.count_publishers(topic) == 0:
                self._bridge.consent.interlocks.lose_safety(name)

    def close(self) -> None:
        """Give every subscription up."""
        self._node.destroy_timer(self._timer)
        for subscription in self._subscriptions:
            self._node.destroy_subscription(subscription)

    def _others(self, topic: str) -> str:
        """Return who else publishes on a topic, in words."""
        infos = self._node.get_publishers_info_by_topic(topic)
        names = [f"{info.node_namespace.rstrip('/')}/{info.node_name}" for info in infos]
        own = f"{self._node.get_namespace().rstrip('/')}/{self._node.get_name()}"
        others = sorted({name for name in names if name != own})
        now = time.monotonic()
        if names.count(own) < 2:
            self._alone[topic] = now
        elif now - self._alone.setdefault(topic, now) > _LEASE:
            others.append(f"a second {own}")
        return f"{', '.join(others)} can publish on {topic} too" if others else ""

    def _listen(self, kind: Any, topic: str, callback: Callable[[Any], None], qos: QoSProfile = _STREAM) -> None:
        self._subscriptions.append(self._node.create_subscription(kind, topic, callback, qos))

    def _listen_to_safety(self, name: str, signal: SafetySignal) -> None:
        qos = LATCHED if signal.age is None else _STREAM
        if signal.kind == "bool":
            self._listen(Bool, signal.topic, partial(self._on_safe, name), qos)
            return
        mode = ur_safety_mode(signal.topic)
        self._listen(mode, signal.topic, partial(self._on_ur_safety_mode, name, constants(mode)), qos)

    def _on_scaling(self, message: Float64) -> None:
        self._bridge.pace.hear(self._scale * message.data, self._now, time.monotonic())

    def _on_controller_scaling(self, message: JointTrajectoryControllerState) -> None:
        self._bridge.pace.hear(message.speed_scaling_factor, self._now, time.monotonic())

    def _on_safe(self, name: str, message: Bool) -> None:
        stop = "" if message.data else "the arm may not move"
        self._bridge.consent.interlocks.hear_safety(name, time.monotonic(), stop)

    def _on_ur_safety_mode(self, name: str, words: dict[int, str], message: Any) -> None:
        word = words.get(message.mode, f"unknown safety mode {message.mode}")
        self._bridge.consent.interlocks.hear_safety(name, time.monotonic(), "" if word in _UR_ALLOWS else word)

    def _on_enable(self, message: Bool) -> None:
        self._bridge.consent.interlocks.hear_enable(time.monotonic(), message.data != self._inverted)

    def _on_joy(self, button: int, message: Joy) -> None:
        if button >= len(message.buttons):
            return  # not the joystick that is meant: the age of the signal tells
        self._bridge.consent.interlocks.hear_enable(time.monotonic(), bool(message.buttons[button]) != self._inverted)

    def _on_controller_state(self, message: JointTrajectoryControllerState) -> None:
        try:
            positions = self._joints.extract(message.joint_names, message.reference.positions)
        except JointBindingError:
            return  # its age tells
        self._bridge.hear_controller(to_seconds(message.header.stamp), positions)

    @property
    def _now(self) -> float:
        return float(self._node.get_clock().now().nanoseconds) * 1e-9


def constants(kind: Any) -> dict[int, str]:
    """Return the numbers that a message's definition gives names to, by number."""
    names = [name for name in dir(type(kind)) if name.isupper()]
    return {value: name for name in names if isinstance(value := getattr(kind, name), int)}


def ur_safety_mode(topic: str) -> Any:
    """Return UR's message of the safety mode; ``topic`` is what it is wanted for.

    Raises:
        NodeError: Its package is not installed.
    """
    try:
        from ur_dashboard_msgs.msg import SafetyMode
    except ImportError as error:
        raise NodeError(
            f"'{topic}' is of kind ur_safety_mode, and the package ur_dashboard_msgs cannot be imported: install "
            "ros-$ROS_DISTRO-ur-dashboard-msgs, or take a std_msgs/Bool topic"
        ) from error
    return SafetyMode
