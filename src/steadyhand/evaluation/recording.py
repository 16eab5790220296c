"""What a bag recorded of an execution: the bridge's reports, the chunks, and what both depended on."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from steadyhand.chunks.messages import to_seconds
from steadyhand.evaluation.exceptions import RecordingError
from steadyhand.profiles.resources import ResourceNotFoundError, resource

REPORTS, CHUNKS, JOINTS, STATUS, PILOT, HEARTBEAT = "reports", "chunks", "joints", "status", "pilot", "heartbeat"
_PACKAGE = "steadyhand/msg/"
# Role to the message's type, and the end of the topic's name where others have topics of that type too.
_ROLES = {
    REPORTS: (_PACKAGE + "ExecutionState", "execution_state"),
    CHUNKS: (_PACKAGE + "ActionChunk", "action_chunk"),
    PILOT: (_PACKAGE + "PilotStatus", "pilot/status"),
    JOINTS: ("sensor_msgs/msg/JointState", "joint_states"),
    STATUS: ("diagnostic_msgs/msg/DiagnosticStatus", "bridge/status"),
    HEARTBEAT: ("std_msgs/msg/Header", "policy/heartbeat"),
}


@dataclass(frozen=True)
class Recorded:
    """One message.

    Attributes:
        received: When the recorder got it, on the recorder's clock [s].
        role: What it is: one of the module's constants.
        message: The message, with the fields of its definition.
    """

    received: float
    role: str
    message: Any

    @property
    def stamp(self) -> float:
        """Its header's stamp, ROS clock [s]; not a number where it has none."""
        header = self.message if self.role == HEARTBEAT else getattr(self.message, "header", None)
        return float("nan") if header is None else to_seconds(header.stamp)


@dataclass(frozen=True)
class Recording:
    """Messages of a bag in the order in which they were received.

    Attributes:
        path: The bag.
        messages: All messages of the topics that say something about the execution.
        topics: Role to the topics found, empty where the bag has none.
    """

    path: Path
    messages: tuple[Recorded, ...]
    topics: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def of(self, role: str) -> list[Recorded]:
        """Return the messages of one role, in order."""
        return [message for message in self.messages if message.role == role]

    @property
    def missing(self) -> list[str]:
        """Topics that were not recorded, by the names that they have by default."""
        return [name for role, (_, name) in _ROLES.items() if not self.topics.get(role)]


def read_recording(path: Path, joint_states: str = "") -> Recording:
    """Read a ROS 2 bag: a folder, or one .mcap or .db3 file.

    Args:
        path: The bag.
        joint_states: Topic of the arm's joint states, where its name does not end in ``joint_states``.

    Raises:
        RecordingError: It is no bag, is damaged, has no topics of steadyhand, or none of the bridge's reports.
    """
    try:
        from rosbags.highlevel import AnyReader, AnyReaderError
        from rosbags.typesys import Stores, get_typestore
    except ImportError as error:
        raise RecordingError("reading bags needs the 'bags' extra: pip install 'steadyhand[bags]'") from error
    if not path.exists():
        raise RecordingError(f"{path}: no such file or folder")
    if path.suffix == ".bag":
        raise RecordingError(f"{path}: a ROS 1 bag; steadyhand records and reads ROS 2 bags")
    damaged = (AnyReaderError, OSError, KeyError, ValueError, struct.error, AssertionError)
    try:
        own = get_typestore(Stores.ROS2_JAZZY)
        own.register(_definitions())
        with AnyReader([path], default_typestore=own) as reader:
            return _read(path, reader, own, joint_states)
    except RecordingError:
        raise
    except damaged as error:
        raise RecordingError(
            f"{path}: cannot be read as a ROS 2 bag: {type(error).__name__}: {error}. "
            "Give the folder that `ros2 bag record` made, or its .mcap or .db3 file; mend it with `ros2 bag reindex`"
        ) from error


def _read(path: Path, reader: Any, own: Any, joint_states: str) -> Recording:
    roles: dict[str, str] = {}
    for connection in reader.connections:
        for role, (kind, name) in _ROLES.items():
            wanted = connection.topic == joint_states if role == JOINTS and joint_states else False
            if connection.msgtype == kind and (wanted or connection.topic.endswith(name)):
                roles[connection.topic] = role
    topics = {role: tuple(sorted(topic for topic, of in roles.items() if of == role)) for role in _ROLES}
    recorded = sorted({connection.topic for connection in reader.connections})
    if not any(topics[role] for role in (REPORTS, CHUNKS, PILOT)):
        raise RecordingError(f"{path}: no topics of steadyhand in it; it has {', '.join(recorded) or 'no topics'}")
    if not topics[REPORTS]:
        raise RecordingError(
            f"{path}: the topic execution_state is missing, which says what the bridge did; it has "
            f"{', '.join(recorded)}. Record execution_state, action_chunk, joint_states, bridge/status, pilot/status "
            "and policy/heartbeat"
        )
    absent = {connection.msgtype for connection in reader.connections} - set(reader.typestore.fielddefs)
    reader.typestore.register({kind: own.fielddefs[kind] for kind in absent if kind in own.fielddefs})
    chosen = [connection for connection in reader.connections if connection.topic in roles]
    messages = [
        Recorded(1e-9 * received, roles[connection.topic], reader.deserialize(raw, connection.msgtype))
        for connection, received, raw in reader.messages(connections=chosen)
    ]
    expected = sum(connection.msgcount for connection in chosen)
    if len(messages) != expected:
        # A metadata file that disagrees with the storage hides messages without an error.
        raise RecordingError(
            f"{path}: {len(messages)} messages could be read, but its metadata counts {expected}: "
            "open the .mcap or .db3 file inside of it, or run `ros2 bag reindex`"
        )
    if not any(message.role == REPORTS for message in messages):
        raise RecordingError(f"{path}: execution_state was recorded, but has no messages: was the bridge running?")
    return Recording(path, tuple(sorted(messages, key=lambda message: message.received)), topics)


def _definitions() -> dict[str, Any]:
    """Return the definitions of steadyhand's messages, for bags that do not embed them."""
    from rosbags.typesys import get_types_from_msg

    try:
        folder = resource("msg")
    except ResourceNotFoundError:
        return {}
    found: dict[str, Any] = {}
    for file in sorted(folder.glob("*.msg")):
        found.update(get_types_from_msg(file.read_text(), _PACKAGE + file.stem))
    return found
