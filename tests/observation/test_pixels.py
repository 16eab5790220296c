"""Every encoding against pixels written by hand, and against OpenCV's own conversions; by every decoder there is."""

from __future__ import annotations

import array
import importlib.util
from collections.abc import Callable

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steadyhand.observation.decoders import Decoder, make_decoder
from steadyhand.observation.encodings import ENCODINGS
from steadyhand.observation.exceptions import ImageError
from steadyhand.observation.images import Box, Image, RawImage
from steadyhand.observation.pixels import decode, unpack

RGB = np.random.default_rng(0).integers(0, 256, (6, 8, 3), dtype=np.uint8)
COLOURS = [name for name, encoding in ENCODINGS.items() if not encoding.depth]
PATTERNS = ("rggb", "bggr", "gbrg", "grbg")

# The package comes with a ROS distribution only.
HERE = ["own", "cv_bridge"] if importlib.util.find_spec("cv_bridge") else ["own"]


@pytest.fixture(params=HERE)
def decoder(request: pytest.FixtureRequest) -> Decoder:
    return make_decoder(request.param)


@pytest.fixture
def read(decoder: Decoder) -> Callable[[RawImage], Image]:
    def rgb(message: RawImage) -> Image:
        pixels = decoder(message)
        return pixels.colours(pixels.part(Box(0, 0, pixels.height, pixels.width)))

    return rgb


def raw(values: np.ndarray, encoding: str, padding: int = 0, big_endian: bool = False) -> RawImage:
    """A message with the pixels, each row followed by bytes that mean nothing."""
    height, width = values.shape[:2]
    ordered = values.astype(values.dtype.newbyteorder(">" if big_endian else "<"))
    rows = np.frombuffer(ordered.tobytes(), np.uint8).reshape(height, -1)
    padded = np.hstack([rows, np.full((height, padding), 77, np.uint8)])
    data = array.array("B", padded.tobytes())
    return RawImage("/camera", encoding, data, height, width, padded.shape[1], big_endian)


def bayer(image: np.ndarray, pattern: str) -> np.ndarray:
    """The colour that each sensor element of a pattern measures of an image."""
    mosaic = np.empty(image.shape[:2], image.dtype)
    for index, colour in enumerate(pattern):
        row, column = divmod(index, 2)
        mosaic[row::2, column::2] = image[row::2, column::2, "rgb".index(colour)]
    return mosaic


def expected(encoding: str) -> tuple[np.ndarray, np.ndarray]:
    """Pixels in an encoding, and the RGB that they stand for."""
    wide = RGB.astype(np.uint16) * 257
    alpha = np.full((6, 8, 1), 9, np.uint8)
    grey = RGB[:, :, 0]
    return {
        "rgb8": (RGB, RGB),
        "bgr8": (RGB[:, :, ::-1], RGB),
        "rgba8": (np.dstack([RGB, alpha]), RGB),
        "bgra8": (np.dstack([RGB[:, :, ::-1], alpha]), RGB),
        "mono8": (grey, np.dstack([grey] * 3)),
        "rgb16": (wide, RGB),
        "bgr16": (wide[:, :, ::-1], RGB),
        "rgba16": (np.dstack([wide, alpha.astype(np.uint16)]), RGB),
        "bgra16": (np.dstack([wide[:, :, ::-1], alpha.astype(np.uint16)]), RGB),
        "mono16": (grey.astype(np.uint16) * 257, np.dstack([grey] * 3)),
    }[encoding]


PLAIN = [name for name in COLOURS if ENCODINGS[name].block == 1]


@pytest.mark.parametrize("padding", [0, 5])
@pytest.mark.parametrize("big_endian", [False, True])
@pytest.mark.parametrize("encoding", PLAIN)
def test_plain_encodings_become_rgb_whatever_the_padding_and_byte_order(
    read: Callable[[RawImage], Image], encoding: str, padding: int, big_endian: bool
) -> None:
    pixels, rgb = expected(encoding)
    assert np.array_equal(read(raw(pixels, encoding, padding, big_endian)), rgb)


