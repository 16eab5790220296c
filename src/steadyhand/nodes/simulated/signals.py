"""What the simulated robot says beside joint states, as UR's driver does: its speed scaling and its safety state."""

from __future__ import annotations

from rclpy.node import Node
from rclpy.qos import QoSProfile
from std_msgs.msg import Bool, Float64

SPEED_SCALING = "/speed_scaling_state_broadcaster/speed_scaling"
"""Topic: the speed at which the arm's controller plays trajectories, 0 to 100 %."""

SAFE = "~/safe"
"""Topic: false during a protective stop."""


class RobotSignals:
    """Publishes both in every period, while somebody listens.

    Attributes:
        scaling: False freezes the topic of the scaling.
        safety: False freezes the topic of the safety state.
    """

    def __init__(self, node: Node) -> None:
        self.scaling = self.safety = True
        self._scaling = node.create_publisher(Float64, SPEED_SCALING, QoSProfile(depth=10))
        self._safe = node.create_publisher(Bool, SAFE, QoSProfile(depth=10))

    def publish(self, scaling: float, *, stopped: bool) -> None:
        """Publish the scaling, 0 to 1, and whether the robot has stopped itself."""
        if self.scaling and self._scaling.get_subscription_count():
            self._scaling.publish(Float64(data=100.0 * scaling))
        if self.safety and self._safe.get_subscription_count():
            self._safe.publish(Bool(data=not stopped))
