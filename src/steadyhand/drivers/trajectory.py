"""Windows of the reference as trajectory messages."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import numpy as np
from rclpy.serialization import deserialize_message
from trajectory_msgs.msg import JointTrajectory

from steadyhand.execution.reference import Reference
from steadyhand.profiles.binding import JointMap

_SECOND = 1_000_000_000
_LITTLE_ENDIAN = b"\x00\x01\x00\x00"  # plain CDR, as its first octets say


class TrajectoryWriter:
    """Writes windows with a non-zero stamp, whose first points lie at or before now.

    A JointTrajectoryController bridges from the measured state to the first point still to come; points already
    passed make it sample inside our curve instead.

    They are written as they travel, in plain CDR (DDS-XTypes 1.3, 7.4.1): to fill in a message, and have it written,
    takes several times as long.

    Args:
        joints: Names and units of the joints in the controller's messages.
    """

    def __init__(self, joints: JointMap) -> None:
        self._factors = np.array([binding.factor for binding in joints.bindings])
        self._offsets = np.array([binding.offset for binding in joints.bindings])
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
        self._names = _names(joints.names)
        # Where the first point begins with a double's place, its doubles come after a gap that the others lack.
        body = struct.calcsize("<iI") + len(self._names) + 4
        self._gap = struct.pack("<I", count) if body % 8 == 0 else b""
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
        stamp = struct.pack("<iI", *divmod(round(window.start * 1e9), _SECOND))
        length = struct.pack("<I", len(points))
        return b"".join((_LITTLE_ENDIAN, stamp, self._names, length, self._gap, points.tobytes()))

    def message(self, window: Reference) -> JointTrajectory:
        """Return a window as the controller takes it, to be sent within another message."""
        return deserialize_message(self.serialized(window), JointTrajectory)


def _names(joints: Sequence[str]) -> bytes:
    """Return an empty frame and names of joints, as they follow the stamp; the lengths of strings count their end."""
    written = struct.pack("<I", 1) + b"\0"
    for begins, name in [(struct.pack("<I", len(joints)), ""), *((b"", name) for name in joints)]:
        written += b"\0" * (-len(written) % 4) + begins
        if name:
            text = name.encode() + b"\0"
            written += struct.pack("<I", len(text)) + text
    return written + b"\0" * (-len(written) % 4)
