"""What the policy node listens to: images, joint states and the bridge's reports."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from diagnostic_msgs.msg import DiagnosticStatus
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.node import Node
from rclpy.qos import QoSProfile
from sensor_msgs.msg import CompressedImage, Image, JointState

from steadyhand.execution.reasons import Reason, Recovery
from steadyhand.msg import ExecutionState
from steadyhand.nodes.adaptive_subscription import AdaptiveSubscription
from steadyhand.nodes.backlog import backlog
from steadyhand.nodes.conversions import image_of, to_seconds
from steadyhand.nodes.exceptions import ConversionError
from steadyhand.nodes.joint_wire import read_joint_state
from steadyhand.nodes.qos import EXECUTION_STATE, IMAGES, JOINT_STATES
from steadyhand.nodes.stream_record import StreamRecord
from steadyhand.nodes.stream_reports import expected_cameras, stream_status
from steadyhand.observation.assembly import ObservationAssembler
from steadyhand.observation.exceptions import JointStateError
from steadyhand.observation.images import RawImage
from steadyhand.policies.schedule import ExecutionProgress
from steadyhand.profiles.contract import Contract

_CONTINUES = frozenset(reason.value for reason in Reason if reason.recovery is Recovery.FRESH_CHUNK)


class PolicyInputs:
    """Subscriptions that fill an assembler; each stream in a callback group of its own.

    Images and joint states are subscribed to as their publishers offer them.

    Attributes:
        complaint: Why the newest joint state could not be read, empty where it could.
    """

    def __init__(
        self,
        node: Node,
        contract: Contract,
        assembler: ObservationAssembler,
        on_image: Callable[[str, float], None],
        on_input: Callable[[], None],
        on_report: Callable[[ExecutionState], None],
    ) -> None:
        """Subscribe.

        Args:
            node: The node to subscribe with.
            contract: The deployment, which names the topics.
            assembler: Where images and joints go.
            on_image: Called with the key and the stamp of each image, ROS clock [s], before ``on_input``.
            on_input: Called after each of them.
            on_report: Called with each report of the bridge.
        """
        self.complaint = ""
        self._node = node
        self._assembler = assembler
        self._heard_image = on_image
        self._on_input = on_input
        self._on_report = on_report
        self._streams: list[AdaptiveSubscription] = []
        self._expected = expected_cameras(contract)
        self._records = {key: StreamRecord() for key in self._expected}
        for key, binding in contract.deployment.images.items():
            if binding.masked:
                continue
            if binding.transport == "compressed":
                self._listen(CompressedImage, binding.topic, partial(self._on_compressed, key, binding.topic), IMAGES)
            else:
                self._listen(Image, binding.topic, partial(self._on_image, key, binding.topic), IMAGES)
        self._joint_states = self._listen(
            JointState, contract.robot.joint_states.topic, self._on_joints, JOINT_STATES, raw=True
        )
        self._reports = node.create_subscription(
            ExecutionState,
            "execution_state",
            self._on_execution,
            EXECUTION_STATE,
            callback_group=MutuallyExclusiveCallbackGroup(),
        )

    @property
    def obstacle(self) -> str:
        """Why a stream cannot be received, with the remedy; empty where nothing stands in the way."""
        return next((stream.complaint for stream in self._streams if stream.complaint), "")

    @property
    def qualities(self) -> dict[str, str]:
        """Topic of each stream to the quality of service that it is subscribed with."""
        return {stream.topic: stream.quality for stream in self._streams}

    def look_around(self) -> None:
        """Follow what the publishers of images and joint states offer now."""
        for stream in self._streams:
            stream.look_around()

    def close(self) -> None:
        """Unsubscribe."""
        for stream in self._streams:
            stream.close()
        self._node.destroy_subscription(self._reports)
        self._streams.clear()

    def _listen(
        self, kind: type, topic: str, callback: Callable[..., None], base: QoSProfile, *, raw: bool = False
    ) -> AdaptiveSubscription:
        stream = AdaptiveSubscription(self._node, kind, topic, callback, base, raw=raw)
        self._streams.append(stream)
        return stream

    def statuses(self, now: float) -> dict[str, DiagnosticStatus]:
        """Return the diagnostics of each camera at ``now`` on the ROS clock [s], by the name of its part."""
        return {
            f"camera {key}": stream_status(record, self._expected[key], now) for key, record in self._records.items()
        }

    def _on_image(self, key: str, topic: str, message: Image) -> None:
        self._add_image(key, to_seconds(message.header.stamp), image_of(topic, message))

    def _on_compressed(self, key: str, topic: str, message: CompressedImage) -> None:
        raw = RawImage(topic, "compressed", message.data, format=message.format)
        self._add_image(key, to_seconds(message.header.stamp), raw)

    def _add_image(self, key: str, stamp: float, raw: RawImage) -> None:
        self._assembler.add_image(key, stamp, raw)
        now = float(self._node.get_clock().now().nanoseconds) * 1e-9
        self._records[key].hear(now, now - stamp)
        self._heard_image(key, stamp)
        self._on_input()

    def _on_joints(self, data: bytes) -> None:
        self._hear_joints(data)
        for waiting in backlog(self._joint_states.subscription):
            self._hear_joints(waiting)
        self._on_input()

    def _hear_joints(self, data: bytes) -> None:
        try:
            self._assembler.add_joint_state(*read_joint_state(data))
            self.complaint = ""
        except (ConversionError, JointStateError) as error:
            self.complaint = str(error)

    def _on_execution(self, message: ExecutionState) -> None:
        self._assembler.add_commanded(
            to_seconds(message.header.stamp), message.joint_names, message.positions, message.velocities
        )
        self._on_report(message)


def execution_progress(message: ExecutionState) -> ExecutionProgress:
    """Return what a report of the bridge says of the execution of its episode."""
    at_rest = message.state in (ExecutionState.STATE_HELD, ExecutionState.STATE_BRAKING)
    return ExecutionProgress(
        stamp=to_seconds(message.header.stamp),
        running=message.state == ExecutionState.STATE_RUNNING,
        waiting=at_rest and message.hold_code in _CONTINUES,
        chunk=message.chunk_sequence if message.has_chunk else None,
        remaining=message.remaining,
        delay=message.delay,
        lag=message.lag,
        # With a speed override, or where nothing is sent, the arm is not where the rows say.
        altered=message.altered or message.speed < 1.0 or message.mode == ExecutionState.MODE_SHADOW,
    )
