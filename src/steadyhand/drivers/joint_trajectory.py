"""The streaming default: rolling windows on a JointTrajectoryController's topic."""

from __future__ import annotations

import array

import numpy as np
from numpy.typing import NDArray
from rclpy.node import Node
from rclpy.publisher import Publisher
from rclpy.time import Time
from trajectory_msgs.msg import JointTrajectory, JointTrajectoryPoint

from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.reference import Reference
from steadyhand.profiles.binding import JointMap

_SECOND = 1_000_000_000


class JointTrajectoryDriver:
    """Publishes windows with a non-zero stamp, whose first points lie at or before now.

    A JointTrajectoryController bridges from the measured state to the first point still to come; points already
    passed make it sample inside our curve instead.

    Args:
        node: The node that publishes.
        controller: Name of the controller, the namespace of its topic.
        joints: Names and units of the joints in the controller's messages.
    """

    def __init__(self, node: Node, controller: str, joints: JointMap) -> None:
        self._names = list(joints.names)
        self._factors = np.array([binding.factor for binding in joints.bindings])
        self._offsets = np.array([binding.offset for binding in joints.bindings])
        self._publisher: Publisher = node.create_publisher(JointTrajectory, f"/{controller}/joint_trajectory", 10)
        self._points: list[JointTrajectoryPoint] = []
        self._node = node

    @property
    def connected(self) -> bool:
        """True while a controller listens."""
        return bool(self._publisher.get_subscription_count() > 0)

    @property
    def outcome(self) -> str:
        """Whether anybody listens: a topic answers nothing."""
        return "listens" if self.connected else "nobody listens"

    def take_fault(self) -> RefusedError | None:
        """Return None: a topic answers nothing, and what the arm does shows in its joint states."""
        return None

    def send(self, window: Reference) -> None:
        """Hand a window to the controller."""
        message = JointTrajectory()
        message.header.stamp = Time(nanoseconds=round(window.start * 1e9)).to_msg()
        message.joint_names = self._names
        positions = window.positions / self._factors + self._offsets
        velocities, accelerations = window.velocities / self._factors, window.accelerations / self._factors
        since_start = np.rint((window.times - window.start) * 1e9).astype(np.int64).tolist()
        # Points are used again: to make them anew takes longer than to send them.
        self._points += [JointTrajectoryPoint() for _ in range(len(since_start) - len(self._points))]
        message.points = self._points[: len(since_start)]
        for k, point in enumerate(message.points):
            point.positions = _doubles(positions[k])
            point.velocities = _doubles(velocities[k])
            point.accelerations = _doubles(accelerations[k])
            point.time_from_start.sec, point.time_from_start.nanosec = divmod(since_start[k], _SECOND)
        self._publisher.publish(message)

    def close(self) -> None:
        """Give the publisher up."""
        self._node.destroy_publisher(self._publisher)


def _doubles(row: NDArray[np.float64]) -> array.array[float]:
    """Return a row as the array that messages hold: a fifth of the time that going through its numbers takes."""
    return array.array("d", row.tobytes())
