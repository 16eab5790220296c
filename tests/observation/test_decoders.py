"""The seam to cv_bridge, with a stand-in for the package; what the real one converts is tested with the pixels."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace

import cv2
import numpy as np
import pytest

from steadyhand.observation.decoders import make_decoder
from steadyhand.observation.exceptions import ImageError
from steadyhand.observation.images import RawImage

RGB = np.random.default_rng(0).integers(0, 256, (4, 6, 3), dtype=np.uint8)


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[SimpleNamespace]:
    """Messages that a stand-in for cv_bridge was given; it knows bgr8 and the old name of uyvy."""
    messages: list[SimpleNamespace] = []

    class CvBridge:
        def imgmsg_to_cv2(self, message: SimpleNamespace, desired_encoding: str) -> np.ndarray:
            messages.append(message)
            code = {"bgr8": cv2.COLOR_BGR2RGB, "yuv422": cv2.COLOR_YUV2RGB_UYVY}[message.encoding]
            assert desired_encoding == "rgb8" and message.is_bigendian == 0
            values = np.frombuffer(message.data, np.uint8).reshape(message.height, message.width, -1)
            assert message.step == values.strides[0]
            return cv2.cvtColor(values, code)

    module = ModuleType("cv_bridge")
    module.CvBridge = CvBridge
    monkeypatch.setitem(sys.modules, "cv_bridge", module)
    return messages


def test_rows_are_packed_before_cv_bridge_sees_them(heard: list[SimpleNamespace]) -> None:
    rows = np.hstack([RGB[:, :, ::-1].reshape(4, 18), np.full((4, 5), 99, np.uint8)])
    pixels = make_decoder("cv_bridge")(RawImage("/camera", "bgr8", rows.tobytes(), 4, 6, 23))
    assert len(heard) == 1 and pixels.encoding.name == "rgb8" and np.array_equal(pixels.values, RGB)


def test_newer_names_are_given_by_their_older_ones(heard: list[SimpleNamespace]) -> None:
    make_decoder("cv_bridge")(RawImage("/camera", "uyvy", bytes(48), 4, 6, 12))
    assert heard[0].encoding == "yuv422"


def test_depth_and_files_do_not_go_through_it(heard: list[SimpleNamespace]) -> None:
    decode = make_decoder("cv_bridge")
    assert decode(RawImage("/depth", "16UC1", bytes(48), 4, 6, 12)).encoding.depth
    file = cv2.imencode(".png", RGB)[1].tobytes()
    assert decode(RawImage("/camera", "compressed", file, format="png")).encoding.name == "bgr8"
    assert not heard


def test_what_it_cannot_convert_is_an_error_that_names_topic_and_encoding(heard: list[SimpleNamespace]) -> None:
    with pytest.raises(ImageError, match=r"^/camera: cv_bridge cannot convert encoding 'mono8'"):
        make_decoder("cv_bridge")(RawImage("/camera", "mono8", bytes(24), 4, 6, 6))
