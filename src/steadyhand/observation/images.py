"""Images: as messages carry them, and as policies see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
"""What a policy sees of one camera at one time, shape (height, width, 3), in its profile's order of colours."""


@dataclass(frozen=True)
class RawImage:
    """An image as a message carries it, not decoded yet.

    Attributes:
        topic: Where it came from, for errors.
        encoding: Encoding of sensor_msgs/Image, or ``compressed`` for the bytes of a JPEG or PNG file.
        data: The bytes, anything with the buffer protocol.
        height: Rows; 0 where compressed.
        width: Columns; 0 where compressed.
        step: Bytes of one row, padding included; 0 where compressed.
        big_endian: Whether values of 16 or 32 bits have their most significant byte first.
        format: Format of sensor_msgs/CompressedImage; empty where not compressed.
    """

    topic: str
    encoding: str
    data: Any
    height: int = 0
    width: int = 0
    step: int = 0
    big_endian: bool = False
    format: str = ""


class Box(NamedTuple):
    """A part of an image: its first row and column, and how many of them [px]."""

    top: int
    left: int
    height: int
    width: int
