"""The world's cameras: where they are mounted and what they see."""

from __future__ import annotations

import math

from steadyhand.simulation.exceptions import RenderingError

OPTICAL_FRAMES = {"front": "front_camera_optical_frame", "wrist": "wrist_camera_optical_frame"}
"""Camera to the link of the description that its images are taken from (z forward, x right, y down)."""
CAMERAS = tuple(OPTICAL_FRAMES)
FIELD_OF_VIEW = {"front": 46.0, "wrist": 70.0}
"""Vertical, [deg]."""
ASPECT = 4.0 / 3.0
"""Width over height of what a camera sees, whatever the size of the image: other sizes are stretched."""


def tangents(camera: str) -> tuple[float, float]:
    """Half of the width and half of the height seen at a distance of 1 m [m].

    Raises:
        RenderingError: There is no such camera.
    """
    if camera not in FIELD_OF_VIEW:
        raise RenderingError(f"no camera {camera!r}. Cameras: {', '.join(FIELD_OF_VIEW)}.")
    vertical = math.tan(math.radians(FIELD_OF_VIEW[camera]) / 2)
    return vertical * ASPECT, vertical
