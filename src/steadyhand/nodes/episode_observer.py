"""Listens to a graph and keeps a record of the episode that it runs."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import cv2
import numpy as np
from rclpy.node import Node
from rclpy.serialization import deserialize_message
from sensor_msgs.msg import Image, JointState

from steadyhand.chunks.chunk import ActionChunk
from steadyhand.chunks.exceptions import MeaningError
from steadyhand.chunks.meaning import Meaning
from steadyhand.evaluation.episode_record import EpisodeRecord, Frame
from steadyhand.execution.reasons import Reason
from steadyhand.msg import ActionChunk as ActionChunkMessage
from steadyhand.msg import ExecutionState
from steadyhand.nodes.conversions import chunk_from_message, image_of, to_seconds
from steadyhand.nodes.exceptions import ConversionError
from steadyhand.nodes.qos import CHUNKS, EXECUTION_STATE, IMAGES, JOINT_STATES
from steadyhand.observation.exceptions import ImageError
from steadyhand.observation.pixels import decode
from steadyhand.profiles.contract import Contract

PHASES = {
    ExecutionState.STATE_STARTING: "starting",
    ExecutionState.STATE_HELD: "held",
    ExecutionState.STATE_RUNNING: "running",
    ExecutionState.STATE_BRAKING: "braking",
}
CALM = ("", Reason.START_POSE_REACHED, Reason.WAITING_FOR_CHUNK, Reason.EPISODE_ENDED, Reason.NOT_STARTED)
"""Reasons to be at rest that are no trouble."""


class EpisodeObserver:
    """Fills an EpisodeRecord from joint states, execution states, chunks and images.

    Callbacks run in the executor of the node; read the record after ``finish``.

    Attributes:
        record: The record.
        cameras_seen: Image keys that at least one image has come for.
        bridge_state: State of the newest report of the bridge, None before the first.
    """

    def __init__(self, node: Node, contract: Contract, *, rate: float = 10.0, height: int = 300) -> None:
        """Subscribe to everything.

        Args:
            node: The node to subscribe with.
            contract: Deployment that names topics and joints.
            rate: Images to keep from each camera [Hz].
            height: Height to keep them at [px].
        """
        robot = contract.robot
        self.record = EpisodeRecord(robot.joint_names, tuple(contract.deployment.images))
        self.cameras_seen: set[str] = set()
        self.bridge_state: int | None = None
        self._meaning = Meaning(contract)
        self._gripper = next(iter(robot.grippers.values()), None)
        self._period = 1.0 / rate
        self._height = height
        self._chunks: list[ActionChunk] = []
        self._sequence = -1
        self._due = dict.fromkeys(contract.deployment.images, -np.inf)
        self._recording = False
        node.create_subscription(JointState, robot.joint_states.topic, self._on_joints, JOINT_STATES)
        node.create_subscription(ExecutionState, "execution_state", self._on_state, EXECUTION_STATE)
        node.create_subscription(ActionChunkMessage, "action_chunk", self._on_chunk, CHUNKS)
        for key, binding in contract.deployment.images.items():
            # Most images are dropped, so they come as bytes, which cost nothing to drop.
            callback: Callable[[bytes], None] = partial(self._on_image, key, binding.topic)
            node.create_subscription(Image, binding.topic, callback, IMAGES, raw=True)
        self._clock = node.get_clock()

    def start(self) -> None:
        """Begin to keep what comes."""
        self._recording = True

    def finish(self) -> EpisodeRecord:
        """Stop keeping, work out the targets of the chunks, and return the record."""
        self._recording = False
        self.record.close(self._now)
        for chunk in self._chunks:
            try:
                self.record.targets.append(self._meaning.targets(chunk))
            except (MeaningError, ValueError):
                continue  # the bridge has refused it as well, and said why
        self._chunks.clear()
        return self.record

    @property
    def _now(self) -> float:
        return float(self._clock.now().nanoseconds) * 1e-9

    def _on_joints(self, message: JointState) -> None:
        if not self._recording:
            return
        positions = dict(zip(message.name, message.position, strict=False))
        stamp = to_seconds(message.header.stamp)
        if all(name in positions for name in self.record.joint_names):
            self.record.measured.append(stamp, [positions[name] for name in self.record.joint_names])
        gripper = self._gripper
        if gripper is not None and gripper.joint in positions:
            opening = (positions[gripper.joint] - gripper.closed) / (gripper.open - gripper.closed)
            self.record.opening.append(stamp, [opening])

    def _on_state(self, message: ExecutionState) -> None:
        self.bridge_state = message.state
        if not self._recording or not message.episode_id:
            return
        stamp = to_seconds(message.header.stamp)
        positions = dict(zip(message.joint_names, message.positions, strict=False))
        if all(name in positions for name in self.record.joint_names):
            self.record.reference.append(stamp, [positions[name] for name in self.record.joint_names])
        self.record.phases.note(stamp, PHASES.get(message.state, "inactive"))
        still = message.state in (ExecutionState.STATE_HELD, ExecutionState.STATE_BRAKING)
        self.record.holds.note(stamp, message.hold_code if still and message.hold_code not in CALM else "")
        if message.has_chunk and message.chunk_sequence != self._sequence:
            self._sequence = message.chunk_sequence
            self.record.handovers.append(stamp)

    def _on_chunk(self, message: ActionChunkMessage) -> None:
        if self._recording and message.episode_id:
            try:
                self._chunks.append(chunk_from_message(message))
            except ConversionError:
                return  # the bridge refuses it, and says why

    def _on_image(self, key: str, topic: str, serialized: bytes) -> None:
        self.cameras_seen.add(key)
        now = self._now
        if not self._recording or now < self._due[key]:
            return
        # A little early is better than a camera's period late.
        self._due[key] = now + 0.8 * self._period
        message = deserialize_message(serialized, Image)
        try:
            image = decode(image_of(topic, message))
        except ImageError:
            return
        width = round(image.shape[1] * self._height / image.shape[0])
        small = cv2.resize(image, (width, self._height), interpolation=cv2.INTER_AREA)
        self.record.frames[key].append(Frame(to_seconds(message.header.stamp), np.asarray(small, dtype=np.uint8)))
