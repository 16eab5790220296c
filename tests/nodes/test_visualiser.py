"""The visualiser, and the ready-made views of RViz and Foxglove: every topic in them exists, with that type."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

pytest.importorskip("rclpy")

import rclpy
from nav_msgs.msg import Path as PathMessage
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.signals import SignalHandlerOptions
from sensor_msgs.msg import JointState
from steadyhand.msg import ExecutionState
from visualization_msgs.msg import MarkerArray

from steadyhand.nodes.qos import EXECUTION_STATE
from steadyhand.nodes.visualiser import VisualiserNode
from steadyhand.profiles.contract import load_deployment

ROOT = Path(__file__).parents[2]
RVIZ = yaml.safe_load((ROOT / "config" / "steadyhand.rviz").read_text())
FOXGLOVE = json.loads((ROOT / "config" / "steadyhand.foxglove.json").read_text())
# Classes of rviz_default_plugins' and rviz_common's plugins_description.xml, and what their topics carry.
DISPLAYS = {
    "rviz_default_plugins/Grid": "",
    "rviz_default_plugins/RobotModel": "std_msgs/String",
    "rviz_default_plugins/MarkerArray": "visualization_msgs/MarkerArray",
    "rviz_default_plugins/Path": "nav_msgs/Path",
    "rviz_default_plugins/Image": "sensor_msgs/Image",
}
PANELS = {"rviz_common/Displays", "rviz_common/Views", "rviz_common/Time"}
TOOLS = {f"rviz_default_plugins/{name}" for name in ("Interact", "MoveCamera", "Select", "FocusCamera", "Measure")}
FOXGLOVE_PANELS = {"3D", "Image", "DiagnosticSummary", "Plot", "StateTransitions", "RawMessages"}


def documented() -> dict[str, str]:
    """Topics of docs/interfaces.md in the root namespace, with their types."""
    topics = {}
    for line in (ROOT / "docs" / "interfaces.md").read_text().splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) < 4:
            continue
        kinds = re.findall(r"`([\w]+/)?([A-Z]\w+)`", cells[2])
        for name in re.findall(r"`(/?[a-z][\w/]*)`", cells[1]):
            if kinds:
                package, kind = kinds[0]
                topics["/" + name.lstrip("/")] = f"{package or 'steadyhand/'}{kind}"
    return topics


def values(tree: Any, key: str) -> Iterator[Any]:
    if isinstance(tree, dict):
        for name, value in tree.items():
            if name == key:
                yield value
            yield from values(value, key)
    elif isinstance(tree, list):
        for value in tree:
            yield from values(value, key)


def test_the_rviz_view_has_classes_that_exist_and_topics_that_carry_what_they_draw() -> None:
    topics, manager = documented(), RVIZ["Visualization Manager"]
    seen = set()
    for display in manager["Displays"]:
        kind = DISPLAYS[display["Class"]]
        for key in ("Topic", "Description Topic"):
            if key in display:
                topic = display[key]["Value"]
                assert topics[topic] == kind, topic
                seen.add(topic)
    assert {f"/visualiser/{name}" for name in ("markers", "chunk", "reference", "measured")} <= seen
    assert {panel["Class"] for panel in RVIZ["Panels"]} <= PANELS
    assert {tool["Class"] for tool in manager["Tools"]} <= TOOLS
    assert manager["Global Options"]["Fixed Frame"] == load_deployment("panda_embedded").robot.frames.base


def leaves(layout: Any) -> list[str]:
    if isinstance(layout, str):
        return [layout]
    assert layout["direction"] in ("row", "column") and 0 < layout["splitPercentage"] < 100
    return leaves(layout["first"]) + leaves(layout["second"])


def test_the_foxglove_layout_places_every_panel_once_and_names_topics_that_exist() -> None:
    topics = documented()
    placed = leaves(FOXGLOVE["layout"])
    assert sorted(placed) == sorted(FOXGLOVE["configById"]) and len(set(placed)) == len(placed)
    assert {panel.partition("!")[0] for panel in placed} <= FOXGLOVE_PANELS
    assert set(FOXGLOVE) == {"configById", "globalVariables", "userNodes", "playbackConfig", "layout"}
    scene = FOXGLOVE["configById"]["3D!execution"]["topics"]
    drawn = {"visualization_msgs/MarkerArray", "nav_msgs/Path", "std_msgs/String"}
    assert all(topics[topic] in drawn for topic in scene)
    assert all(topics[topic] == "sensor_msgs/Image" for topic in values(FOXGLOVE, "imageTopic"))
    assert all(topics[topic] == "diagnostic_msgs/DiagnosticArray" for topic in values(FOXGLOVE, "topicToRender"))
    for path in [p["value"] for paths in values(FOXGLOVE, "paths") for p in paths]:
        topic, _, field = path.partition(".")
        source = (ROOT / "msg" / f"{topics[topic].partition('/')[2]}.msg").read_text()
        assert re.search(rf"\b{field.partition('[')[0]}\b +#|\b{field.partition('[')[0]}\n", source), path
    assert all(topic in topics for topic in values(FOXGLOVE, "topicPath"))


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The process's own context, which discovers nobody else; nodes wait for an outside manager."""
    monkeypatch.setenv("ROS_AUTOMATIC_DISCOVERY_RANGE", "OFF")
    rclpy.init(args=["--ros-args", "-p", "autostart:=false"], signal_handler_options=SignalHandlerOptions.NO)
    yield
    rclpy.try_shutdown()


