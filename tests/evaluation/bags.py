"""Bags of a bridge at work, written without ROS: what the node would publish, by the writer of rosbags."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from rosbags.rosbag2 import StoragePlugin, Writer
from rosbags.typesys import Stores, get_types_from_msg, get_typestore

from steadyhand.chunks.chunk import ActionChunk
from steadyhand.execution.bridge import Bridge
from steadyhand.execution.phase import Phase
from steadyhand.execution.reference import Reference
from steadyhand.profiles.contract import Contract
from steadyhand.profiles.resources import resource

STORE = get_typestore(Stores.ROS2_JAZZY)
for _file in resource("msg").glob("*.msg"):
    STORE.register(get_types_from_msg(_file.read_text(), f"steadyhand/msg/{_file.stem}"))
KINDS = {
    "/execution_state": "steadyhand/msg/ExecutionState",
    "/action_chunk": "steadyhand/msg/ActionChunk",
    "/joint_states": "sensor_msgs/msg/JointState",
    "/bridge/status": "diagnostic_msgs/msg/DiagnosticStatus",
    "/pilot/status": "steadyhand/msg/PilotStatus",
    "/policy/heartbeat": "std_msgs/msg/Header",
}


def make(kind: str, **fields: Any) -> Any:
    """Return a message of a type, with zeros for what is not given."""
    store = STORE.types[kind]
    values: dict[str, Any] = {}
    for name, (node, element) in STORE.fielddefs[kind][1]:
        if name in fields:
            values[name] = fields[name]
        elif node.name == "NAME":
            values[name] = make(str(element))
        elif node.name == "BASE":
            values[name] = {"string": "", "bool": False}.get(str(element[0]), 0)
        else:
            values[name] = np.empty(0) if "float64" in str(element) else []
    return store(**values)


def time(seconds: float) -> Any:
    whole, rest = divmod(round(seconds * 1e9), 1_000_000_000)
    return make("builtin_interfaces/msg/Time", sec=whole, nanosec=rest)


def header(seconds: float) -> Any:
    return make("std_msgs/msg/Header", stamp=time(seconds))


class Bag:
    """Messages to be written."""

    def __init__(self) -> None:
        self.messages: list[tuple[float, str, Any]] = []

    def add(self, received: float, topic: str, **fields: Any) -> None:
        self.messages.append((received, topic, make(KINDS[topic], **fields)))

    def write(self, path: Path, storage: StoragePlugin = StoragePlugin.MCAP, leave_out: tuple[str, ...] = ()) -> Path:
        topics = [topic for topic in KINDS if topic not in leave_out]
        with Writer(path, version=8, storage_plugin=storage) as writer:
            connections = {topic: writer.add_connection(topic, KINDS[topic], typestore=STORE) for topic in topics}
            for received, topic, message in sorted(self.messages, key=lambda item: item[0]):
                if topic in topics:
                    raw = STORE.serialize_cdr(message, KINDS[topic])
                    writer.write(connections[topic], round(received * 1e9), raw)
        return path


class Scene:
    """A bridge, an arm that follows it, a policy and a pilot, all of whom are recorded."""

    STEP = 0.05

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.bag = Bag()
        self.bridge = Bridge(contract)
        self.now = 50.0
        self.hears = {"joints", "pilot", "policy"}
        self.sequence = 0
        self._measured = contract.robot.home_positions.copy()
        self._window: Reference | None = None
        self._wall = 1.7e9 - self.now
        self.bridge.activate()

    def begin(self, speed: float = 1.0) -> None:
        self.advance(0.2)
        self.bridge.open("episode-1", self.now, self._steady, shadow=False, speed=speed)
        self.advance(0.2)
        self.bridge.run("episode-1", self._steady)
        self.advance(0.1)

    def advance(self, duration: float) -> None:
        for _ in range(round(duration / self.STEP)):
            self.now = round(self.now + self.STEP, 6)
            self._inputs()
            self._tick()

    def chunk(self, **changes: Any) -> ActionChunk:
        policy = self.contract.policy
        rows = np.zeros((policy.horizon, len(policy.dimension_names)))
        rows[:, 0] = 0.005 * np.arange(1, policy.horizon + 1)
        rows[:, -1] = 1.0
        good = ActionChunk(
            stamp=self.now - 0.1,
            rows=rows,
            dimension_names=policy.dimension_names,
            dt=policy.dt,
            first_row_offset=policy.dt * policy.first_row,
            state_names=self.contract.robot.joint_names,
            state=self._measured,
            inputs={"front": self.now - 0.1},
            episode_id="episode-1",
            sequence=self.sequence,
            profile_hash=self.contract.hash,
        )
        self.sequence += 1
        return replace(good, **changes)

    def receive(self, **changes: Any) -> None:
        """Receive a chunk between two ticks."""
        self.now = round(self.now + 0.02, 6)
        chunk = self.chunk(**changes)
        self.bag.add(
            self._steady - 0.001,
            "/action_chunk",
            header=header(chunk.stamp),
            episode_id=chunk.episode_id,
            sequence=chunk.sequence,
            profile_hash=chunk.profile_hash,
            dimension_names=list(chunk.dimension_names),
            dt=chunk.dt,
            first_row_offset=chunk.first_row_offset,
            horizon=len(chunk.rows),
            data=chunk.rows.ravel(),
            state_names=list(chunk.state_names),
            state=chunk.state,
            inputs=[make("steadyhand/msg/InputStamp", name=n, stamp=time(s)) for n, s in chunk.inputs.items()],
            inference_latency=make("builtin_interfaces/msg/Duration", nanosec=60_000_000),
        )
        self.bridge.receive(chunk, self.now)
        self._tick()

    @property
    def _steady(self) -> float:
        return self._wall + self.now

    def _inputs(self) -> None:
        if self._window is not None:
            self._measured = self._window.sample(self.now).position
        if "joints" in self.hears:
            self.bridge.watch.hear_joints(self.now, self._measured)
            names = list(self.bridge.joint_names)
            at = self._steady - 0.002
            self.bag.add(at, "/joint_states", header=header(self.now), name=names, position=self._measured.copy())
        if "pilot" in self.hears:
            self.bridge.watch.hear_pilot(self._steady)
            episode = self.bridge.executor.episode_id
            self.bag.add(self._steady - 0.002, "/pilot/status", header=header(self.now), episode_id=episode)
        if "policy" in self.hears:
            self.bridge.watch.hear_policy(self._steady)
            self.bag.add(self._steady - 0.002, "/policy/heartbeat", stamp=time(self.now))

    def _tick(self) -> None:
        command = self.bridge.tick(self.now, self._steady)
        if command.motion is not None:
            self._window = command.motion
        executor = self.bridge.executor
        fields: dict[str, Any] = {}
        if executor.chunk is not None and executor.stitched is not None:
            altered = executor.stitched.stretch * executor.speed > 1.0 + 1e-9
            fields = {
                "has_chunk": True,
                "chunk_sequence": executor.chunk.sequence,
                "altered": altered,
                "lag": executor.stitched.lag,
            }
        state = None if executor.reference is None else executor.reference.sample(self.now)
        self.bag.add(
            self._steady + 0.001,
            "/execution_state",
            header=header(self.now),
            episode_id=executor.episode_id,
            state=list(Phase).index(executor.phase),
            hold_code="" if executor.reason is None else str(executor.reason),
            hold_message=executor.message,
            joint_names=list(self.bridge.joint_names),
            positions=np.empty(0) if state is None else state.position,
            speed=executor.speed,
            **fields,
        )
        counts = [
            make("diagnostic_msgs/msg/KeyValue", key=f"count {code}", value=str(count))
            for code, count in sorted(executor.refusals.items())
        ]
        self.bag.add(self._steady + 0.0015, "/bridge/status", name="steadyhand: bridge", values=counts)
