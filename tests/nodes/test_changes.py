from __future__ import annotations

from collections.abc import Iterator

import pytest

pytest.importorskip("rclpy")

import rclpy
from rclpy.lifecycle import TransitionCallbackReturn
from rclpy.parameter import Parameter
from rclpy.signals import SignalHandlerOptions

from steadyhand.nodes.bridge import BridgeNode
from steadyhand.nodes.lifecycle import ManagedNode
from steadyhand.nodes.pilot import PilotNode
from steadyhand.nodes.stack import ComposedBridge, main
from steadyhand.nodes.visualiser import VisualiserNode


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("ROS_AUTOMATIC_DISCOVERY_RANGE", "OFF")
    rclpy.init(args=["--ros-args", "-p", "autostart:=false"], signal_handler_options=SignalHandlerOptions.NO)
    yield
    rclpy.try_shutdown()


def change(node: ManagedNode, name: str, value: object) -> str:
    """Set a parameter; return why not, empty where it was set."""
    (result,) = node.set_parameters([Parameter(name, value=value)])
    return "" if result.successful else result.reason


def test_what_configure_reads_changes_only_before_it(alone: None) -> None:
    node = VisualiserNode()
    assert change(node, "deployment", "nothing_of_that_name") == ""
    assert node.trigger_configure() != TransitionCallbackReturn.SUCCESS
    assert change(node, "deployment", "panda_embedded_flow") == ""
    assert node.trigger_configure() == TransitionCallbackReturn.SUCCESS
    assert "deactivate and clean it up first" in change(node, "deployment", "panda_embedded")
    assert "history" in change(node, "history", 5.0)
    assert change(node, "rate", 5.0) == "" and node._timer.timer_period_ns == 200_000_000
    assert change(node, "rate", 500.0) != ""
    node.trigger_cleanup()
    assert change(node, "deployment", "panda_embedded") == ""
    node.destroy_node()


def test_the_pilots_judge_changes_between_episodes_only(alone: None) -> None:
    node = PilotNode()
    node.trigger_configure()
    assert change(node, "success", "operator") == ""
    assert node._defaults.success.value == "operator"
    assert "choose one of deployment" in change(node, "success", "luck")
    assert change(node, "hold_limit", 3.0) == "" and node._limits.hold == 3.0
    node._episode = object()  # type: ignore[assignment]
    assert "an episode runs" in change(node, "success", "none")
    assert node.get_parameter("success").value == "operator"
    node._episode = None
    node.trigger_cleanup()
    node.destroy_node()


def test_the_bridges_rate_changes_while_nothing_moves(alone: None) -> None:
    node = BridgeNode()
    assert change(node, "scheduling", "ordinary") == ""
    assert "choose one of" in change(node, "scheduling", "first")
    node.trigger_configure()
    assert change(node, "rate", 50.0) == "" and node._clockwork[0].timer_period_ns == 20_000_000
    assert "is read when the node is configured" in change(node, "scheduling", "nice")
    node._bridge.executor.episode_id = "e1"
    assert "an episode is open" in change(node, "rate", 20.0)
    assert "read-only" in change(node, "trace", "/tmp/other")
    node.trigger_cleanup()
    node.destroy_node()


def test_a_composed_bridge_is_ordinary_and_stays_so(alone: None) -> None:
    node = ComposedBridge()
    assert node.get_parameter("scheduling").value == node._scheduling == "ordinary"
    assert "no place of its own" in change(node, "scheduling", "fifo")
    node.destroy_node()


def test_an_unknown_member_of_the_stack_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["stack", "camera", "--ros-args", "-r", "__ns:=/left"])
    assert ended.value.code == 2 and "no node camera; choose of bridge, policy, pilot" in capsys.readouterr().err