def test_it_publishes_the_documented_topics_while_active_and_somebody_listens(alone: None) -> None:
    node = VisualiserNode()
    other = Node("tester")
    executor = SingleThreadedExecutor()
    executor.add_node(node)
    executor.add_node(other)
    robot = load_deployment("panda_embedded").robot
    heard: dict[str, list[Any]] = {"markers": [], "measured": []}
    try:
        node.trigger_configure()
        node.trigger_activate()
        offered = {
            name: kinds[0].replace("/msg/", "/")
            for name, kinds in node.get_publisher_names_and_types_by_node("visualiser", "/")
            if name.startswith("/visualiser/") and "transition" not in name
        }
        assert offered == {name: kind for name, kind in documented().items() if name.startswith("/visualiser/")}
        other.create_subscription(MarkerArray, "visualiser/markers", heard["markers"].append, 5)
        other.create_subscription(PathMessage, "visualiser/measured", heard["measured"].append, 5)
        reports = other.create_publisher(ExecutionState, "execution_state", EXECUTION_STATE)
        joints = other.create_publisher(JointState, robot.joint_states.topic, 50)
        report = ExecutionState(hold_code="STOPPED", positions=np.asarray(robot.home_positions).tolist())
        due, deadline = 0.0, time.monotonic() + 20.0
        # A text means that report and joints were both heard.
        while not (
            any(m.ns == "hold" for a in heard["markers"] for m in a.markers)
            and any(message.poses for message in heard["measured"])
        ):
            assert time.monotonic() < deadline
            executor.spin_once(timeout_sec=0.02)
            if time.monotonic() < due:
                continue
            due = time.monotonic() + 0.1
            stamp = other.get_clock().now().to_msg()
            report.header.stamp = stamp
            reports.publish(report)
            state = JointState(name=list(robot.joint_names), position=np.asarray(robot.home_positions).tolist())
            state.header.stamp = stamp
            joints.publish(state)
        assert {"workspace", "scene/table"} <= {m.ns for m in heard["markers"][-1].markers}
        # Cleaned up and configured again it is the same.
        for trigger in (node.trigger_deactivate, node.trigger_cleanup, node.trigger_configure, node.trigger_activate):
            trigger()
        assert node.active
    finally:
        executor.shutdown(timeout_sec=1.0)
        node.destroy_node()
        other.destroy_node()
