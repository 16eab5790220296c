"""Where the objects of the scene are: ground truth, for tests and for scripted policies."""

from __future__ import annotations

from collections.abc import Mapping

from geometry_msgs.msg import TransformStamped
from rclpy.node import Node
from rclpy.qos import QoSProfile
from tf2_msgs.msg import TFMessage

from steadyhand.nodes.conversions import to_time
from steadyhand.simulation.tasks.task import ObjectPose

OBJECTS = "~/objects"
"""Topic: one transform for each object, from the base frame, named after the object."""


class ObjectPoses:
    """Publishes poses while somebody listens. Not on /tf: a robot would not know them."""

    def __init__(self, node: Node, base_frame: str) -> None:
        """Offer the topic; poses are in ``base_frame``."""
        self._base_frame = base_frame
        self._publisher = node.create_publisher(TFMessage, OBJECTS, QoSProfile(depth=1))

    @property
    def wanted(self) -> bool:
        """True while somebody listens."""
        return bool(self._publisher.get_subscription_count() > 0)

    def publish(self, stamp: float, poses: Mapping[str, ObjectPose]) -> None:
        """Publish the poses of all objects at a time on the ROS clock [s]."""
        self._publisher.publish(TFMessage(transforms=[self._message(stamp, *item) for item in poses.items()]))

    def _message(self, stamp: float, name: str, pose: ObjectPose) -> TransformStamped:
        message = TransformStamped(child_frame_id=name)
        message.header.stamp = to_time(stamp)
        message.header.frame_id = self._base_frame
        translation, rotation = message.transform.translation, message.transform.rotation
        translation.x, translation.y, translation.z = pose.position.tolist()
        rotation.w, rotation.x, rotation.y, rotation.z = pose.quaternion.tolist()
        return message
