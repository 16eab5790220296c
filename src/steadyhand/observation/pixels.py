"""Pixels out of messages: bytes checked against what the message says of them, and converted as late as possible."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from steadyhand.observation.compressed import decode_file
from steadyhand.observation.encodings import ENCODINGS, Encoding
from steadyhand.observation.exceptions import ImageError
from steadyhand.observation.images import Box, Image, RawImage

_MARGIN = 2
"""Pixels around a part of a Bayer pattern that its colours depend on, rounded up to whole blocks."""


@dataclass(frozen=True)
class Pixels:
    """The pixels of one image, in its own encoding.

    Attributes:
        values: Shape (height, width), or (height, width, channels).
        encoding: What they mean.
    """

    values: NDArray[Any]
    encoding: Encoding

    @property
    def height(self) -> int:
        """Number of rows."""
        return int(self.values.shape[0])

    @property
    def width(self) -> int:
        """Number of columns."""
        return int(self.values.shape[1])

    def part(self, box: Box) -> NDArray[Any]:
        """Return a part, in the machine's byte order, ready to be scaled; ``colours`` makes RGB of it.

        Pixels that only have a colour together with their neighbours are converted here, the others are not: most
        conversions are cheaper after scaling, and equal. Dropping alpha is cheaper before.
        """
        if self.encoding.block == 1:
            cut = _native(self.values[box.top : box.top + box.height, box.left : box.left + box.width])
            return self._converted(cut) if self.encoding.channels == 4 else cut
        top, left = (max(0, edge - _MARGIN) // 2 * 2 for edge in (box.top, box.left))
        bottom, right = box.top + box.height + _MARGIN, box.left + box.width + _MARGIN
        converted = self._converted(_native(self.values[top : bottom + bottom % 2, left : right + right % 2]))
        return converted[box.top - top :, box.left - left :][: box.height, : box.width]

    def colours(self, part: NDArray[Any]) -> Image:
        """Return RGB of a part of this image, scaled or not, shape (height, width, 3)."""
        if part.dtype == np.uint16:
            part = cv2.convertScaleAbs(part, alpha=255.0 / 65535.0)
        converted = self.encoding.block > 1 or self.encoding.channels == 4
        return np.asarray(part if converted else self._converted(part), dtype=np.uint8)

    def _converted(self, values: NDArray[Any]) -> NDArray[Any]:
        code = self.encoding.to_rgb
        return values if code is None else np.asarray(cv2.cvtColor(values, code))


def unpack(raw: RawImage) -> Pixels:
    """Return the pixels of a message; no copy is made unless it is compressed.

    Raises:
        ImageError: The encoding cannot be read, the sizes contradict each other, or a compressed image is damaged.
    """
    if raw.encoding == "compressed":
        values, name = decode_file(raw)
        return Pixels(values, ENCODINGS[name])
    encoding = ENCODINGS.get(raw.encoding)
    if encoding is None:
        raise ImageError(
            f"{raw.topic}: encoding '{raw.encoding}' cannot be read; let the camera publish one of "
            + ", ".join(ENCODINGS)
        )
    row = raw.width * encoding.pixel_bytes
    size = memoryview(raw.data).nbytes
    if raw.height < 1 or raw.width < 1 or raw.step < row or size != raw.height * raw.step:
        raise ImageError(
            f"{raw.topic}: an image of {raw.width}x{raw.height} in {raw.encoding} with {raw.step} bytes a row has "
            f"{size} bytes: a row needs {row} bytes or more, and the data height x step = {raw.height * raw.step}"
        )
    if encoding.block > 1 and (raw.width % 2 or (encoding.channels == 1 and (raw.height % 2 or raw.height < 4))):
        raise ImageError(
            f"{raw.topic}: an image of {raw.width}x{raw.height} in {raw.encoding} has no whole number of its "
            "2-pixel blocks: its driver has cut it where it must not"
        )
    rows = np.frombuffer(raw.data, dtype=np.uint8).reshape(raw.height, raw.step)[:, :row]
    values = rows.view((">" if raw.big_endian else "<") + encoding.type)
    shape = (raw.height, raw.width) if encoding.channels == 1 else (raw.height, raw.width, encoding.channels)
    return Pixels(values.reshape(shape), encoding)


def decode(raw: RawImage) -> Image:
    """Return an image as RGB, shape (height, width, 3).

    Raises:
        ImageError: As ``unpack``, or the image is one of distances and not of colours.
    """
    pixels = unpack(raw)
    if pixels.encoding.depth:
        raise ImageError(
            f"{raw.topic}: encoding '{pixels.encoding.name}' carries distances, and colours are wanted: give the "
            "topic of the colour image, or give the image 'depth: {near: ..., far: ...}' in the policy profile"
        )
    return pixels.colours(pixels.part(Box(0, 0, pixels.height, pixels.width)))


def _native(values: NDArray[Any]) -> NDArray[Any]:
    # OpenCV misreads rows whose length in bytes is no multiple of a value's.
    return np.require(values, values.dtype.newbyteorder("="), "A")
