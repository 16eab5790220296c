"""Images: from a camera's messages to what a policy was trained to see."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from steadyhand.observation.exceptions import ImageError
from steadyhand.profiles.deployment import ImageBinding
from steadyhand.profiles.policy import ImageInput

Image = NDArray[np.uint8]

_CHANNELS = {"rgb8": 3, "bgr8": 3, "mono8": 1, "rgba8": 4, "bgra8": 4}
_TO_RGB = {
    "bgr8": cv2.COLOR_BGR2RGB,
    "mono8": cv2.COLOR_GRAY2RGB,
    "rgba8": cv2.COLOR_RGBA2RGB,
    "bgra8": cv2.COLOR_BGRA2RGB,
}


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
    """

    topic: str
    encoding: str
    data: Any
    height: int = 0
    width: int = 0
    step: int = 0


def decode(raw: RawImage) -> Image:
    """Return an image as RGB, shape (height, width, 3).

    Raises:
        ImageError: The encoding is unknown, the sizes contradict each other, or a compressed image is damaged.
    """
    if raw.encoding == "compressed":
        return _decode_file(raw)
    channels = _CHANNELS.get(raw.encoding)
    if channels is None:
        raise ImageError(
            f"{raw.topic}: encoding '{raw.encoding}' cannot be read; let the camera publish one of "
            + ", ".join(_CHANNELS)
        )
    row = raw.width * channels
    size = memoryview(raw.data).nbytes
    if raw.height < 1 or raw.width < 1 or raw.step < row or size != raw.height * raw.step:
        raise ImageError(
            f"{raw.topic}: an image of {raw.width}x{raw.height} in {raw.encoding} with {raw.step} bytes a row has "
            f"{size} bytes: a row needs {row} bytes or more, and the data height x step = {raw.height * raw.step}"
        )
    pixels = np.frombuffer(raw.data, dtype=np.uint8).reshape(raw.height, raw.step)[:, :row]
    image: Image = pixels.reshape(raw.height, raw.width, channels)
    conversion = _TO_RGB.get(raw.encoding)
    return image if conversion is None else _converted(image, conversion)


def _decode_file(raw: RawImage) -> Image:
    data = np.frombuffer(raw.data, dtype=np.uint8)
    image = cv2.imdecode(data, cv2.IMREAD_COLOR) if data.size else None
    if image is None:
        raise ImageError(f"{raw.topic}: {data.size} bytes that are no JPEG or PNG image")
    return _converted(image, cv2.COLOR_BGR2RGB)


def _converted(image: NDArray[Any], conversion: int) -> Image:
    converted: Image = np.asarray(cv2.cvtColor(np.ascontiguousarray(image), conversion), dtype=np.uint8)
    return converted


def orient(image: Image, binding: ImageBinding) -> Image:
    """Return an image turned clockwise and then mirrored, as the deployment says; a view where possible."""
    turned = np.rot90(image, -(binding.rotate // 90)) if binding.rotate else image
    if binding.flip in ("horizontal", "both"):
        turned = turned[:, ::-1]
    if binding.flip in ("vertical", "both"):
        turned = turned[::-1]
    return turned


def fit(image: Image, wanted: ImageInput) -> Image:
    """Return an image in the size that a policy wants, shape (height, width, 3), averaged over areas.

    First the centre that holds ``crop_area`` of the image's area is kept. Then ``stretch`` scales each axis by
    itself; ``crop`` keeps the largest centred part with the wanted proportions; ``pad`` keeps all of the image and
    centres it on black.
    """
    if wanted.crop_area < 1.0:
        side = math.sqrt(wanted.crop_area)
        image = _centre(image, image.shape[1] * side, image.shape[0] * side)
    if wanted.resize == "pad":
        return _pad(image, wanted.width, wanted.height)
    if wanted.resize == "crop":
        scale = min(image.shape[1] / wanted.width, image.shape[0] / wanted.height)
        image = _centre(image, wanted.width * scale, wanted.height * scale)
    return _resize(image, wanted.width, wanted.height)


def blank(wanted: ImageInput) -> Image:
    """Return the black image that stands for a camera that is not there, shape (height, width, 3)."""
    return np.zeros((wanted.height, wanted.width, 3), dtype=np.uint8)


def _resize(image: Image, width: int, height: int) -> Image:
    if image.shape[:2] == (height, width):
        return np.ascontiguousarray(image)
    scaled = cv2.resize(np.ascontiguousarray(image), (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(scaled, dtype=np.uint8)


def _centre(image: Image, width: float, height: float) -> Image:
    columns, rows = max(1, round(width)), max(1, round(height))
    left, top = (image.shape[1] - columns) // 2, (image.shape[0] - rows) // 2
    return image[top : top + rows, left : left + columns]


def _pad(image: Image, width: int, height: int) -> Image:
    scale = min(width / image.shape[1], height / image.shape[0])
    columns, rows = max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale))
    padded = np.zeros((height, width, 3), dtype=np.uint8)
    left, top = (width - columns) // 2, (height - rows) // 2
    padded[top : top + rows, left : left + columns] = _resize(image, columns, rows)
    return padded
