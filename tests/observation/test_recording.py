"""Bags of both storages, written with rosbags: what was recorded gives what was observed, bit by bit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scenario import BEGIN, FRONT, WRIST, Message, bits, in_message, live, scenario

from steadyhand.chunks.arm import arm_model
from steadyhand.observation.exceptions import RecordingError
from steadyhand.observation.observation import Observation
from steadyhand.observation.recording import feed, recorded_inputs
from steadyhand.observation.replay import ObservationReplay
from steadyhand.profiles.contract import Contract

rosbags = pytest.importorskip("rosbags", reason="the extra 'bags' is not installed")

MESSAGES = Path(__file__).parents[2] / "msg"
CHUNK, REPORT = "steadyhand/msg/ActionChunk", "steadyhand/msg/ExecutionState"


class Recorder:
    """A bag that is written."""

    def __init__(self, writer: Any, store: Any) -> None:
        self._writer, self._store = writer, store
        self._connections: dict[str, Any] = {}
        self._received = BEGIN * 1_000_000_000

    def write(self, topic: str, kind: str, **content: Any) -> None:
        """Write a message whose keys of no account are left at their defaults."""
        if topic not in self._connections:
            self._connections[topic] = self._writer.add_connection(topic, kind, typestore=self._store)
        self._received += 1_000_000
        message = self._store.types[kind](**content)
        self._writer.write(self._connections[topic], self._received, self._store.serialize_cdr(message, kind))

    def time(self, nanoseconds: int) -> Any:
        return self._store.types["builtin_interfaces/msg/Time"](*divmod(nanoseconds, 1_000_000_000))

    def header(self, nanoseconds: int) -> Any:
        return self._store.types["std_msgs/msg/Header"](self.time(nanoseconds), "")

    def give(self, *messages: Message) -> None:
        """Write messages of the scenario."""
        for message in messages:
            self._give(message)

    def _give(self, message: Message) -> None:
        content, header = message.content, self.header(message.stamp)
        if message.topic == FRONT:
            pixels = content["pixels"]
            self.write(
                FRONT, "sensor_msgs/msg/Image", header=header, height=pixels.shape[0], width=pixels.shape[1],
                encoding=content["encoding"], is_bigendian=0, step=pixels.shape[1], data=pixels.reshape(-1),
            )  # fmt: skip
        elif message.topic == WRIST:
            self.write(
                WRIST, "sensor_msgs/msg/CompressedImage", header=header, format=content["format"],
                data=content["data"].reshape(-1),
            )  # fmt: skip
        elif message.topic == "/joint_states":
            self.write(
                message.topic, "sensor_msgs/msg/JointState", header=header, name=list(content["names"]),
                position=content["positions"], velocity=content["velocities"], effort=np.zeros(0),
            )  # fmt: skip
        else:
            named = {"joint_names": list(content["names"]), "positions": content["positions"]}
            self.write(
                message.topic, REPORT, header=header, **named, velocities=content["velocities"], **self._blank(REPORT)
            )

    def chunk(self, observation: Observation) -> None:
        """Write a chunk that carries an observation's stamps."""
        stamp = self._store.types["steadyhand/msg/InputStamp"]
        inputs = [stamp(name, self.time(round(time * 1e9))) for name, time in observation.inputs.items()]
        header = self.header(round(observation.stamp * 1e9))
        self.write("/action_chunk", CHUNK, header=header, inputs=inputs, **self._blank(CHUNK))

    def _blank(self, kind: str) -> dict[str, Any]:
        """Every field but those that are given."""
        given = {"header", "inputs", "joint_names", "positions", "velocities"}
        return {name: self._default(field) for name, field in self._fields(kind) if name not in given}

    def _fields(self, kind: str) -> list[tuple[str, Any]]:
        return list(self._store.fielddefs[kind][1])

    def _default(self, field: Any) -> Any:
        node, detail = field
        if node.name == "BASE":
            return {"string": "", "bool": False}.get(detail[0], 0.0 if detail[0].startswith("float") else 0)
        if node.name == "NAME":
            return self._store.types[detail](**{name: self._default(inner) for name, inner in self._fields(detail)})
        return [] if detail[0][1][0] == "string" or detail[0][0].name == "NAME" else np.zeros(0, detail[0][1][0])


