"""The streaming default: rolling windows on a JointTrajectoryController's topic."""

from __future__ import annotations

from rclpy.node import Node
from rclpy.publisher import Publisher
from trajectory_msgs.msg import JointTrajectory

from steadyhand.drivers.arm import absence
from steadyhand.drivers.names import trajectory_topic
from steadyhand.drivers.retirement import retire
from steadyhand.drivers.trajectory import TrajectoryWriter
from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.reference import Reference
from steadyhand.profiles.binding import JointMap


class JointTrajectoryDriver:
    """Publishes each window.

    Args:
        node: The node that publishes.
        controller: Name of the controller, the namespace of its topic.
        joints: Names and units of the joints in the controller's messages.
    """

    def __init__(self, node: Node, controller: str, joints: JointMap) -> None:
        self._writer = TrajectoryWriter(joints)
        self._publisher: Publisher = node.create_publisher(JointTrajectory, trajectory_topic(controller), 10)
        self._node = node

    @property
    def connected(self) -> bool:
        """True while a controller listens."""
        return bool(self._publisher.get_subscription_count() > 0)

    @property
    def command_topics(self) -> tuple[str, ...]:
        """The controller's topic."""
        return (self._publisher.topic_name,)

    @property
    def refusal(self) -> RefusedError | None:
        """Why no episode can begin now: nobody listens."""
        return absence(self.connected)

    @property
    def outcome(self) -> str:
        """Whether anybody listens: a topic answers nothing."""
        return "listens" if self.connected else "nobody listens"

    def take_fault(self) -> RefusedError | None:
        """Return None: a topic answers nothing, and what the arm does shows in its joint states."""
        return None

    def send(self, window: Reference) -> None:
        """Hand a window to the controller."""
        self._publisher.publish(self._writer.serialized(window))

    def close(self) -> None:
        """Give the publisher up."""
        retire(self._node, self._publisher)
