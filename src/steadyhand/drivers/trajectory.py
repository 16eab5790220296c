"""Windows of the reference as trajectory messages."""

from __future__ import annotations

import struct

import numpy as np
from rclpy.serialization import deserialize_message
from trajectory_msgs.msg import JointTrajectory

from steadyhand.cdr import PLAIN, Writer
from steadyhand.execution.reference import Reference
from steadyhand.profiles.binding import JointMap

_SECOND = 1_000_000_000


class TrajectoryWriter:
    """Writes windows with a non-zero stamp, whose first points lie at or before now.

    A JointTrajectoryController bridges from the measured state to the first point still to come; points already
    passed make it sample inside our curve instead.

    They are written as they travel: to fill in a message, and have it written, takes several times as long.

    Args:
        joints: Names and units of the joints in the controller's messages.
    """

    def __init__(self, joints: JointMap) -> None:
        self._factors, self._offsets = joints.factors, joints.offsets
        count = len(self._factors)
        # From the second point on; each begins where 4 octets are left until the next double may come.
        self._point = np.dtype(
            [
                ("positions_length", "<u4"),
                ("positions", "<f8", count),
                ("velocities_length", "<u4"),
                ("", "V4"),
                ("velocities", "<f8", count),
                ("accelerations_length", "<u4"),
                ("", "V4"),
                ("accelerations", "<f8", count),
                ("effort_length", "<u4"),
                ("seconds", "<i4"),
                ("nanoseconds", "<u4"),
            ]
        )
        head = Writer()
        head.time(0, 0)
        head.text("")
        head.texts(joints.names)
        head.number("I", 0)
        # Where its first point begins with a double's place, the doubles of that come after a gap that the others lack.
        gap = struct.pack("<I", count) if head.offset % 8 == 0 else b""
        self._head, self._length = head.finish() + gap, len(head.finish()) - 4
        self._count = count

    def serialized(self, window: Reference) -> bytes:
        """Return a window as the controller takes it, as a publisher sends it."""
        since_start = np.rint((window.times - window.start) * 1e9).astype(np.int64)
        points = np.zeros(len(since_start), self._point)
        for name in ("positions_length", "velocities_length", "accelerations_length"):
            points[name] = self._count
        points["positions"] = window.positions / self._factors + self._offsets
        points["velocities"] = window.velocities / self._factors
        points["accelerations"] = window.accelerations / self._factors
        points["seconds"], points["nanoseconds"] = np.divmod(since_start, _SECOND)
        head = bytearray(self._head)
        struct.pack_into("<iI", head, len(PLAIN), *divmod(round(window.start * 1e9), _SECOND))
        struct.pack_into("<I", head, self._length, len(points))
        return bytes(head + points.tobytes())

    def message(self, window: Reference) -> JointTrajectory:
        """Return a window as the controller takes it, to be sent within another message."""
        return deserialize_message(self.serialized(window), JointTrajectory)