@given(st.integers(0, 0xFFFF))
def test_sixteen_bits_become_the_nearest_of_eight(value: int) -> None:
    assert decode(raw(np.full((1, 1), value, np.uint16), "mono16"))[0, 0].tolist() == [round(value / 257)] * 3


@pytest.mark.parametrize(
    ("encoding", "order"), [("uyvy", "uyvy"), ("yuv422", "uyvy"), ("yuyv", "yuyv"), ("yuv422_yuy2", "yuyv")]
)
def test_two_pixels_share_their_chroma(read: Callable[[RawImage], Image], encoding: str, order: str) -> None:
    # Black, white, and red in ITU-R BT.601 with 16..235: Y 82, Cb 90, Cr 240.
    parts = [{"y": (16, 235), "u": 128, "v": 128}, {"y": (82, 82), "u": 90, "v": 240}]
    rows = []
    for part in parts:
        luma = iter(part["y"])
        rows.append([next(luma) if letter == "y" else part[letter] for letter in order])
    values = np.array([rows[0] + rows[1]] * 2, np.uint8).reshape(2, 4, 2)
    rgb = read(raw(values, encoding, padding=3)).astype(int)
    assert np.abs(rgb[0] - [[0, 0, 0], [255, 255, 255], [255, 0, 0], [255, 0, 0]]).max() <= 2


@pytest.mark.parametrize("size", [8, 16])
@pytest.mark.parametrize("pattern", PATTERNS)
def test_one_colour_through_a_bayer_pattern_is_that_colour(
    read: Callable[[RawImage], Image], pattern: str, size: int
) -> None:
    image = np.empty((8, 10, 3), np.uint8 if size == 8 else np.uint16)
    image[:] = np.array([200, 90, 30]) * (1 if size == 8 else 257)
    values = bayer(image, pattern)
    rgb = read(raw(values, f"bayer_{pattern}{size}", 4, big_endian=True))
    assert np.all(rgb == [200, 90, 30])


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_bayer_pattern_keeps_what_was_measured_and_fills_in_the_mean_of_the_neighbours(pattern: str) -> None:
    image = np.random.default_rng(1).integers(0, 256, (10, 12, 3), dtype=np.uint8)
    mosaic = bayer(image, pattern)
    rgb = decode(raw(mosaic, f"bayer_{pattern}8"))
    inside = np.s_[2:-2, 2:-2]
    for row, column in np.ndindex(2, 2):
        colour = "rgb".index(pattern[2 * row + column])
        assert np.array_equal(rgb[inside][row::2, column::2, colour], mosaic[inside][row::2, column::2])
    # At a red or blue element green is the mean of the four beside it.
    mean = (mosaic[1:-3, 2:-2].astype(int) + mosaic[3:-1, 2:-2] + mosaic[2:-2, 1:-3] + mosaic[2:-2, 3:-1]) / 4
    for row, column in np.ndindex(2, 2):
        if pattern[2 * row + column] != "g":
            assert np.abs(rgb[inside][row::2, column::2, 1] - mean[row::2, column::2]).max() <= 0.5


@given(
    st.sampled_from(COLOURS),
    st.tuples(st.integers(0, 5), st.integers(0, 7)),
    st.tuples(st.integers(1, 6), st.integers(1, 8)),
)
def test_a_part_is_that_part_of_the_whole(encoding: str, corner: tuple[int, int], size: tuple[int, int]) -> None:
    kind = ENCODINGS[encoding]
    shape = (6, 8) if kind.channels == 1 else (6, 8, kind.channels)
    values = np.random.default_rng(2).integers(0, 256, shape).astype(kind.type) * (257 if kind.type == "u2" else 1)
    pixels = unpack(raw(values, encoding, big_endian=True))
    box = Box(*corner, min(size[0], 6 - corner[0]), min(size[1], 8 - corner[1]))
    whole = pixels.colours(pixels.part(Box(0, 0, 6, 8)))
    assert np.array_equal(
        pixels.colours(pixels.part(box)),
        whole[box.top : box.top + box.height, box.left : box.left + box.width],
    )