Record = Callable[[Callable[[Recorder], None]], Path]


def joint_states() -> list[Message]:
    return [message for message in scenario(1, 0.3) if message.topic == "/joint_states"]


@pytest.fixture(params=["mcap", "sqlite3"])
def record(request: pytest.FixtureRequest, tmp_path: Path) -> Record:
    from rosbags.rosbag2 import StoragePlugin, Writer
    from rosbags.typesys import Stores, get_types_from_msg, get_typestore

    store = get_typestore(Stores.ROS2_JAZZY)
    for name in ("InputStamp", "ActionChunk", "ExecutionState"):
        store.register(get_types_from_msg((MESSAGES / f"{name}.msg").read_text(), f"steadyhand/msg/{name}"))

    def make(fill: Callable[[Recorder], None]) -> Path:
        path = tmp_path / "bag"
        with Writer(path, version=9, storage_plugin=StoragePlugin[request.param.upper()]) as writer:
            fill(Recorder(writer, store))
        return path

    return make


def test_a_bag_gives_every_observation_again_bit_by_bit(recorded: Contract, record: Record, tmp_path: Path) -> None:
    messages = scenario(11)
    observations = live(recorded, messages)
    assert len(observations) > 10

    def fill(recorder: Recorder) -> None:
        recorder.give(*messages)
        for observation in observations:
            recorder.chunk(observation)

    path = record(fill)
    inputs = recorded_inputs(path)
    assert inputs == [in_message(observation.inputs) for observation in observations]
    replay = ObservationReplay(recorded, inputs, arm_model(recorded), "pick up the red cube")
    found = {}
    for _ in feed(path, recorded, replay):
        found.update({one.index: one.observation for one in replay.completed()})
    assert not replay.incomplete()
    for index, observation in enumerate(observations):
        assert bits(found[index]) == bits(observation)


def test_the_inputs_that_a_recorder_lost_are_counted(recorded: Contract, record: Record) -> None:
    messages = scenario(12)
    observations = live(recorded, messages)
    path = record(lambda recorder: recorder.give(*(one for one in messages if one.topic != WRIST)))
    replay = ObservationReplay(recorded, [one.inputs for one in observations], arm_model(recorded))
    for _ in feed(path, recorded, replay):
        pass
    assert not list(replay.completed())
    assert {one.missing for one in replay.incomplete()} == {("wrist", "wrist[-1]")}


def test_a_folder_that_promises_more_than_its_file_has_is_an_error(recorded: Contract, record: Record) -> None:
    elsewhere = replace(recorded, deployment=recorded.deployment.model_copy(update={"images": {}}))
    path = record(lambda recorder: recorder.give(*joint_states()))
    metadata = path / "metadata.yaml"
    metadata.write_text(metadata.read_text().replace("name: /joint_states", "name: /renamed"))
    robot = recorded.robot.model_copy(
        update={"joint_states": recorded.robot.joint_states.model_copy(update={"topic": "/renamed"})}
    )
    sink = ObservationReplay(recorded, [], arm_model(recorded))
    with pytest.raises(RecordingError, match=r"metadata\.yaml does not belong"):
        list(feed(path, replace(elsewhere, robot=robot), sink))


def test_what_is_no_bag_is_an_error_that_names_it(recorded: Contract, tmp_path: Path) -> None:
    sink = ObservationReplay(recorded, [], arm_model(recorded))
    with pytest.raises(RecordingError, match="nowhere cannot be read"):
        list(feed(tmp_path / "nowhere", recorded, sink))
    damaged = tmp_path / "damaged.mcap"
    damaged.write_bytes(b"\x89MCAP0\r\n" + bytes(64))
    with pytest.raises(RecordingError, match=r"damaged\.mcap cannot be read"):
        list(feed(damaged, recorded, sink))


def test_a_bag_of_other_topics_gives_nothing(recorded: Contract, record: Record) -> None:
    path = record(lambda recorder: recorder.give(*(one for one in scenario(1, 0.3) if one.topic == FRONT)))
    assert recorded_inputs(path) == []
    replay = ObservationReplay(recorded, [], arm_model(recorded))
    assert list(feed(path, recorded, replay, reports="/none")) and not replay.incomplete()
