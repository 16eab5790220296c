"""Fitting: from a camera's image to the size, side and order of colours that a policy was trained with."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from steadyhand.observation.depth import grey
from steadyhand.observation.encodings import ENCODINGS
from steadyhand.observation.images import Box, Image
from steadyhand.observation.pixels import Pixels
from steadyhand.profiles.deployment import ImageBinding
from steadyhand.profiles.policy import ImageInput

_AS_IT_IS = ImageBinding.model_validate({})


@dataclass(frozen=True)
class Fitting:
    """Which part of a camera's image is scaled to which size.

    Attributes:
        part: The part, in the image as the camera gives it.
        height: Rows of the part after scaling, before it is turned.
        width: Columns of it.
    """

    part: Box
    height: int
    width: int

    @classmethod
    def of(cls, height: int, width: int, binding: ImageBinding, wanted: ImageInput) -> Fitting:
        """Return how an image of this size is fitted.

        First the centre that holds ``crop_area`` of the image's area is kept. Then ``stretch`` scales each axis by
        itself; ``crop`` keeps the largest centred part with the wanted proportions; ``pad`` keeps all of the image.
        """
        quarters = binding.rotate // 90
        rows, columns = (width, height) if quarters % 2 else (height, width)
        turned = Box(0, 0, rows, columns)
        size = (wanted.height, wanted.width)
        if wanted.crop_area < 1.0:
            side = math.sqrt(wanted.crop_area)
            turned = _centre(turned, turned.height * side, turned.width * side)
        if wanted.resize == "crop":
            scale = min(turned.width / wanted.width, turned.height / wanted.height)
            turned = _centre(turned, wanted.height * scale, wanted.width * scale)
        elif wanted.resize == "pad":
            scale = min(wanted.width / turned.width, wanted.height / turned.height)
            size = (max(1, round(turned.height * scale)), max(1, round(turned.width * scale)))
        part = _before_turning(turned, rows, columns, binding)
        return cls(part, *(reversed(size) if quarters % 2 else size))


def fitted(pixels: Pixels, binding: ImageBinding, wanted: ImageInput) -> Image:
    """Return an image as a policy sees it, shape (height, width, 3).

    It is cut, scaled, converted to RGB or, where the profile gives a range of depth, to grey; then turned clockwise,
    mirrored, and centred on black where the profile says ``pad``. Cutting first and converting late costs least.

    Args:
        pixels: What the camera gave; of distances exactly where ``wanted`` has a range of depth.
        binding: How the deployment turns and mirrors it.
        wanted: What the policy profile wants.
    """
    plan = Fitting.of(pixels.height, pixels.width, binding, wanted)
    part = pixels.part(plan.part)
    if wanted.depth is not None:
        # A mean of distances across an edge is a place where nothing is.
        near = cv2.resize(part, (plan.width, plan.height), interpolation=cv2.INTER_NEAREST_EXACT)
        image = grey(near, pixels.encoding.depth, wanted.depth)
    else:
        image = pixels.colours(shrunk(part, plan.height, plan.width))
    image = orient(image, binding)
    if wanted.encoding == "bgr":
        image = image[:, :, ::-1]
    if image.shape[:2] == (wanted.height, wanted.width):
        return np.ascontiguousarray(image)
    padded = np.zeros((wanted.height, wanted.width, 3), dtype=np.uint8)
    top, left = (wanted.height - image.shape[0]) // 2, (wanted.width - image.shape[1]) // 2
    padded[top : top + image.shape[0], left : left + image.shape[1]] = image
    return padded


def fit(image: Image, wanted: ImageInput) -> Image:
    """Return an RGB image as a policy sees it that is neither turned nor mirrored, shape (height, width, 3)."""
    return fitted(Pixels(image, ENCODINGS["rgb8"]), _AS_IT_IS, wanted)


def orient(image: Image, binding: ImageBinding) -> Image:
    """Return an image turned clockwise and then mirrored, as the deployment says; a view where possible."""
    turned = np.rot90(image, -(binding.rotate // 90)) if binding.rotate else image
    if binding.flip in ("horizontal", "both"):
        turned = turned[:, ::-1]
    if binding.flip in ("vertical", "both"):
        turned = turned[::-1]
    return turned


def blank(wanted: ImageInput) -> Image:
    """Return the black image that stands for a camera that is not there, shape (height, width, 3)."""
    return np.zeros((wanted.height, wanted.width, 3), dtype=np.uint8)


def shrunk(image: NDArray[Any], height: int, width: int) -> NDArray[Any]:
    """Return an image scaled, shape (height, width) or (height, width, channels).

    Blocks of whole pixels, a power of two on each side, are averaged first, and what is left is less than halved, by
    linear interpolation, which then leaves out no block. Together it is nearer to the mean over each new pixel's area
    than a triangular filter, and many times faster than OpenCV's mean over parts of pixels; that is taken where a side
    cannot be halved often enough.
    """
    rows, columns = image.shape[:2]
    whole = (columns // _power_of_two(columns, width), rows // _power_of_two(rows, height))
    if whole != (columns, rows):
        image = np.asarray(cv2.resize(image, whole, interpolation=cv2.INTER_AREA))
    if whole[0] >= 2 * width or whole[1] >= 2 * height:
        smaller = (min(whole[0], width), min(whole[1], height))
        image = np.asarray(cv2.resize(image, smaller, interpolation=cv2.INTER_AREA))
    if image.shape[:2] != (height, width):
        image = np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_LINEAR))
    return image


def _power_of_two(size: int, wanted: int) -> int:
    factor = 1
    while size % (2 * factor) == 0 and size >= 2 * factor * wanted:
        factor *= 2
    return factor


def _centre(box: Box, height: float, width: float) -> Box:
    rows, columns = max(1, round(height)), max(1, round(width))
    return Box(box.top + (box.height - rows) // 2, box.left + (box.width - columns) // 2, rows, columns)


def _before_turning(box: Box, rows: int, columns: int, binding: ImageBinding) -> Box:
    """Return where a box of an image with ``rows`` and ``columns`` was before the image was turned and mirrored."""
    top, left, height, width = box
    if binding.flip in ("horizontal", "both"):
        left = columns - left - width
    if binding.flip in ("vertical", "both"):
        top = rows - top - height
    for _ in range(binding.rotate // 90):
        top, left, height, width = columns - left - width, top, width, height
        rows, columns = columns, rows
    return Box(top, left, height, width)
