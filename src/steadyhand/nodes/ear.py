"""Keeps what is needed to judge a topic: when its messages came, their stamps, and the newest ones."""

from __future__ import annotations

import struct
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from rclpy.node import Node
from rclpy.qos import QoSProfile
from rclpy.serialization import deserialize_message

from steadyhand.doctor.survey import Stream

_KEPT = 200
_LITTLE_ENDIAN = 1


class Ear:
    """A subscription to serialised messages: only the newest are read, so that a fast topic costs little.

    Args:
        node: The node that listens.
        kind: Type of the messages, by its name and as a class.
        topic: The topic.
        qos: As the node of ours that needs it would ask for.
        now: Gives the time on the graph's clock, None where it is not known yet, from the system's time at which the
            middleware received a message, 0 where it does not tell [s].
        stamped: True where the messages begin with a header.
        kept: How many of the newest messages are kept.
    """

    def __init__(
        self,
        node: Node,
        kind: tuple[str, Any],
        topic: str,
        qos: QoSProfile,
        now: Callable[[float], float | None],
        *,
        stamped: bool,
        kept: int = _KEPT,
    ) -> None:
        self._node = node
        self._name, self._kind = kind
        self._now = now
        self._stamped = stamped
        self._arrivals: list[float] = []
        self._stamps: list[float] = []
        self._ages: list[float] = []
        self._newest: deque[bytes] = deque(maxlen=kept)
        self._subscription = node.create_subscription(self._kind, topic, self._hear, qos, raw=True)

    @property
    def stream(self) -> Stream:
        """What was heard."""
        return Stream(self._name, tuple(self._arrivals), tuple(self._stamps), tuple(self._ages))

    @property
    def messages(self) -> list[Any]:
        """The newest messages, oldest first."""
        return [deserialize_message(message, self._kind) for message in self._newest]

    def close(self) -> None:
        """Listen no longer."""
        self._node.destroy_subscription(self._subscription)

    def _hear(self, message: bytes, info: Any) -> None:
        now = self._now(1e-9 * float(info["received_timestamp"]))
        if self._stamped:
            if now is None:
                return
            stamp = _stamp(message)
            self._stamps.append(stamp)
            self._ages.append(now - stamp)
        self._arrivals.append(time.monotonic())
        self._newest.append(message)


def _stamp(message: bytes) -> float:
    """Return the stamp of a serialised message that begins with a header [s].

    Four bytes tell how it is encoded (the second, whether little-endian), then come seconds and nanoseconds.
    """
    order = "<" if message[1] & _LITTLE_ENDIAN else ">"
    seconds, nanoseconds = struct.unpack_from(f"{order}iI", message, 4)
    return float(seconds) + 1e-9 * float(nanoseconds)
