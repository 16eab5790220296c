"""Windows of the reference as trajectory messages."""

from __future__ import annotations

import array

import numpy as np
from rclpy.duration import Duration
from rclpy.time import Time
from trajectory_msgs.msg import JointTrajectory, JointTrajectoryPoint

from steadyhand.execution.reference import Reference
from steadyhand.profiles.binding import JointMap


class TrajectoryWriter:
    """Writes windows with a non-zero stamp, whose first points lie at or before now.

    A JointTrajectoryController bridges from the measured state to the first point still to come; points already
    passed make it sample inside our curve instead.

    Args:
        joints: Names and units of the joints in the controller's messages.
    """

    def __init__(self, joints: JointMap) -> None:
        self._names = list(joints.names)
        self._factors = np.array([binding.factor for binding in joints.bindings])
        self._offsets = np.array([binding.offset for binding in joints.bindings])

    def message(self, window: Reference) -> JointTrajectory:
        """Return a window as the controller takes it."""
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
        return message
