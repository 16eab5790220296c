"""The robot description and its frames on /tf and /tf_static, as robot_state_publisher gives them."""

from __future__ import annotations

from collections.abc import Mapping

from geometry_msgs.msg import TransformStamped
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile
from std_msgs.msg import String
from tf2_msgs.msg import TFMessage

from steadyhand.nodes.conversions import to_time
from steadyhand.nodes.qos import LATCHED
from steadyhand.simulation.frames import FrameTransform, FrameTree


class RobotFrames:
    """Publishes the description once, its fixed frames once, and its moving frames when asked."""

    def __init__(self, node: Node, description: str) -> None:
        """Publish what never changes.

        Args:
            node: The node that publishes.
            description: URDF, as XML text.
        """
        self._tree = FrameTree(description)
        self._moving = node.create_publisher(TFMessage, "/tf", QoSProfile(depth=100))
        static = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
        self._static = node.create_publisher(TFMessage, "/tf_static", static)
        self._static.publish(TFMessage(transforms=[_message(transform, 0.0) for transform in self._tree.fixed]))
        self._description = node.create_publisher(String, "robot_description", LATCHED)
        self._description.publish(String(data=description))

    def publish(self, stamp: float, positions: Mapping[str, float]) -> None:
        """Publish the moving frames.

        Args:
            stamp: ROS clock [s].
            positions: Joint to position [rad or m].
        """
        transforms = [_message(transform, stamp) for transform in self._tree.moving(positions)]
        self._moving.publish(TFMessage(transforms=transforms))


def _message(transform: FrameTransform, stamp: float) -> TransformStamped:
    message = TransformStamped()
    message.header.stamp = to_time(stamp)
    message.header.frame_id = transform.parent
    message.child_frame_id = transform.child
    translation, rotation = message.transform.translation, message.transform.rotation
    translation.x, translation.y, translation.z = transform.translation.tolist()
    rotation.x, rotation.y, rotation.z, rotation.w = transform.quaternion.tolist()
    return message
