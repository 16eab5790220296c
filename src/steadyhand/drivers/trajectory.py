"""Windows of the reference as trajectory messages."""

from __future__ import annotations

import array

import numpy as np
from numpy.typing import NDArray
from rclpy.time import Time
from trajectory_msgs.msg import JointTrajectory, JointTrajectoryPoint

from steadyhand.execution.reference import Reference
from steadyhand.profiles.binding import JointMap

_SECOND = 1_000_000_000


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
        self._points: list[JointTrajectoryPoint] = []

    def message(self, window: Reference) -> JointTrajectory:
        """Return a window as the controller takes it, to be sent before the next one is written."""
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
        return message


def _doubles(row: NDArray[np.float64]) -> array.array[float]:
    """Return a row as the array that messages hold: a fifth of the time that going through its numbers takes."""
    return array.array("d", row.tobytes())
