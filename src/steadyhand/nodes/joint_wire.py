"""Joint states as they travel, without a message object in between: they come up to a thousand times a second."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rclpy.serialization import deserialize_message
from sensor_msgs.msg import JointState

from steadyhand.cdr import PLAIN, CdrError, Reader, Writer
from steadyhand.nodes.conversions import to_seconds
from steadyhand.nodes.exceptions import ConversionError
from steadyhand.observation.stamps import seconds
from steadyhand.profiles.binding import Values


class JointReport(NamedTuple):
    """What is used of a joint state.

    Attributes:
        stamp: ROS clock [s].
        names: Names of the joints.
        positions: In the units of the message; mostly as many as names, which whoever uses them has to see to.
        velocities: The same; often none.
    """

    stamp: float
    names: tuple[str, ...]
    positions: Values
    velocities: Values


class _Head(NamedTuple):
    """What the messages of one driver have in common between their stamps and their positions."""

    head: bytes
    names: tuple[str, ...]


_known: dict[int, _Head] = {}
_LENGTHS = 8  # told apart; messages of further ones are read whole


def read_joint_state(data: bytes) -> JointReport:
    """Return what a subscription of sensor_msgs/JointState received.

    Raises:
        ConversionError: It ends too early, or holds what is no text.
    """
    try:
        if data[:2] != PLAIN[:2]:
            return _left_to_ros(data)
        fields = Reader(data)
        stamp = seconds(*fields.time())
        known = _known.get(len(data))
        if known is not None and fields.skip(known.head):
            names = known.names
        else:
            begin = fields.offset
            fields.text()
            names = fields.texts()
            if len(_known) < _LENGTHS:
                _known[len(data)] = _Head(data[len(PLAIN) + begin : len(PLAIN) + fields.offset], names)
        return JointReport(stamp, names, fields.doubles(), fields.doubles())
    except (CdrError, RuntimeError) as error:
        raise ConversionError(f"a joint state cannot be read: {error}") from error


def _left_to_ros(data: bytes) -> JointReport:
    """Return what is written in another way; raise RuntimeError where ROS cannot read it either."""
    message = deserialize_message(data, JointState)
    return JointReport(to_seconds(message.header.stamp), tuple(message.name), message.position, message.velocity)


def write_joint_state(names: Sequence[str], positions: NDArray[np.float64]) -> bytes:
    """Return a joint state of time 0 without velocities and efforts, as a publisher of sensor_msgs/JointState sends it.

    Args:
        names: Names of the joints.
        positions: As many [rad or m].
    """
    out = Writer()
    out.time(0, 0)
    out.text("")
    out.texts(names)
    out.doubles(positions)
    for _ in ("velocity", "effort"):
        out.doubles(np.empty(0))
    return out.finish()
