"""Listens to a live graph for a while and asks its nodes; it publishes nothing and commands nothing."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

from control_msgs.msg import JointTrajectoryControllerState
from diagnostic_msgs.msg import DiagnosticArray
from rclpy.logging import LoggingSeverity
from rclpy.qos import QoSProfile, ReliabilityPolicy
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import CameraInfo, CompressedImage, Image, JointState
from std_msgs.msg import Bool, Float64, Header, String
from tf2_msgs.msg import TFMessage

from steadyhand.doctor import needs as wanted
from steadyhand.doctor.needs import OURS, Need, needs
from steadyhand.doctor.survey import Diagnosis, GraphSurvey, JointMessage, SeenImage, SeenNode
from steadyhand.nodes.conversions import to_seconds
from steadyhand.nodes.ear import Ear
from steadyhand.nodes.endpoints import full_name, hidden, topics_of
from steadyhand.nodes.graph_questions import GraphQuestions
from steadyhand.nodes.listening_node import ListeningNode
from steadyhand.nodes.qos import DIAGNOSTICS, HEARTBEAT, JOINT_STATES, LATCHED
from steadyhand.profiles.contract import Contract

_KINDS = {
    wanted.IMAGE: Image,
    wanted.COMPRESSED: CompressedImage,
    wanted.CAMERA_INFO: CameraInfo,
    wanted.JOINTS: JointState,
    wanted.CONTROLLER_STATE: JointTrajectoryControllerState,
    wanted.BOOL: Bool,
    wanted.NUMBER: Float64,
}
_STAMPED = (wanted.IMAGE, wanted.COMPRESSED, wanted.CAMERA_INFO, wanted.JOINTS, wanted.CONTROLLER_STATE)
_STREAM = QoSProfile(depth=10, reliability=ReliabilityPolicy.BEST_EFFORT)  # deep: what is late here is not lost
_STATIC = QoSProfile(depth=100, reliability=LATCHED.reliability, durability=LATCHED.durability)
_CAMERAS = 8
"""Cameras that are listened to where no deployment names them."""

_QUIET = 0.4
"""A graph in which nothing new shows for as long is known [s]."""

_ANSWERS = 2.0
"""How much longer than it listens the doctor waits for answers [s]."""

_STATUS = "steadyhand: "


class GraphListener(ListeningNode):
    """A hidden node that surveys a graph, as often as it is asked to.

    Args:
        namespace: Namespace of our nodes and the robot, without slashes at its ends; empty for none.
    """

    def __init__(self, namespace: str = "") -> None:
        super().__init__(f"_doctor_{os.getpid()}", namespace)
        self._namespace = namespace
        self._acquainted = False
        self._description = ""
        self._parents: dict[str, dict[str, None]] = {}
        self._statuses: dict[str, Any] = {}
        self._clock: float | None = None
        # What it says concerns the nodes that are looked at, and is told as a finding.
        self._node.get_logger().set_level(LoggingSeverity.FATAL)
        create = self._node.create_subscription
        create(String, "robot_description", self._on_description, LATCHED)
        create(TFMessage, "/tf", self._on_transforms, QoSProfile(depth=100))
        create(TFMessage, "/tf_static", self._on_transforms, _STATIC)
        create(DiagnosticArray, "/diagnostics", self._on_diagnostics, DIAGNOSTICS)
        create(Clock, "/clock", self._on_clock, QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT))

    def look(self, seconds: float, contract: Contract | None = None, *, patience: float = 3.0) -> GraphSurvey:
        """Survey the graph.

        Args:
            seconds: Time to listen [s].
            contract: The deployment whose topics are listened to; none: every camera and joint state.
            patience: Longest time to get to know the graph, the first time [s].
        """
        listened = list(needs(contract, self._namespace)) if contract is not None else []
        if not self._acquainted:
            self._get_acquainted({need.topic for need in listened}, patience)
        self._statuses.clear()
        began = time.monotonic()
        ears = dict(self._ears(listened))
        questions = GraphQuestions(self._node, contract)
        deadline = began + seconds
        while time.monotonic() < deadline or not (questions.settled or time.monotonic() > deadline + _ANSWERS):
            self._until(lambda: False, 0.05)
            questions.ask()
        try:
            return self._survey(time.monotonic() - began, listened, ears, questions, contract)
        finally:
            for ear in ears.values():
                ear.close()
            questions.close()

    def _get_acquainted(self, topics: set[str], patience: float) -> None:
        """Wait until the graph shows nothing new any more, or for as long as allowed where something is missing."""
        deadline, seen, since = time.monotonic() + patience, 0, time.monotonic()
        while time.monotonic() < deadline:
            self._until(lambda: False, 0.1)
            there = sum(len(topic.publishers) for topic in self._topics(()).values()) + len(self._nodes())
            if there != seen:
                seen, since = there, time.monotonic()
            complete = bool(self._nodes()) and all(self._node.count_publishers(topic) for topic in topics)
            if complete and time.monotonic() - since > _QUIET:
                break
        self._acquainted = bool(self._nodes())

    def _ears(self, listened: list[Need]) -> Iterator[tuple[str, Ear]]:
        for need in listened:
            if need.kind == wanted.SAFETY_MODE and find_spec("ur_dashboard_msgs") is None:
                continue  # told as a missing package
            yield need.topic, self._ear(need.topic, need.kind, latched=need.latched)
            if need.kind == wanted.IMAGE:
                yield self._beside(need.topic)
        if listened:
            heartbeat = self._node.resolve_topic_name("policy/heartbeat")
            kind = ("std_msgs/msg/Header", Header)
            yield heartbeat, Ear(self._node, kind, heartbeat, HEARTBEAT, self._now, stamped=False)
            return
        found = [(name, types[0]) for name, types in self._node.get_topic_names_and_types() if self._inside(name)]
        images = [one for one in found if one[1] in (wanted.IMAGE, wanted.COMPRESSED)][:_CAMERAS]
        for name, kind in images + [one for one in found if one[1] == wanted.JOINTS]:
            if self._node.count_publishers(name):
                yield name, self._ear(name, kind)
                if kind == wanted.IMAGE:
                    yield self._beside(name)

    def _inside(self, name: str) -> bool:
        return name.startswith(f"/{self._namespace}/" if self._namespace else "/")

    def _beside(self, topic: str) -> tuple[str, Ear]:
        info = _info(topic)
        return info, self._ear(info, wanted.CAMERA_INFO)

    def _ear(self, topic: str, kind: str, *, latched: bool = False) -> Ear:
        qos = LATCHED if latched else JOINT_STATES if kind == wanted.JOINTS else _STREAM
        message = _safety_mode(topic) if kind == wanted.SAFETY_MODE else _KINDS[kind]
        kept = {"kept": 1} if kind != wanted.JOINTS else {}
        return Ear(self._node, (kind, message), topic, qos, self._now, stamped=kind in _STAMPED, **kept)

    def _survey(
        self,
        duration: float,
        listened: list[Need],
        ears: dict[str, Ear],
        questions: GraphQuestions,
        contract: Contract | None,
    ) -> GraphSurvey:
        streams = {topic: ear.stream for topic, ear in ears.items()}
        images = {
            topic: _image(kind.kind, ears[topic].messages[-1])
            for topic, kind in streams.items()
            if kind.kind in (wanted.IMAGE, wanted.COMPRESSED) and kind.arrivals
        }
        infos = {
            topic: _image(wanted.CAMERA_INFO, ears[_info(topic)].messages[-1])
            for topic, kind in streams.items()
            if kind.kind == wanted.IMAGE and streams[_info(topic)].arrivals
        }
        joints = {
            topic: tuple(JointMessage(tuple(one.name), tuple(one.position)) for one in ears[topic].messages)
            for topic, kind in streams.items()
            if kind.kind == wanted.JOINTS
        }
        topics = self._topics(tuple(listened))
        nodes = {
            name: SeenNode(count, questions.use_sim_time.get(name), questions.lifecycle.get(name, ""))
            for name, count in self._nodes().items()
        }
        return GraphSurvey(
            duration=duration,
            namespace=self._namespace,
            nodes=nodes,
            topics=topics,
            streams=streams,
            images=images,
            camera_infos=infos,
            joints=joints,
            servers=questions.servers,
            controllers=questions.controllers,
            arms=questions.arms,
            description=self._description,
            transforms={child: tuple(parents) for child, parents in self._parents.items()},
            diagnoses=self._diagnoses(contract),
        )

    def _nodes(self) -> Counter[str]:
        found = self._node.get_node_names_and_namespaces()
        return Counter(full_name(name, namespace) for name, namespace in found if not hidden(name))

    def _topics(self, listened: tuple[Need, ...]) -> Any:
        own = {node: self._node.resolve_topic_name(node) for node in OURS}
        nodes = self._nodes()
        place = {need.topic: f"the {need.node}" for need in listened if own[need.node] not in nodes}
        return topics_of(self._node, frozenset(own.values()), lambda topic: place.get(topic, ""))

    def _diagnoses(self, contract: Contract | None) -> dict[str, Diagnosis]:
        names = {} if contract is None else {"policy": contract.policy.name, "bridge": contract.robot.name}
        found = {}
        for name, status in self._statuses.items():
            # Several robots share /diagnostics.
            if name not in names or status.hardware_id == names[name]:
                level = status.level[0] if isinstance(status.level, bytes) else int(status.level)
                values = {pair.key: pair.value for pair in status.values}
                found[name] = Diagnosis(level, status.message, values)
        return found

    def _now(self, received: float) -> float | None:
        """Return the graph's time at the receipt of a message, None where it is simulated and not told yet [s]."""
        if self._node.count_publishers("/clock"):
            return self._clock
        # This process may come late to a message: that is no fault of its sender.
        return received if received > 0.0 else float(self._node.get_clock().now().nanoseconds) * 1e-9

    def _on_clock(self, message: Clock) -> None:
        self._clock = to_seconds(message.clock)

    def _on_description(self, message: String) -> None:
        self._description = message.data

    def _on_transforms(self, message: TFMessage) -> None:
        for transform in message.transforms:
            child, parent = transform.child_frame_id.lstrip("/"), transform.header.frame_id.lstrip("/")
            self._parents.setdefault(child, {})[parent] = None

    def _on_diagnostics(self, message: DiagnosticArray) -> None:
        for status in message.status:
            if status.name.startswith(_STATUS):
                self._statuses[status.name.removeprefix(_STATUS)] = status


def _safety_mode(topic: str) -> Any:
    # It comes with the whole bridge, which takes seconds to import.
    from steadyhand.nodes.robot_signals import ur_safety_mode

    return ur_safety_mode(topic)


def _info(topic: str) -> str:
    return f"{topic.rpartition('/')[0]}/camera_info"


def _image(kind: str, message: Any) -> SeenImage:
    frame = message.header.frame_id
    if kind == wanted.COMPRESSED:
        return SeenImage(0, 0, message.format, frame, len(message.data))
    if kind == wanted.CAMERA_INFO:
        return SeenImage(message.width, message.height, frame=frame)
    return SeenImage(message.width, message.height, message.encoding, frame, len(message.data))
