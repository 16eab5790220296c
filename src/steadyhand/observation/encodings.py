"""Encodings of sensor_msgs/Image: the layout of their bytes, and the way to RGB."""

from __future__ import annotations

from dataclasses import dataclass

import cv2


@dataclass(frozen=True)
class Encoding:
    """One encoding.

    Attributes:
        name: Name in the message.
        channels: Values of one pixel.
        type: NumPy type of a value, without byte order.
        to_rgb: OpenCV's code of the conversion to RGB, None where there is nothing to convert.
        block: Pixels on each axis that only have a colour together: 1, or 2 for Bayer patterns and shared chroma.
        depth: Metres for one count; 0 for colours and grey.
    """

    name: str
    channels: int
    type: str = "u1"
    to_rgb: int | None = None
    block: int = 1
    depth: float = 0.0

    @property
    def pixel_bytes(self) -> int:
        """Bytes of one pixel."""
        return self.channels * int(self.type[1:])


def _bayer(pattern: str, code: int) -> list[Encoding]:
    return [Encoding(f"bayer_{pattern}{8 * size}", 1, f"u{size}", code, block=2) for size in (1, 2)]


ENCODINGS: dict[str, Encoding] = {
    encoding.name: encoding
    for encoding in (
        Encoding("rgb8", 3),
        Encoding("bgr8", 3, to_rgb=cv2.COLOR_BGR2RGB),
        Encoding("rgba8", 4, to_rgb=cv2.COLOR_RGBA2RGB),
        Encoding("bgra8", 4, to_rgb=cv2.COLOR_BGRA2RGB),
        Encoding("mono8", 1, to_rgb=cv2.COLOR_GRAY2RGB),
        Encoding("rgb16", 3, "u2"),
        Encoding("bgr16", 3, "u2", cv2.COLOR_BGR2RGB),
        Encoding("rgba16", 4, "u2", cv2.COLOR_RGBA2RGB),
        Encoding("bgra16", 4, "u2", cv2.COLOR_BGRA2RGB),
        Encoding("mono16", 1, "u2", cv2.COLOR_GRAY2RGB),
        Encoding("uyvy", 2, to_rgb=cv2.COLOR_YUV2RGB_UYVY, block=2),
        Encoding("yuv422", 2, to_rgb=cv2.COLOR_YUV2RGB_UYVY, block=2),
        Encoding("yuyv", 2, to_rgb=cv2.COLOR_YUV2RGB_YUYV, block=2),
        Encoding("yuv422_yuy2", 2, to_rgb=cv2.COLOR_YUV2RGB_YUYV, block=2),
        # OpenCV names a pattern by the pixels of its second row and second column.
        *_bayer("rggb", cv2.COLOR_BayerBG2RGB),
        *_bayer("bggr", cv2.COLOR_BayerRG2RGB),
        *_bayer("gbrg", cv2.COLOR_BayerGR2RGB),
        *_bayer("grbg", cv2.COLOR_BayerGB2RGB),
        # REP 118: depth counts millimetres in integers and metres in floats.
        Encoding("16UC1", 1, "u2", depth=1e-3),
        Encoding("32FC1", 1, "f4", depth=1.0),
    )
}
"""Encodings that can be read, by name."""
