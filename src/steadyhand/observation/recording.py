"""Recordings: the inputs of a policy out of a bag, without ROS. Needs the extra ``bags``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from steadyhand.exceptions import SteadyhandError
from steadyhand.observation.exceptions import JointStateError, RecordingError
from steadyhand.observation.images import RawImage
from steadyhand.observation.stamps import seconds
from steadyhand.profiles.contract import Contract


class InputSink(Protocol):
    """What takes the inputs: an assembler, or a replay."""

    def add_image(self, key: str, stamp: float, raw: RawImage) -> None:
        """Take an image message with its header's stamp, ROS clock [s]."""

    def add_joint_state(
        self, stamp: float, names: Sequence[str], positions: Sequence[float], velocities: Sequence[float]
    ) -> None:
        """Take a joint state message with its header's stamp, ROS clock [s]."""

    def add_commanded(
        self, stamp: float, names: Sequence[str], positions: Sequence[float], velocities: Sequence[float]
    ) -> None:
        """Take the reference that the bridge reported for ``stamp``, ROS clock [s]."""


def feed(path: Path, contract: Contract, sink: InputSink, *, reports: str = "/execution_state") -> Iterator[float]:
    """Hand a bag's messages to a sink in their order of receipt; joint states that cannot be read are passed over.

    Args:
        path: Folder of a bag, or its mcap or db3 file.
        contract: The deployment, which names the topics.
        sink: Where the inputs go.
        reports: Topic of the bridge's reports.

    Yields:
        Time of receipt of every message, after it was handed over, the recorder's clock [s].

    Raises:
        RecordingError: The bag cannot be read, or ends before its end.
    """
    handlers: dict[str, list[Callable[[Any], None]]] = {}
    for key, binding in contract.deployment.images.items():
        if not binding.masked:
            handlers.setdefault(binding.topic, []).append(_image_handler(key, binding.topic, sink))

    def hear(message: Any) -> None:
        try:
            sink.add_joint_state(_stamp(message), message.name, message.position, message.velocity)
        except JointStateError:
            return  # as the node does: the state is then missing, and is said to be

    handlers.setdefault(contract.robot.joint_states.topic, []).append(hear)
    handlers.setdefault(reports, []).append(
        lambda message: sink.add_commanded(_stamp(message), message.joint_names, message.positions, message.velocities)
    )
    for topic, received, message in _messages(path, list(handlers)):
        for handle in handlers[topic]:
            handle(message)
        yield received


def recorded_inputs(path: Path, topic: str = "/action_chunk") -> list[Mapping[str, float]]:
    """Return the stamps of the inputs of every recorded chunk, in their order of receipt.

    Raises:
        RecordingError: The bag cannot be read, or ends before its end.
    """
    return [
        {entry.name: seconds(entry.stamp.sec, entry.stamp.nanosec) for entry in message.inputs}
        for _, _, message in _messages(path, [topic])
    ]


def _image_handler(key: str, topic: str, sink: InputSink) -> Callable[[Any], None]:
    def handle(message: Any) -> None:
        if hasattr(message, "format"):
            raw = RawImage(topic, "compressed", message.data, format=message.format)
        else:
            raw = RawImage(
                topic,
                message.encoding,
                message.data,
                message.height,
                message.width,
                message.step,
                big_endian=bool(message.is_bigendian),
            )
        sink.add_image(key, _stamp(message), raw)

    return handle


def _stamp(message: Any) -> float:
    return seconds(message.header.stamp.sec, message.header.stamp.nanosec)


def _messages(path: Path, topics: Sequence[str]) -> Iterator[tuple[str, float, Any]]:
    """Yield topic, time of receipt and content of every message of some topics."""
    with _opened(path) as reader:
        connections = [connection for connection in reader.connections if connection.topic in topics]
        promised, read = sum(connection.msgcount for connection in connections), 0
        # Without connections a reader gives every message there is.
        for connection, received, data in reader.messages(connections=connections) if connections else ():
            read += 1
            yield connection.topic, 1e-9 * received, reader.deserialize(data, connection.msgtype)
        if read < promised:
            raise RecordingError(
                f"{path} promises {promised} messages of {', '.join(topics)} and has {read}: its metadata.yaml does "
                "not belong to its storage file. Give the file itself instead of the folder"
            )


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    try:
        from rosbags.highlevel import AnyReader
        from rosbags.typesys import Stores, get_typestore
    except ImportError as error:
        raise RecordingError(
            f"bags are read with rosbags, which cannot be imported: {error}. Install steadyhand[bags]"
        ) from error
    try:
        with AnyReader([Path(path)], default_typestore=get_typestore(Stores.ROS2_JAZZY)) as reader:
            yield reader
    except SteadyhandError:
        raise
    except Exception as error:  # what a damaged file raises depends on its storage and its compression
        raise RecordingError(f"{path} cannot be read: {type(error).__name__}: {error}") from error
