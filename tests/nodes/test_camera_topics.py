"""Frames as messages."""

import pytest

pytest.importorskip("rclpy")

import cv2
import numpy as np
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from sensor_msgs.msg import CameraInfo, CompressedImage, Image

from steadyhand.cameras.calibration import Calibration
from steadyhand.cameras.source import Size
from steadyhand.nodes.camera_topics import CameraTopics
from steadyhand.nodes.conversions import to_seconds
from steadyhand.nodes.qos import IMAGES

CALIBRATION = Calibration("front.yaml", Size(4, 2), "plumb_bob", np.zeros(5), np.eye(3), np.eye(3), np.eye(3, 4))


class Stage:
    """A camera's topics and who listens to them."""

    def __init__(self, context, listens=(Image, CompressedImage, CameraInfo), calibration=None):
        self.node = Node("camera", context=context, namespace="/front", enable_rosout=False)
        self.topics = CameraTopics(self.node, "front_optical", calibration)
        self.heard = {}
        for kind, name in (
            (Image, "image_raw"),
            (CompressedImage, "image_raw/compressed"),
            (CameraInfo, "camera_info"),
        ):
            if kind in listens:
                self.node.create_subscription(kind, name, lambda one, kind=kind: self.heard.update({kind: one}), IMAGES)
        self._executor = SingleThreadedExecutor(context=context)
        self._executor.add_node(self.node)

    def publish(self, pixels, stamp=12.5, quality=95):
        self.heard.clear()
        self.topics.publish(pixels, stamp, quality)
        for _ in range(10):
            self._executor.spin_once(timeout_sec=0.05)
            if len(self.heard) == 3:
                break
        return self.heard


@pytest.fixture
def make(context):
    stages = []

    def make(**options):
        stages.append(Stage(context, **options))
        return stages[-1]

    yield make
    for stage in stages:
        stage.topics.close()
        stage.node.destroy_node()


def pixels(kind):
    shape = (2, 4, 3) if kind == "bgr8" else (2, 4)
    content = np.arange(np.prod(shape)).reshape(shape)
    return content.astype(np.uint16) * 2000 if kind == "mono16" else content.astype(np.uint8)


@pytest.mark.parametrize(("kind", "size"), [("bgr8", 3), ("mono8", 1), ("mono16", 2)])
def test_a_frame_is_published_as_it_is(make, kind, size):
    frame = pixels(kind)
    image = make().publish(frame)[Image]
    assert (image.encoding, image.width, image.height, image.step) == (kind, 4, 2, 4 * size)
    assert bytes(image.data) == frame.tobytes()
    assert (to_seconds(image.header.stamp), image.header.frame_id) == (12.5, "front_optical")


def test_frames_of_another_size_or_kind_may_follow(make):
    stage = make()
    for kind in ("bgr8", "mono8", "mono16", "bgr8"):
        assert bytes(stage.publish(pixels(kind))[Image].data) == pixels(kind).tobytes()
    view = np.zeros((4, 8, 3), np.uint8)[::2, ::2]
    view[:] = pixels("bgr8")
    assert bytes(stage.publish(view)[Image].data) == pixels("bgr8").tobytes(), "also where its rows are apart"


def test_jpeg_says_what_it_was_made_of(make):
    stage = make()
    frame = np.full((16, 16), 40000, np.uint16)
    jpeg = stage.publish(frame)[CompressedImage]
    assert jpeg.format == "mono16; jpeg compressed mono8"
    decoded = cv2.imdecode(np.frombuffer(jpeg.data, np.uint8), cv2.IMREAD_UNCHANGED)
    assert np.abs(decoded.astype(int) - (40000 >> 8)).max() <= 2
    assert to_seconds(jpeg.header.stamp) == 12.5


def test_nothing_is_encoded_that_nobody_wants(make, monkeypatch):
    stage = make(listens=(Image,))
    monkeypatch.setattr(cv2, "imencode", lambda *_: pytest.fail("it was encoded"))
    assert set(stage.publish(pixels("bgr8"))) == {Image}


def test_a_calibration_for_another_size_gives_no_camera_info_and_says_so(make):
    stage = make(calibration=CALIBRATION)
    info = stage.publish(pixels("bgr8"))[CameraInfo]
    assert (info.width, info.height, info.k[0]) == (4, 2, 1.0) and not stage.topics.complaint
    heard = stage.publish(np.zeros((4, 8, 3), np.uint8))
    assert CameraInfo not in heard and Image in heard
    assert "is for images of 4x2 and these have 8x4" in stage.topics.complaint


def test_a_latency_before_the_beginning_of_the_clock_is_its_beginning(make):
    assert to_seconds(make().publish(pixels("bgr8"), stamp=-0.1)[Image].header.stamp) == 0.0