@pytest.mark.parametrize(
    ("encoding", "code"),
    [
        ("bgra8", cv2.COLOR_BGRA2RGB),
        ("uyvy", cv2.COLOR_YUV2RGB_UYVY),
        ("yuyv", cv2.COLOR_YUV2RGB_YUY2),
        ("bayer_rggb8", cv2.COLOR_BAYER_RGGB2RGB),
        ("bayer_bggr8", cv2.COLOR_BAYER_BGGR2RGB),
        ("bayer_gbrg8", cv2.COLOR_BAYER_GBRG2RGB),
        ("bayer_grbg8", cv2.COLOR_BAYER_GRBG2RGB),
    ],
)
def test_conversions_are_opencvs(read: Callable[[RawImage], Image], encoding: str, code: int) -> None:
    kind = ENCODINGS[encoding]
    shape = (64, 80) if kind.channels == 1 else (64, 80, kind.channels)
    values = np.random.default_rng(3).integers(0, 256, shape, dtype=np.uint8)
    assert np.array_equal(read(raw(values, encoding, padding=6)), cv2.cvtColor(values, code))


@pytest.mark.parametrize("encoding", list(ENCODINGS))
def test_no_copy_is_made_of_what_a_message_carries(encoding: str) -> None:
    kind = ENCODINGS[encoding]
    data = np.zeros(6 * 8 * kind.pixel_bytes, np.uint8)
    pixels = unpack(RawImage("/camera", encoding, data, 6, 8, 8 * kind.pixel_bytes))
    assert np.shares_memory(pixels.values, data) and (pixels.height, pixels.width) == (6, 8)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (RawImage("/camera", "rgb8", bytes(6 * 24 - 1), 6, 8, 24), "143 bytes.*144"),
        (RawImage("/camera", "rgb8", bytes(6 * 24 + 1), 6, 8, 24), "145 bytes.*144"),
        (RawImage("/camera", "rgb8", bytes(6 * 23), 6, 8, 23), "8x6 in rgb8 with 23 bytes a row.*needs 24"),
        (RawImage("/camera", "32FC1", bytes(6 * 31), 6, 8, 31), "needs 32"),
        (RawImage("/camera", "rgb8", b"", 0, 8, 24), "8x0"),
        (RawImage("/camera", "rgb8", b"", 6, 0, 0), "0x6"),
        (RawImage("/camera", "uyvy", bytes(6 * 14), 6, 7, 14), "7x6 in uyvy.*blocks"),
        (RawImage("/camera", "bayer_rggb8", bytes(5 * 8), 5, 8, 8), "8x5 in bayer_rggb8.*blocks"),
        (RawImage("/camera", "8UC3", bytes(6 * 24), 6, 8, 24), "encoding '8UC3'.*rgb8"),
        (RawImage("/camera", "nv12", bytes(72), 6, 8, 8), "encoding 'nv12'"),
    ],
)
def test_what_contradicts_itself_is_an_error_that_names_topic_and_values(
    decoder: Decoder, wrong: RawImage, said: str
) -> None:
    with pytest.raises(ImageError, match=rf"^/camera: .*{said}") as caught:
        decoder(wrong)
    assert caught.value.code == "BAD_IMAGE"


@pytest.mark.parametrize("encoding", ["16UC1", "32FC1"])
def test_distances_are_not_taken_for_colours(encoding: str) -> None:
    with pytest.raises(ImageError, match=f"^/camera: encoding '{encoding}' carries distances"):
        decode(RawImage("/camera", encoding, bytes(6 * 32), 6, 8, 32))
