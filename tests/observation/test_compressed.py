from __future__ import annotations

import io

import cv2
import numpy as np
import pytest
from PIL import Image as PillowImage

from steadyhand.observation.exceptions import ImageError
from steadyhand.observation.images import RawImage
from steadyhand.observation.pixels import decode, unpack

RGB = cv2.GaussianBlur(np.random.default_rng(0).integers(0, 256, (48, 64, 3), dtype=np.uint8), (9, 9), 3)


def file(image: np.ndarray, kind: str, **options: object) -> bytes:
    """A file written by Pillow."""
    stream = io.BytesIO()
    PillowImage.fromarray(image).save(stream, kind, **options)
    return stream.getvalue()


def message(data: bytes, form: str = "jpeg") -> RawImage:
    return RawImage("/camera/compressed", "compressed", data, format=form)


def test_a_png_is_decoded_as_rgb() -> None:
    assert np.array_equal(decode(message(file(RGB, "PNG"), "rgb8; png compressed bgr8")), RGB)


def test_a_png_with_alpha_or_grey_alone_is_decoded_as_rgb() -> None:
    alpha = np.dstack([RGB, np.full((48, 64), 7, np.uint8)])
    assert np.array_equal(decode(message(file(alpha, "PNG"), "png")), RGB)
    assert np.array_equal(decode(message(file(RGB[:, :, 0], "PNG"), "png")), np.dstack([RGB[:, :, 0]] * 3))


def test_a_jpeg_is_decoded_as_pillow_does() -> None:
    data = file(RGB, "JPEG", quality=95, subsampling=0)
    reference = np.asarray(PillowImage.open(io.BytesIO(data)).convert("RGB"))
    assert np.abs(decode(message(data)).astype(int) - reference).max() <= 2
    grey = decode(message(file(RGB[:, :, 0], "JPEG")))
    assert grey.shape == RGB.shape and np.ptp(grey, axis=2).max() == 0


def test_marks_of_orientation_are_left_to_the_deployment() -> None:
    marked = PillowImage.Exif()
    marked[0x0112] = 6
    assert decode(message(file(RGB, "JPEG", exif=marked))).shape == RGB.shape


def test_zeros_after_the_file_are_nothing() -> None:
    data = file(RGB, "JPEG")
    assert np.array_equal(decode(message(data + bytes(32))), decode(message(data)))


def test_a_png_of_distances_is_one_of_distances() -> None:
    depth = np.arange(48 * 64, dtype=np.uint16).reshape(48, 64)
    pixels = unpack(message(file(depth, "PNG"), "16UC1; png compressed"))
    assert pixels.encoding.name == "16UC1" and np.array_equal(pixels.values, depth)
    assert unpack(message(file(depth, "PNG"), "mono16; png compressed")).encoding.name == "mono16"


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_file_that_is_cut_off_is_an_error(kind: str) -> None:
    data = file(RGB, kind)
    for length in (len(data) // 2, len(data) - 1):
        with pytest.raises(ImageError, match=rf"^/camera/compressed: {length} bytes of format 'jpeg' are cut off"):
            decode(message(data[:length]))


def test_a_file_that_is_damaged_is_an_error() -> None:
    data = file(RGB, "PNG")
    with pytest.raises(ImageError, match="cannot be decoded"):
        decode(message(data[:16] + bytes(len(data) - 28) + data[-12:]))


@pytest.mark.parametrize("data", [b"", b"no image at all", file(RGB, "BMP")])
def test_what_is_neither_jpeg_nor_png_is_an_error_that_shows_how_it_begins(data: bytes) -> None:
    with pytest.raises(ImageError, match=rf"^/camera/compressed: {len(data)} bytes.*begin with '{data[:8].hex(' ')}'"):
        decode(message(data, "bmp"))


def test_the_transport_of_depth_is_refused_with_what_to_do() -> None:
    data = bytes(12) + file(np.ones((4, 4), np.uint16), "PNG")
    with pytest.raises(ImageError, match=r"compressedDepth.*transport: raw"):
        decode(message(data, "16UC1; compressedDepth png"))
