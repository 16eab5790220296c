"""Depth: from distances to the grey values that a policy was trained on."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from steadyhand.observation.images import Image
from steadyhand.profiles.policy import DepthRange


def grey(values: NDArray[Any], metres: float, seen: DepthRange) -> Image:
    """Return distances as grey: value = 255 (distance - near) / (far - near), rounded and kept within 0 to 255.

    What was not measured becomes 0: a count of 0, or NaN. Nearer than the camera sees is -inf, so 0, and farther
    is inf, so 255 (REP 117).

    Args:
        values: Counts or metres, shape (height, width).
        metres: Metres for one of them.
        seen: Distances that become 0 and 255.

    Returns:
        Three equal channels, shape (height, width, 3).
    """
    distance = values.astype(np.float32) * np.float32(metres)
    scaled = (distance - np.float32(seen.near)) * np.float32(255.0 / (seen.far - seen.near))
    scaled[np.isnan(scaled) | (values == 0)] = 0.0
    level = np.rint(np.clip(scaled, 0.0, 255.0)).astype(np.uint8)
    return np.repeat(level[:, :, None], 3, axis=2)
