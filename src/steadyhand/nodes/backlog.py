"""Messages that wait in a subscription's queue."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from rclpy.exceptions import InvalidHandle
from rclpy.subscription import Subscription


def backlog(subscription: Subscription) -> Iterator[Any]:
    """Take everything that waits, oldest first.

    An executor takes one message of a topic in each of its rounds, while /clock jumps to the newest time. Where rounds
    are fewer than messages, fresh data would seem to grow old in the queue.
    """
    # A timer that is already due when its node disconnects still comes.
    with suppress(InvalidHandle), subscription.handle:
        while (taken := subscription.handle.take_message(subscription.msg_type, subscription.raw)) is not None:
            yield taken[0]
