"""The ways a policy may write a rotation, named exactly, with the names of their elements."""

from __future__ import annotations

from typing import Literal

RotationRepresentation = Literal[
    "quaternion_xyzw",
    "quaternion_wxyz",
    "rpy",
    "axis_angle",
    "rot6d_rows",
    "rot6d_columns",
    "yaw",
    "yaw_sin_cos",
]

ROTATION_ELEMENTS: dict[str, tuple[str, ...]] = {
    "quaternion_xyzw": ("qx", "qy", "qz", "qw"),
    "quaternion_wxyz": ("qw", "qx", "qy", "qz"),
    "rpy": ("roll", "pitch", "yaw"),
    "axis_angle": ("rx", "ry", "rz"),
    "rot6d_rows": ("r11", "r12", "r13", "r21", "r22", "r23"),
    "rot6d_columns": ("r11", "r21", "r31", "r12", "r22", "r32"),
    "yaw": ("yaw",),
    "yaw_sin_cos": ("yaw_sin", "yaw_cos"),
}
"""Names of the elements, in order. rpy turns about fixed x, y, z; axis_angle is the rotation vector; rij is row i,
column j of the rotation matrix; yaw alone is the heading about the base's z axis of a tool that points
straight down, R = Rz(yaw) Rx(pi)."""

ROTATION_UNITS: dict[str, str] = {"rpy": "rad", "axis_angle": "rad", "yaw": "rad"}
"""Units of the elements where they have one."""
