"""What a running graph shows of itself: nodes, streams, policy, bridge and episode, gathered by listening."""

from __future__ import annotations

import os
import struct
import time
from collections import deque
from dataclasses import asdict, dataclass, field
from functools import partial
from statistics import median
from typing import Any

from diagnostic_msgs.msg import DiagnosticStatus
from lifecycle_msgs.srv import GetState
from rclpy.clock import Clock, ClockType
from rclpy.parameter import Parameter
from rclpy.qos import QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import CompressedImage, Image, JointState
from std_msgs.msg import Header

from steadyhand.episodes.phase import Phase
from steadyhand.execution.mode import Mode
from steadyhand.execution.phase import Phase as BridgePhase
from steadyhand.msg import ActionChunk, ExecutionState, PilotStatus
from steadyhand.nodes.conversions import to_seconds
from steadyhand.nodes.instruction_goal import PHASES
from steadyhand.nodes.own_node import OwnNode
from steadyhand.nodes.qos import CHUNKS, EXECUTION_STATE, HEARTBEAT, LATCHED

NODES = ("policy", "bridge", "pilot")
_STAMPED = {
    "sensor_msgs/msg/Image": Image,
    "sensor_msgs/msg/CompressedImage": CompressedImage,
    "sensor_msgs/msg/JointState": JointState,
}
_STREAM = QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)
_RECENT = 2.0
# Serialised: four bytes of encapsulation, then the header's stamp.
_STAMP = struct.Struct("<iI")
_BRIDGE_STATES = tuple(phase.value for phase in BridgePhase)


@dataclass(frozen=True)
class StreamStatus:
    """A stream: its rate over the last 2 s [Hz], the age of its newest stamp and the silence since its receipt [s]."""

    rate: float
    age: float | None
    silence: float


@dataclass(frozen=True)
class GraphStatus:
    """A moment of the graph; what has not been heard is None or empty.

    Attributes:
        namespace: Of the nodes.
        nodes: Node to its lifecycle state, ``absent`` where it does not answer.
        streams: What the policy listens to, by topic; and the reports of policy and bridge.
        episode: Phase, instruction, episodes so far, and what became of the last goal.
        policy: Chunks seen, inference latencies of the last ones [s], what it lacks.
        bridge: State, mode, speed, hold with remedy, reference left [s], delay from observation to hand-over [s].
    """

    namespace: str
    nodes: dict[str, str]
    streams: dict[str, StreamStatus] = field(default_factory=dict)
    episode: dict[str, Any] = field(default_factory=dict)
    policy: dict[str, Any] = field(default_factory=dict)
    bridge: dict[str, Any] = field(default_factory=dict)

    @property
    def alive(self) -> bool:
        """True where any of the nodes answers."""
        return any(state != "absent" for state in self.nodes.values())

    def document(self) -> dict[str, Any]:
        """Return all of it for a program."""
        return asdict(self)


class _Stream:
    def __init__(self) -> None:
        self.arrivals: deque[float] = deque(maxlen=400)
        self.stamp: float | None = None

    def hear(self, stamp: float | None) -> None:
        self.arrivals.append(time.monotonic())
        self.stamp = stamp

    def status(self, now: float) -> StreamStatus | None:
        if not self.arrivals:
            return None
        at = time.monotonic()
        recent = [t for t in self.arrivals if at - t <= _RECENT]
        span = recent[-1] - recent[0] if len(recent) > 1 else 0.0
        rate = (len(recent) - 1) / span if span > 0.0 else 0.0
        return StreamStatus(rate, None if self.stamp is None else now - self.stamp, at - self.arrivals[-1])


