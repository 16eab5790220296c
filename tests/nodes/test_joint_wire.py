"""Joint states as they travel, against what ROS writes and reads."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("rclpy")

from builtin_interfaces.msg import Time
from rclpy.serialization import deserialize_message, serialize_message
from sensor_msgs.msg import JointState
from std_msgs.msg import Header

from steadyhand.nodes.conversions import to_seconds
from steadyhand.nodes.exceptions import ConversionError
from steadyhand.nodes.joint_wire import read_joint_state, write_joint_state


def joint_state(names: list[str], *, frame: str = "", velocities: bool = True, efforts: bool = True) -> JointState:
    values = np.random.default_rng(len(names)).normal(size=(3, len(names))).tolist()
    header = Header(stamp=Time(sec=1700000000, nanosec=123456789), frame_id=frame)
    position, velocity, effort = values
    return JointState(
        header=header,
        name=names,
        position=position,
        velocity=velocity if velocities else [],
        effort=effort if efforts else [],
    )


NAMES = [[], ["a"], ["a", "bc", "def", "ghij"], [f"panda_joint{k}" for k in range(1, 8)]]


@pytest.mark.parametrize("names", NAMES)
@pytest.mark.parametrize("letters", range(5))
@pytest.mark.parametrize("velocities", [True, False])
def test_a_joint_state_is_read_as_ros_wrote_it(names: list[str], letters: int, velocities: bool) -> None:
    message = joint_state(names, frame="f" * letters, velocities=velocities)
    # Twice: what a driver's messages have in common is not read again.
    for position in (message.position, [-value for value in message.position]):
        message.position = position
        report = read_joint_state(serialize_message(message))
        assert report.stamp == to_seconds(message.header.stamp)
        assert report.names == tuple(names)
        assert list(report.positions) == list(message.position)
        assert list(report.velocities) == list(message.velocity)


def test_drivers_whose_messages_are_equally_long_are_told_apart() -> None:
    arm, hand = joint_state(["left", "right"]), joint_state(["above", "low"])
    assert len(serialize_message(arm)) == len(serialize_message(hand))
    for message in (arm, hand, arm, hand):
        assert read_joint_state(serialize_message(message)).names == tuple(message.name)


def test_more_drivers_than_are_remembered_are_read() -> None:
    for count in range(1, 40):
        names = [f"joint{k}" for k in range(count)]
        message = joint_state(names)
        assert read_joint_state(serialize_message(message)).names == tuple(names)
        assert list(read_joint_state(serialize_message(message)).positions) == list(message.position)


def test_a_message_in_another_encoding_is_left_to_ros() -> None:
    # Big-endian CDR, as a publisher on another machine may send it.
    data = bytes.fromhex("00000000 00000005 00000006 00000001 00 000000 00000001 00000002 6100 0000 00000001")
    data += bytes(-(len(data) - 4) % 8) + np.array([1.5], ">f8").tobytes() + bytes(8)
    report = read_joint_state(data)
    assert report.names == ("a",) and list(report.positions) == [1.5] and report.stamp == 5.000000006


def test_a_joint_state_that_ends_too_early_is_refused_wherever_it_does() -> None:
    written = serialize_message(joint_state(["a", "b"], efforts=False))
    read_joint_state(written)
    # The last eight bytes are no more than the length of the efforts, and what ROS puts behind it.
    for length in range(4, len(written) - 12):
        with pytest.raises(ConversionError, match="cannot be read"):
            read_joint_state(written[:length])


def test_what_ros_cannot_read_either_is_refused() -> None:
    with pytest.raises(ConversionError, match="cannot be read"):
        read_joint_state(b"\x00\x00\x00\x00\x01")


def test_names_that_are_no_text_are_refused() -> None:
    written = serialize_message(joint_state(["elbow"])).replace(b"elbow", b"\xff\xfeabc")
    with pytest.raises(ConversionError, match="no text"):
        read_joint_state(written)


def test_ros_reads_a_joint_state_as_it_was_written_here() -> None:
    positions = np.array([0.1, -0.2, 0.3])
    message = deserialize_message(write_joint_state(["a", "bc", "def"], positions), JointState)
    assert list(message.name) == ["a", "bc", "def"] and list(message.position) == positions.tolist()
    assert len(message.velocity) == len(message.effort) == 0 and to_seconds(message.header.stamp) == 0.0
