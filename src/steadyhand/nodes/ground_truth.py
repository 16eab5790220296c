"""Where the simulator says that its objects are, for scripted policies."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.node import Node
from rclpy.qos import QoSProfile
from tf2_msgs.msg import TFMessage

TOPIC = "/simulator/objects"


class GroundTruth:
    """Keeps the newest poses of all objects; called, it returns them."""

    def __init__(self, node: Node) -> None:
        """Subscribe to the simulator."""
        self._node = node
        self._poses: dict[str, NDArray[np.float64]] = {}
        group = MutuallyExclusiveCallbackGroup()
        self._subscription = node.create_subscription(
            TFMessage, TOPIC, self._on_objects, QoSProfile(depth=1), callback_group=group
        )

    def __call__(self) -> dict[str, NDArray[np.float64]]:
        """Return object names to poses in the base frame: x y z [m] and quaternion w x y z, shape (7,)."""
        return self._poses

    def close(self) -> None:
        """Unsubscribe."""
        self._node.destroy_subscription(self._subscription)

    def _on_objects(self, message: TFMessage) -> None:
        poses = {}
        for entry in message.transforms:
            place, turn = entry.transform.translation, entry.transform.rotation
            poses[entry.child_frame_id] = np.array([place.x, place.y, place.z, turn.w, turn.x, turn.y, turn.z])
        self._poses = poses
