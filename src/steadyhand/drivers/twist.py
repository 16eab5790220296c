"""Mobile bases that take velocities."""

from __future__ import annotations

from geometry_msgs.msg import Twist, TwistStamped
from rclpy.node import Node
from rclpy.time import Time

from steadyhand.drivers.base_timeout import BaseTimeout
from steadyhand.drivers.retirement import retire
from steadyhand.execution.base import BaseVelocity
from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.reasons import Reason
from steadyhand.profiles.mobile_base import MobileBase


class TwistDriver:
    """Publishes geometry_msgs/Twist or TwistStamped. Without a message the base stops after its own timeout.

    Attributes:
        timeout: What the base's controller says of that timeout.
    """

    def __init__(self, node: Node, base: MobileBase) -> None:
        self._node = node
        self._stamped = base.message == "twist_stamped"
        self._frame = base.frame
        self._publisher = node.create_publisher(TwistStamped if self._stamped else Twist, base.topic, 10)
        self.timeout = BaseTimeout(node, base)

    @property
    def connected(self) -> bool:
        """True while a base listens."""
        return bool(self._publisher.get_subscription_count() > 0)

    @property
    def command_topics(self) -> tuple[str, ...]:
        """Topics that nobody else may publish on."""
        return (str(self._publisher.topic_name),)

    def check(self) -> None:
        """Raise RefusedError where nobody listens, or whoever does would not stop in time by itself."""
        if not self.connected:
            raise RefusedError(Reason.CONTROLLER_ABSENT, "nobody listens to the base's velocities")
        self.timeout.check()

    def take_fault(self) -> RefusedError | None:
        """Return, once, why it may not be driven any more."""
        return self.timeout.take_fault()

    def send(self, velocity: BaseVelocity, now: float) -> None:
        """Command a velocity at ``now`` on the ROS clock [s]."""
        twist = Twist()
        twist.linear.x, twist.angular.z = velocity
        if not self._stamped:
            self._publisher.publish(twist)
            return
        message = TwistStamped(twist=twist)
        message.header.stamp = Time(nanoseconds=round(now * 1e9)).to_msg()
        message.header.frame_id = self._frame
        self._publisher.publish(message)

    def close(self) -> None:
        """Give the publisher up."""
        self.timeout.close()
        retire(self._node, self._publisher)
