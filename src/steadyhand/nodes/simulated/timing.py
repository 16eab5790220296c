"""The two ways in which simulated time goes by: with the wall clock, or in lockstep with the nodes."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from threading import Event
from typing import Protocol

from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node
from rclpy.qos import QoSProfile
from rosgraph_msgs.msg import Clock
from std_msgs.msg import Header

from steadyhand.msg import ExecutionState
from steadyhand.nodes.conversions import to_seconds, to_time
from steadyhand.nodes.qos import EXECUTION_STATE, HEARTBEAT
from steadyhand.simulation.lockstep import Lockstep
from steadyhand.simulation.pacing import Pacer

LOCKSTEP_START = 100.0
"""First time of the clock in lockstep [s]: stamp 0 means something else, and what looks back a while stays positive."""

_REPEAT = 0.02  # between two publications of a time that stands still [s]
_ROLL_CALL = 0.25  # between two looks at who is still there [s]
_COMPLAINT = 5.0  # standing still for longer is worth a message [s]


class Timing(Protocol):
    """Gives the time of one tick after the other.

    Attributes:
        now: Time of the last tick, ROS clock [s].
        waits_for_images: The next tick has to wait until the images of this one are published.
    """

    now: float
    waits_for_images: bool

    def advance(self, stopped: Event, attend: Callable[[], None]) -> bool:
        """Wait for the next tick and set ``now`` to its time.

        Args:
            stopped: Ends the wait.
            attend: Called now and then while the time stands still.

        Returns:
            False where the wait was ended.
        """
        ...

    @property
    def pacer(self) -> Pacer:
        """What measures the speed."""
        ...


class RealTime:
    """Simulated time is the wall clock's; ticks that come too late are lost."""

    waits_for_images = False

    def __init__(self, node: Node, period: float) -> None:
        """Follow the node's clock with ticks of ``period`` [s]."""
        self._clock = node.get_clock()
        self.pacer = Pacer(period, self._read)
        self.now = self._read()

    def advance(self, stopped: Event, attend: Callable[[], None]) -> bool:
        """Wait until the next tick is due."""
        attend()
        remaining = self.pacer.remaining()
        if remaining > 0.0 and stopped.wait(remaining):
            return False
        self.now = self.pacer.tick()
        return not stopped.is_set()

    def _read(self) -> float:
        return float(self._clock.now().nanoseconds) * 1e-9


class LockstepTime:
    """Simulated time goes on when the nodes have caught up, and is published on /clock.

    Followed are the stamps of ``execution_state`` and ``policy/heartbeat``. While one is missing, time goes by at the
    wall clock's speed, so that whoever waits for it in vain notices before simulated hours have passed.
    """

    waits_for_images = True

    def __init__(self, node: Node, period: float, lead: float, patience: float, speed: float) -> None:
        """Open /clock and listen to the nodes.

        Args:
            node: The node to publish with.
            period: Of a tick [s].
            lead: How far the time may run ahead of what the nodes have reported [s].
            patience: Longest silence of a node that holds the time back [s].
            speed: Most simulated seconds in a second; 0 for no limit.
        """
        self.now = LOCKSTEP_START
        self.pacer = Pacer(period, time.monotonic, speed or 1.0)
        self._node = node
        self._period = period
        self._unlimited = speed == 0.0
        self._lockstep = Lockstep(("bridge", "policy"), lead, patience)
        self._clock = node.create_publisher(Clock, "/clock", QoSProfile(depth=10))
        group = ReentrantCallbackGroup()
        self._reports = {
            "bridge": node.create_subscription(
                ExecutionState, "execution_state", partial(self._hear, "bridge"), EXECUTION_STATE, callback_group=group
            ),
            "policy": node.create_subscription(
                Header, "policy/heartbeat", partial(self._hear, "policy"), HEARTBEAT, callback_group=group
            ),
        }

    def advance(self, stopped: Event, attend: Callable[[], None]) -> bool:
        """Wait until the nodes have caught up, then publish the time of the next tick."""
        upcoming = self.now + self._period
        attend()
        if not self._wait_for_nodes(upcoming, stopped, attend):
            return False
        remaining = self.pacer.remaining()
        paced = not (self._unlimited and self._lockstep.complete)
        if paced and remaining > 0.0 and stopped.wait(remaining):
            return False
        self.pacer.tick()
        self.now = upcoming
        self._publish()
        return not stopped.is_set()

    def _wait_for_nodes(self, upcoming: float, stopped: Event, attend: Callable[[], None]) -> bool:
        began = called = time.monotonic()
        complained = False
        while blockers := self._lockstep.blockers(upcoming):
            self._lockstep.wait(_REPEAT)
            if stopped.is_set():
                return False
            now = time.monotonic()
            if now - called > _ROLL_CALL:
                called = now
                self._call_roll()
            if now - began > _COMPLAINT and not complained:
                complained = True
                self._node.get_logger().warning(f"the time stands still at {self.now:.2f} s for {', '.join(blockers)}")
            # Whoever has joined, or lost the last message, would otherwise never hear the time.
            self._publish()
            attend()
        return True

    def _call_roll(self) -> None:
        for name, subscription in self._reports.items():
            if self._node.count_publishers(subscription.topic_name) == 0:
                self._lockstep.leave(name)

    def _hear(self, name: str, message: ExecutionState | Header) -> None:
        header = message if isinstance(message, Header) else message.header
        self._lockstep.report(name, to_seconds(header.stamp))

    def _publish(self) -> None:
        self._clock.publish(Clock(clock=to_time(self.now)))
