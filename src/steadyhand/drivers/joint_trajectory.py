"""The streaming default: rolling windows on a JointTrajectoryController's topic."""

from __future__ import annotations

import array

import numpy as np
from rclpy.duration import Duration
from rclpy.node import Node
from rclpy.publisher import Publisher
from rclpy.time import Time
from trajectory_msgs.msg import JointTrajectory, JointTrajectoryPoint

from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.reasons import Reason
from steadyhand.execution.reference import Reference
from steadyhand.profiles.binding import JointMap


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
        self._node = node

    @property
    def connected(self) -> bool:
        """True while a controller listens."""
        return bool(self._publisher.get_subscription_count() > 0)

    @property
    def refusal(self) -> RefusedError | None:
        """Why no episode can begin now: nobody listens."""
        if self.connected:
            return None
        return RefusedError(Reason.CONTROLLER_ABSENT, "no controller listens to the arm's command topic")

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
        for k, time in enumerate(window.times):
            point = JointTrajectoryPoint()
            point.positions = array.array("d", positions[k])
            point.velocities = array.array("d", velocities[k])
            point.accelerations = array.array("d", accelerations[k])
            point.time_from_start = Duration(nanoseconds=round((time - window.start) * 1e9)).to_msg()
            message.points.append(point)
        self._publisher.publish(message)

    def close(self) -> None:
        """Give the publisher up."""
        self._node.destroy_publisher(self._publisher)
