"""What reads image messages: a few lines of ours, or cv_bridge where a deployment asks for it."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, Literal

import numpy as np

from steadyhand.observation.encodings import ENCODINGS
from steadyhand.observation.exceptions import DecoderError, ImageError
from steadyhand.observation.images import RawImage
from steadyhand.observation.pixels import Pixels, unpack

Decoder = Callable[[RawImage], Pixels]
"""Returns the pixels of a message; raises ImageError where it cannot be read."""

_OLD_NAMES = {"uyvy": "yuv422", "yuyv": "yuv422_yuy2"}
"""Encodings that older versions of cv_bridge know by another name."""


def make_decoder(name: Literal["own", "cv_bridge"]) -> Decoder:
    """Return the decoder of a deployment.

    Raises:
        DecoderError: cv_bridge cannot be imported here.
    """
    if name == "own":
        return unpack
    try:
        from cv_bridge import CvBridge
    except Exception as error:  # its binary part raises whatever NumPy's initialisation raises
        raise DecoderError(
            f"decoder: cv_bridge, but the Python package cv_bridge cannot be imported here: {error}. Install "
            "ros-$ROS_DISTRO-cv-bridge for this Python and its NumPy, or write decoder: own"
        ) from error
    bridge = CvBridge()
    return lambda raw: _through(bridge, raw)


def _through(bridge: Any, raw: RawImage) -> Pixels:
    """Return the pixels of a message with colours converted by cv_bridge.

    The message is checked and its rows are packed first: what cv_bridge makes of padding, byte order and wrong sizes
    differs between its versions. It does nothing for compressed images that OpenCV does not.
    """
    pixels = unpack(raw)
    if raw.encoding == "compressed" or pixels.encoding.depth:
        return pixels
    values = np.ascontiguousarray(pixels.values.astype(pixels.values.dtype.newbyteorder("<"), copy=False))
    message = SimpleNamespace(
        encoding=_OLD_NAMES.get(raw.encoding, raw.encoding),
        height=raw.height,
        width=raw.width,
        step=raw.width * pixels.encoding.pixel_bytes,
        is_bigendian=0,
        data=values.tobytes(),
    )
    try:
        converted = np.asarray(bridge.imgmsg_to_cv2(message, desired_encoding="rgb8"))
    except Exception as error:  # CvBridgeError, and what its binary part raises
        raise ImageError(f"{raw.topic}: cv_bridge cannot convert encoding '{raw.encoding}' to rgb8: {error}") from error
    return Pixels(converted, ENCODINGS["rgb8"])