class StatusMonitor:
    """A node that listens to the graph of a namespace; the streams are those that the policy node listens to.

    Args:
        namespace: Of the nodes.
        streams: Listen to images and joint states too, which costs as much as one more policy that looks.
    """

    def __init__(self, namespace: str = "", *, streams: bool = True) -> None:
        """Connect."""
        self._space = "/" + namespace.strip("/")
        self._own = OwnNode(f"status_{os.getpid()}", namespace=namespace)
        self._node = node = self._own.node
        self._listens = streams
        self._states = dict.fromkeys(NODES, "absent")
        self._heard = dict.fromkeys(NODES, 0.0)
        self._streams: dict[str, _Stream] = {}
        self._pilot: PilotStatus | None = None
        self._bridge: ExecutionState | None = None
        self._diagnostics: dict[str, DiagnosticStatus] = {}
        self._latencies: deque[float] = deque(maxlen=100)
        self._chunks = 0
        self._watched: set[str] = set()
        node.create_subscription(PilotStatus, "pilot/status", self._on_pilot, LATCHED)
        node.create_subscription(ExecutionState, "execution_state", self._on_bridge, EXECUTION_STATE)
        node.create_subscription(Header, "policy/heartbeat", self._on_heartbeat, HEARTBEAT)
        node.create_subscription(ActionChunk, "action_chunk", self._on_chunk, CHUNKS)
        node.create_subscription(DiagnosticStatus, "bridge/status", self._on_bridge_status, LATCHED)
        self._clients = {name: node.create_client(GetState, f"{name}/get_state") for name in NODES}
        node.create_timer(0.5, self._look, clock=Clock(clock_type=ClockType.STEADY_TIME))
        self._own.spin()

    @property
    def complete(self) -> bool:
        """True once bridge, pilot and a stream have been heard, and all nodes have said their state."""
        heard = self._bridge is not None and self._pilot is not None and bool(self._diagnostics)
        return heard and "absent" not in self._states.values() and (bool(self._watched) or not self._listens)

    def status(self) -> GraphStatus:
        """Return what is known now."""
        now = float(self._node.get_clock().now().nanoseconds) * 1e-9
        found = {name: stream.status(now) for name, stream in sorted(self._streams.items())}
        return GraphStatus(
            self._space,
            dict(self._states),
            {name: status for name, status in found.items() if status is not None},
            self._episode_status(),
            self._policy_status(),
            self._bridge_status(),
        )

    def close(self) -> None:
        """Disconnect."""
        self._own.close()

    def _episode_status(self) -> dict[str, Any]:
        pilot = self._pilot
        if pilot is None:
            return {}
        return {
            "phase": PHASES[Phase(pilot.phase)],
            "instruction": pilot.instruction,
            "deployment": pilot.deployment,
            "episodes": pilot.episodes,
            "last_outcome": pilot.last_outcome,
            "last_message": pilot.last_message,
        }

    def _policy_status(self) -> dict[str, Any]:
        latencies = sorted(self._latencies)
        if not latencies:
            return {"chunks": self._chunks}
        return {
            "chunks": self._chunks,
            "latency_median": median(latencies),
            "latency_p95": latencies[min(len(latencies) - 1, int(0.95 * len(latencies)))],
            "latency_newest": self._latencies[-1],
        }

    def _bridge_status(self) -> dict[str, Any]:
        report = self._bridge
        if report is None:
            return {}
        said = self._diagnostics.get("bridge")
        values = {} if said is None else {value.key: value.value for value in said.values}
        return {
            "state": _BRIDGE_STATES[report.state],
            "mode": tuple(Mode)[report.mode].value,
            "speed": report.speed,
            "hold_code": report.hold_code,
            "hold_message": report.hold_message,
            "remedy": values.get("remedy", "") if report.hold_code else "",
            "remaining": report.remaining,
            "delay": report.delay,
            "lag": report.lag,
            "chunks_refused": values.get("chunks refused", ""),
            "speed_scaling": values.get("speed scaling", ""),
        }

    def _look(self) -> None:
        """Ask the nodes for their states, and find out what the policy listens to."""
        for name, client in self._clients.items():
            if client.service_is_ready():
                client.call_async(GetState.Request()).add_done_callback(partial(self._on_state, name))
            if time.monotonic() - self._heard[name] > _RECENT:
                self._states[name] = "absent"
        simulated = self._node.count_publishers("/clock") > 0
        if simulated != self._node.get_parameter("use_sim_time").value:
            self._node.set_parameters([Parameter("use_sim_time", value=simulated)])
        if not self._listens or self._states["policy"] == "absent":
            return
        try:
            topics = self._node.get_subscriber_names_and_types_by_node("policy", self._space)
        except Exception:  # it has gone meanwhile: rclpy has no class for it in every distribution
            return
        for topic, kinds in topics:
            if topic not in self._watched and kinds and kinds[0] in _STAMPED:
                self._watched.add(topic)
                callback = partial(self._on_stamped, topic)
                self._node.create_subscription(_STAMPED[kinds[0]], topic, callback, _STREAM, raw=True)

    def _on_state(self, name: str, future: Any) -> None:
        if future.result() is not None:
            self._states[name], self._heard[name] = future.result().current_state.label, time.monotonic()

    def _hear(self, name: str, stamp: float | None) -> None:
        self._streams.setdefault(name, _Stream()).hear(stamp)

    def _on_stamped(self, topic: str, message: bytes) -> None:
        seconds, nanoseconds = _STAMP.unpack_from(message, 4)
        self._hear(topic, seconds + 1e-9 * nanoseconds)

    def _on_pilot(self, message: PilotStatus) -> None:
        self._pilot = message

    def _on_bridge(self, message: ExecutionState) -> None:
        self._bridge = message
        self._hear("execution_state", to_seconds(message.header.stamp))

    def _on_heartbeat(self, _message: Header) -> None:
        self._hear("policy/heartbeat", None)

    def _on_chunk(self, message: ActionChunk) -> None:
        self._chunks += 1
        self._latencies.append(to_seconds(message.inference_latency))
        self._hear("action_chunk", to_seconds(message.header.stamp))

    def _on_bridge_status(self, message: DiagnosticStatus) -> None:
        self._diagnostics["bridge"] = message
