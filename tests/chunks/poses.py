"""Random poses, and every way of writing them."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from transforms3d.affines import compose
from transforms3d.euler import euler2mat

from steadyhand.profiles.rotations import ROTATION_ELEMENTS

MEANINGS = [
    ("absolute", "base"),
    ("delta_to_observation", "base"),
    ("delta_to_observation", "tool"),
    ("delta_per_step", "base"),
    ("delta_per_step", "tool"),
    ("relative", "tool"),
]
YAWS = ("yaw", "yaw_sin_cos")
WHOLE = sorted(set(ROTATION_ELEMENTS) - set(YAWS))


def pose(x: float, y: float, z: float, roll: float, pitch: float, yaw: float) -> np.ndarray:
    return np.asarray(compose([x, y, z], euler2mat(roll, pitch, yaw, axes="sxyz"), np.ones(3)))


poses = st.builds(pose, *[st.floats(-1.0, 1.0)] * 3, *[st.floats(-3.1, 3.1)] * 3)
paths = st.lists(poses, min_size=1, max_size=5).map(np.stack)
