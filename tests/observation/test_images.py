from __future__ import annotations

import array

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steadyhand.observation.exceptions import ImageError
from steadyhand.observation.images import RawImage, blank, decode, fit, orient
from steadyhand.profiles.deployment import ImageBinding
from steadyhand.profiles.policy import ImageInput

RGB = np.random.default_rng(0).integers(0, 256, (6, 8, 3), dtype=np.uint8)


def raw(pixels: np.ndarray, encoding: str, padding: int = 0) -> RawImage:
    height, width = pixels.shape[:2]
    rows = pixels.reshape(height, -1)
    padded = np.hstack([rows, np.full((height, padding), 77, np.uint8)])
    data = array.array("B", padded.tobytes())
    return RawImage("/camera", encoding, data, height, width, padded.shape[1])


@pytest.mark.parametrize("padding", [0, 5])
@pytest.mark.parametrize("encoding", ["rgb8", "bgr8", "rgba8", "bgra8", "mono8"])
def test_every_encoding_becomes_rgb_whatever_the_padding_of_rows(encoding: str, padding: int) -> None:
    alpha = np.full((6, 8, 1), 9, np.uint8)
    grey = RGB[:, :, :1]
    pixels, expected = {
        "rgb8": (RGB, RGB),
        "bgr8": (RGB[:, :, ::-1], RGB),
        "rgba8": (np.dstack([RGB, alpha]), RGB),
        "bgra8": (np.dstack([RGB[:, :, ::-1], alpha]), RGB),
        "mono8": (grey, np.repeat(grey, 3, axis=2)),
    }[encoding]
    assert np.array_equal(decode(raw(pixels, encoding, padding)), expected)


@given(
    st.integers(1, 9),
    st.integers(1, 9),
    st.integers(0, 7),
    st.sampled_from(["rgb8", "bgr8", "rgba8", "bgra8", "mono8"]),
)
def test_decoding_keeps_height_and_width(height: int, width: int, padding: int, encoding: str) -> None:
    channels = {"mono8": 1, "rgb8": 3, "bgr8": 3}.get(encoding, 4)
    pixels = np.zeros((height, width, channels), np.uint8)
    assert decode(raw(pixels, encoding, padding)).shape == (height, width, 3)


@pytest.mark.parametrize(
    "wrong",
    [
        RawImage("/camera", "rgb8", bytes(6 * 24 - 1), 6, 8, 24),
        RawImage("/camera", "rgb8", bytes(6 * 24 + 1), 6, 8, 24),
        RawImage("/camera", "rgb8", bytes(6 * 23), 6, 8, 23),
        RawImage("/camera", "rgb8", b"", 0, 8, 24),
        RawImage("/camera", "rgb8", b"", 6, 0, 0),
        RawImage("/camera", "compressed", b"", 0, 0, 0),
        RawImage("/camera", "compressed", b"no image", 0, 0, 0),
        RawImage("/camera", "bayer_rggb8", bytes(48), 6, 8, 8),
    ],
)
def test_what_contradicts_itself_is_an_error_that_names_the_topic(wrong: RawImage) -> None:
    with pytest.raises(ImageError, match=r"^/camera: ") as caught:
        decode(wrong)
    assert caught.value.code == "BAD_IMAGE"


def test_a_png_is_decoded_as_rgb() -> None:
    _, png = cv2.imencode(".png", RGB[:, :, ::-1])
    assert np.array_equal(decode(RawImage("/camera", "compressed", png.tobytes())), RGB)


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_rotation_is_clockwise(turns: int) -> None:
    turned = orient(RGB, ImageBinding(rotate=90 * turns))
    expected = RGB
    for _ in range(turns):
        expected = cv2.rotate(expected, cv2.ROTATE_90_CLOCKWISE)
    assert np.array_equal(turned, expected)


@pytest.mark.parametrize(("flip", "code"), [("horizontal", 1), ("vertical", 0), ("both", -1)])
def test_flips_mirror_what_a_person_would_call_so(flip: str, code: int) -> None:
    assert np.array_equal(orient(RGB, ImageBinding(flip=flip)), cv2.flip(RGB, code))


def test_mirroring_comes_after_turning() -> None:
    both = orient(RGB, ImageBinding(rotate=90, flip="horizontal"))
    assert np.array_equal(both, cv2.flip(cv2.rotate(RGB, cv2.ROTATE_90_CLOCKWISE), 1))


def wanted(width: int, height: int, resize: str, crop_area: float = 1.0) -> ImageInput:
    return ImageInput(width=width, height=height, resize=resize, crop_area=crop_area)


def test_shrinking_averages_areas() -> None:
    image = np.random.default_rng(1).integers(0, 256, (480, 640, 3), dtype=np.uint8)
    shrunk = fit(image, wanted(160, 120, "stretch"))
    expected = image.reshape(120, 4, 160, 4, 3).mean(axis=(1, 3))
    assert np.abs(shrunk - expected).max() <= 0.5


def test_crop_keeps_the_centre_and_the_proportions() -> None:
    image = np.zeros((480, 640, 3), np.uint8)
    image[:, 80:560] = 200
    assert np.all(fit(image, wanted(96, 96, "crop")) == 200)


def test_pad_keeps_all_of_the_image_on_black() -> None:
    image = np.full((480, 640, 3), 200, np.uint8)
    padded = fit(image, wanted(96, 96, "pad"))
    assert np.all(padded[12:84] == 200) and np.all(padded[:12] == 0) and np.all(padded[84:] == 0)


def test_a_centre_crop_is_counted_in_area() -> None:
    image = np.zeros((100, 200, 3), np.uint8)
    image[25:75, 50:150] = 255
    assert np.all(fit(image, wanted(10, 10, "stretch", crop_area=0.25)) == 255)


@given(
    st.integers(1, 40),
    st.integers(1, 40),
    st.integers(1, 40),
    st.integers(1, 40),
    st.sampled_from(["stretch", "crop", "pad"]),
)
def test_every_way_of_resizing_gives_the_size_that_is_wanted(h: int, w: int, height: int, width: int, way: str) -> None:
    assert fit(np.zeros((h, w, 3), np.uint8), wanted(width, height, way)).shape == (height, width, 3)


def test_the_right_size_is_left_alone() -> None:
    assert np.array_equal(fit(RGB, wanted(8, 6, "stretch")), RGB)


def test_a_camera_that_is_not_there_is_black() -> None:
    assert blank(wanted(4, 3, "stretch")).shape == (3, 4, 3) and not blank(wanted(4, 3, "stretch")).any()
