"""Compressed images: JPEG and PNG files in messages."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from steadyhand.observation.exceptions import ImageError
from steadyhand.observation.images import RawImage

_JPEG, _JPEG_END = b"\xff\xd8\xff", b"\xff\xd9"
_PNG, _PNG_END = b"\x89PNG\r\n\x1a\n", b"IEND\xaeB`\x82"

_ENCODINGS = {
    (1, "uint8"): "mono8",
    (3, "uint8"): "bgr8",
    (4, "uint8"): "bgra8",
    (1, "uint16"): "mono16",
    (3, "uint16"): "bgr16",
    (4, "uint16"): "bgra16",
}
"""Channels and type of what OpenCV reads, to the encoding that it has then."""


def decode_file(raw: RawImage) -> tuple[NDArray[Any], str]:
    """Return the pixels of a JPEG or PNG file and their encoding; marks of orientation in the file are ignored.

    Raises:
        ImageError: It is neither, is damaged or cut off, or is of the transport ``compressedDepth``.
    """
    data = np.frombuffer(raw.data, dtype=np.uint8)
    if "compressedDepth" in raw.format:
        raise ImageError(
            f"{raw.topic}: format '{raw.format}' is that of the transport compressedDepth, which is not read: give the "
            "topic of the depth image itself, with transport: raw"
        )
    start, end = data[:8].tobytes(), np.trim_zeros(data[-64:], "b").tobytes()
    if not start.startswith((_JPEG, _PNG)):
        raise ImageError(
            f"{raw.topic}: {data.size} bytes of format '{raw.format}' are no JPEG or PNG image, they begin with "
            f"'{start.hex(' ')}': let the camera publish one of the two, or give its raw topic with transport: raw"
        )
    whole = end.endswith(_JPEG_END if start.startswith(_JPEG) else _PNG_END)
    image = cv2.imdecode(data, cv2.IMREAD_UNCHANGED) if whole else None
    if image is None:
        why = "cannot be decoded" if whole else "are cut off"
        raise ImageError(f"{raw.topic}: {data.size} bytes of format '{raw.format}' {why}: the image was damaged")
    name = _ENCODINGS[(1 if image.ndim == 2 else image.shape[2], image.dtype.name)]
    return image, "16UC1" if name == "mono16" and raw.format.startswith("16UC1") else name
