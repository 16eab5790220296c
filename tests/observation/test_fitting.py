from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as PillowImage

from steadyhand.observation.encodings import ENCODINGS
from steadyhand.observation.fitting import blank, fit, fitted, orient, shrunk
from steadyhand.observation.images import Box
from steadyhand.observation.pixels import Pixels
from steadyhand.profiles.deployment import ImageBinding
from steadyhand.profiles.policy import ImageInput

RGB = np.random.default_rng(0).integers(0, 256, (6, 8, 3), dtype=np.uint8)
NOISE = np.random.default_rng(1).integers(0, 256, (480, 640, 3), dtype=np.uint8)
SCENE = cv2.GaussianBlur(np.kron(NOISE[:12, :16], np.ones((40, 40, 1), np.uint8)), (5, 5), 1.0)
"""Coloured squares with edges as sharp as a lens leaves them."""

turnings = st.sampled_from([0, 90, 180, 270])
flips = st.sampled_from(["none", "horizontal", "vertical", "both"])
sides = st.integers(1, 40)


def wanted(width: int, height: int, resize: str, **keys: object) -> ImageInput:
    return ImageInput(width=width, height=height, resize=resize, **keys)


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_rotation_is_clockwise(turns: int) -> None:
    expected = RGB
    for _ in range(turns):
        expected = cv2.rotate(expected, cv2.ROTATE_90_CLOCKWISE)
    assert np.array_equal(orient(RGB, ImageBinding(rotate=90 * turns)), expected)


@pytest.mark.parametrize(("flip", "code"), [("horizontal", 1), ("vertical", 0), ("both", -1)])
def test_flips_mirror_what_a_person_would_call_so(flip: str, code: int) -> None:
    assert np.array_equal(orient(RGB, ImageBinding(flip=flip)), cv2.flip(RGB, code))


def test_mirroring_comes_after_turning() -> None:
    both = orient(RGB, ImageBinding(rotate=90, flip="horizontal"))
    assert np.array_equal(both, cv2.flip(cv2.rotate(RGB, cv2.ROTATE_90_CLOCKWISE), 1))


@given(turnings, flips, sides, sides, sides, sides, st.sampled_from(["stretch", "crop", "pad"]), st.booleans())
def test_cutting_before_turning_is_turning_before_cutting(
    rotate: int, flip: str, h: int, w: int, height: int, width: int, way: str, centre: bool
) -> None:
    image = np.random.default_rng(2).integers(0, 256, (h, w, 3), dtype=np.uint8)
    binding = ImageBinding(rotate=rotate, flip=flip)
    profile = wanted(width, height, way, crop_area=0.5 if centre else 1.0)
    early = fitted(Pixels(image, ENCODINGS["rgb8"]), binding, profile)
    late = fit(np.ascontiguousarray(orient(image, binding)), profile)
    assert early.shape == (height, width, 3)
    assert np.abs(early.astype(int) - late).max() <= 1


def test_whole_factors_average_exactly() -> None:
    expected = NOISE.reshape(120, 4, 160, 4, 3).mean(axis=(1, 3))
    assert np.abs(fit(NOISE, wanted(160, 120, "stretch")) - expected).max() <= 0.5


@pytest.mark.parametrize(("width", "height"), [(224, 224), (224, 168), (96, 96), (256, 192), (84, 84)])
def test_shrinking_averages_areas(width: int, height: int) -> None:
    exact = cv2.resize(SCENE.astype(np.float32), (width, height), interpolation=cv2.INTER_AREA)
    difference = np.abs(fit(SCENE, wanted(width, height, "stretch")) - exact)
    triangular = PillowImage.fromarray(SCENE).resize((width, height), PillowImage.Resampling.BILINEAR)
    assert difference.mean() < 0.6 * np.abs(np.asarray(triangular) - exact).mean()


@pytest.mark.parametrize(("rows", "columns"), [(455, 607), (479, 640), (480, 641)])
def test_sides_that_cannot_be_halved_are_averaged_in_parts_of_pixels(rows: int, columns: int) -> None:
    image = SCENE[:rows, :columns] if columns <= 640 else np.pad(SCENE, ((0, 0), (0, 1), (0, 0)), mode="edge")
    exact = cv2.resize(image.astype(np.float32), (100, 80), interpolation=cv2.INTER_AREA)
    assert np.abs(fit(image, wanted(100, 80, "stretch")) - exact).mean() < 1.0


@given(sides, sides, sides, sides, st.integers(0, 255))
def test_scaling_one_colour_gives_that_colour(h: int, w: int, height: int, width: int, level: int) -> None:
    assert np.all(shrunk(np.full((h, w, 3), level, np.uint8), height, width) == level)


@given(sides, sides, st.sampled_from(list(ENCODINGS)))
def test_colours_may_come_after_scaling(height: int, width: int, name: str) -> None:
    kind = ENCODINGS[name]
    if kind.depth:
        return
    shape = (48, 64) if kind.channels == 1 else (48, 64, kind.channels)
    values = np.random.default_rng(3).integers(0, 256, shape).astype(kind.type) * (257 if kind.type == "u2" else 1)
    pixels = Pixels(values, kind)
    early = fit(pixels.colours(pixels.part(Box(0, 0, 48, 64))), wanted(width, height, "crop"))
    assert np.abs(fitted(pixels, ImageBinding(), wanted(width, height, "crop")).astype(int) - early).max() <= 1


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


def test_the_order_of_colours_is_the_profiles() -> None:
    assert np.array_equal(fit(RGB, wanted(8, 6, "stretch", encoding="bgr")), RGB[:, :, ::-1])


def test_the_right_size_is_left_alone() -> None:
    assert np.array_equal(fit(RGB, wanted(8, 6, "stretch")), RGB)


def test_a_camera_that_is_not_there_is_black() -> None:
    assert blank(wanted(4, 3, "stretch")).shape == (3, 4, 3) and not blank(wanted(4, 3, "stretch")).any()
