"""A recorder in the test's own node: raw messages of a few topics into a bag, as `ros2 bag record` stores them."""

from __future__ import annotations

import time
from pathlib import Path

from diagnostic_msgs.msg import DiagnosticStatus
from ros_client import Client
from rosbags.rosbag2 import StoragePlugin, Writer
from rosbags.typesys import Stores, get_types_from_msg, get_typestore
from sensor_msgs.msg import JointState
from std_msgs.msg import Header
from steadyhand.msg import ActionChunk, ExecutionState, PilotStatus

from steadyhand.nodes.qos import CHUNKS, EXECUTION_STATE, HEARTBEAT, JOINT_STATES, LATCHED
from steadyhand.profiles.resources import resource

_TOPICS = {
    "/execution_state": (ExecutionState, "steadyhand/msg/ExecutionState", EXECUTION_STATE),
    "/action_chunk": (ActionChunk, "steadyhand/msg/ActionChunk", CHUNKS),
    "/joint_states": (JointState, "sensor_msgs/msg/JointState", JOINT_STATES),
    "/bridge/status": (DiagnosticStatus, "diagnostic_msgs/msg/DiagnosticStatus", LATCHED),
    "/pilot/status": (PilotStatus, "steadyhand/msg/PilotStatus", LATCHED),
    "/policy/heartbeat": (Header, "std_msgs/msg/Header", HEARTBEAT),
}


class BagRecorder:
    """Records from its making on; the client has to be spun."""

    def __init__(self, client: Client) -> None:
        self._raw: list[tuple[int, str, bytes]] = []
        self._subscriptions = [
            client.node.create_subscription(kind, topic, self._listener(topic), qos, raw=True)
            for topic, (kind, _, qos) in _TOPICS.items()
        ]
        self._node = client.node

    def _listener(self, topic: str):
        return lambda raw: self._raw.append((time.time_ns(), topic, bytes(raw)))

    def write(self, path: Path) -> Path:
        """Stop, and write what came."""
        for subscription in self._subscriptions:
            self._node.destroy_subscription(subscription)
        store = get_typestore(Stores.ROS2_JAZZY)
        for file in resource("msg").glob("*.msg"):
            store.register(get_types_from_msg(file.read_text(), f"steadyhand/msg/{file.stem}"))
        with Writer(path, version=8, storage_plugin=StoragePlugin.MCAP) as writer:
            topics = {
                topic: writer.add_connection(topic, name, typestore=store) for topic, (_, name, _) in _TOPICS.items()
            }
            for received, topic, raw in self._raw:
                writer.write(topics[topic], received, raw)
        return path
