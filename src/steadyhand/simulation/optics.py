"""The pinhole model of the simulated cameras."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steadyhand.simulation.cameras import tangents


def intrinsic_matrix(camera: str, width: int, height: int) -> NDArray[np.float64]:
    """Return the camera matrix K of an image of any size, shape (3, 3) [pixel].

    Pixel (0, 0) is the centre of the first pixel, as in OpenCV and image_geometry.

    Raises:
        RenderingError: There is no such camera.
    """
    horizontal, vertical = tangents(camera)
    return np.array(
        [
            [width / 2 / horizontal, 0.0, (width - 1) / 2],
            [0.0, height / 2 / vertical, (height - 1) / 2],
            [0.0, 0.0, 1.0],
        ]
    )
