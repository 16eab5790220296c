from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import ValidationError

pytest.importorskip("rclpy")

from rcl_interfaces.msg import ParameterType

from steadyhand.execution.bridge import Bridge
from steadyhand.execution.exceptions import RefusedError
from steadyhand.nodes import robot_signals
from steadyhand.nodes.exceptions import NodeError
from steadyhand.nodes.qos import LATCHED
from steadyhand.nodes.robot_signals import RobotSignals, constants, ur_safety_mode
from steadyhand.profiles.binding import arm_joints
from steadyhand.profiles.contract import load_deployment
from steadyhand.profiles.robot import RobotProfile
from steadyhand.profiles.signals import Enable


class Graph:
    """A node that notes what it subscribes to, and who publishes."""

    def __init__(self) -> None:
        self.callbacks: dict[str, Any] = {}
        self.qualities: dict[str, Any] = {}
        self.publishers = [("bridge", "/")]
        self.counts: dict[str, int] = {}

    def create_subscription(self, _kind: Any, topic: str, callback: Any, qos: Any) -> str:
        self.callbacks[topic], self.qualities[topic] = callback, qos
        return topic

    def create_timer(self, *_arguments: Any, **_options: Any) -> None: ...

    def get_publishers_info_by_topic(self, _topic: str) -> list[SimpleNamespace]:
        return [SimpleNamespace(node_name=name, node_namespace=space) for name, space in self.publishers]

    def count_publishers(self, topic: str) -> int:
        return self.counts.get(topic, 1)

    def get_namespace(self) -> str:
        return "/"

    def get_name(self) -> str:
        return "bridge"


def listening(**signals: Any) -> tuple[Graph, Bridge, RobotSignals]:
    contract = load_deployment("panda_embedded")
    robot = RobotProfile.model_validate({**contract.robot.model_dump(), **signals})
    graph, bridge = Graph(), Bridge(type(contract)(**{**vars(contract), "robot": robot}))
    joints = arm_joints(contract.robot, contract.deployment)
    return graph, bridge, RobotSignals(graph, robot, joints, bridge, lambda: ("/arm/joint_trajectory", "/cmd_vel"))  # type: ignore[arg-type]


def test_the_missing_package_of_ur_is_named() -> None:
    with pytest.raises(NodeError, match="ur_dashboard_msgs"):
        ur_safety_mode("/safety_mode")


def test_names_of_numbers_are_read_from_a_message() -> None:
    assert constants(ParameterType)[ParameterType.PARAMETER_DOUBLE] == "PARAMETER_DOUBLE"


def test_a_safety_mode_of_ur_allows_motion_or_says_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    class Names(type):
        NORMAL, REDUCED, PROTECTIVE_STOP = 1, 2, 3

    mode = Names("SafetyMode", (), {})
    monkeypatch.setattr(robot_signals, "ur_safety_mode", lambda _topic: mode)
    graph, bridge, _ = listening(safety_state={"mode": {"topic": "/mode", "kind": "ur_safety_mode"}})
    assert graph.qualities["/mode"] is LATCHED
    for number, stopped in ((1, False), (3, True), (2, False), (77, True)):
        graph.callbacks["/mode"](SimpleNamespace(mode=number))
        assert bridge.consent.interlocks.stopped is stopped
    with pytest.raises(RefusedError, match="unknown safety mode 77"):
        bridge.consent.interlocks.check(0.0)


def test_a_percentage_and_a_factor_are_the_same_scaling() -> None:
    for kind, value in (("percent", 40.0), ("factor", 0.4)):
        graph, bridge, _ = listening(speed_scaling={"topic": "/scaling", "kind": kind})
        graph.get_clock = lambda: SimpleNamespace(now=lambda: SimpleNamespace(nanoseconds=10**9))  # type: ignore[attr-defined]
        graph.callbacks["/scaling"](SimpleNamespace(data=value))
        assert bridge.pace.scale == pytest.approx(0.4)


def test_other_publishers_are_noticed_and_the_ghost_of_a_killed_bridge_is_given_its_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = [100.0]
    monkeypatch.setattr(robot_signals.time, "monotonic", lambda: clock[0])
    graph, bridge, signals = listening()
    ownership = bridge.consent.ownership
    signals.look_around()
    ownership.check(0.0)
    graph.publishers.append(("bridge", "/"))
    clock[0] += 20.0
    signals.look_around()
    ownership.check(0.0)
    clock[0] += 20.0
    signals.look_around()
    with pytest.raises(RefusedError, match="a second /bridge"):
        ownership.check(0.0)
    graph.publishers[1] = ("teleop", "/cell")
    signals.look_around()
    with pytest.raises(RefusedError, match=r"/cell/teleop can publish on /arm/joint_trajectory too.*/cmd_vel too"):
        ownership.check(0.0)


def test_a_latched_signal_needs_a_publisher() -> None:
    graph, bridge, signals = listening(safety_state={"ok": {"topic": "/ok"}})
    graph.callbacks["/ok"](SimpleNamespace(data=True))
    signals.look_around()
    bridge.consent.interlocks.check(1e9)
    graph.counts["/ok"] = 0
    signals.look_around()
    with pytest.raises(RefusedError, match="nobody publishes"):
        bridge.consent.interlocks.check(1e9)


@pytest.mark.parametrize(
    ("keys", "buttons", "code"),
    [
        ({}, [0, 0, 1], None),
        ({}, [1, 1, 0], "ENABLE_LOST"),
        ({}, [1], "ENABLE_ABSENT"),
        ({"inverted": True}, [1, 1, 0], None),
    ],
)
def test_a_button_of_a_joystick_enables_while_it_is_held(keys: dict[str, Any], buttons: list[int], code: Any) -> None:
    enable = {"topic": "/joy", "kind": "joy", "button": 2, **keys}
    graph, bridge, _ = listening(enable=enable)
    graph.callbacks["/joy"](SimpleNamespace(buttons=buttons))
    assert refusal_of(bridge) == code


def test_an_inverted_signal_enables_while_it_is_false() -> None:
    graph, bridge, _ = listening(enable={"topic": "/estop_pressed", "inverted": True})
    graph.callbacks["/estop_pressed"](SimpleNamespace(data=False))
    assert refusal_of(bridge) is None
    graph.callbacks["/estop_pressed"](SimpleNamespace(data=True))
    assert refusal_of(bridge) == "ENABLE_LOST"


@pytest.mark.parametrize("keys", [{"kind": "joy"}, {"button": 1}, {"kind": "joy", "button": True}])
def test_a_button_is_given_with_a_joystick_and_only_there(keys: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="button"):
        Enable.model_validate({"topic": "/joy", **keys})


def refusal_of(bridge: Bridge) -> str | None:
    try:
        bridge.consent.interlocks.check(time.monotonic())
    except RefusedError as refusal:
        return str(refusal.reason)
    return None
