"""The topics of a camera: raw and compressed images, and its parameters."""

from __future__ import annotations

import array

import cv2
import numpy as np
from numpy.typing import NDArray
from rclpy.node import Node
from sensor_msgs.msg import CameraInfo, CompressedImage, Image

from steadyhand.cameras.calibration import Calibration, CalibrationError
from steadyhand.cameras.source import Pixels, Size, size_of
from steadyhand.nodes.conversions import to_time
from steadyhand.nodes.qos import IMAGES


class CameraTopics:
    """Publishes frames; an image is only made where somebody subscribes to it.

    Attributes:
        complaint: Why there is no camera_info, empty where there is.
    """

    def __init__(self, node: Node, frame_id: str, calibration: Calibration | None) -> None:
        """Open the topics.

        Args:
            node: The node that publishes.
            frame_id: Frame of the images.
            calibration: Parameters of the camera, None where it is not calibrated.
        """
        self.complaint = ""
        self._node = node
        self._calibration = calibration
        self._raw = node.create_publisher(Image, "image_raw", IMAGES)
        # As image_transport has it: beside the raw images, wherever these are remapped to.
        compressed = f"{node.resolve_topic_name('image_raw')}/compressed"
        self._compressed = node.create_publisher(CompressedImage, compressed, IMAGES)
        self._infos = node.create_publisher(CameraInfo, "camera_info", IMAGES)
        self._image = Image()
        self._jpeg = CompressedImage()
        self._info = CameraInfo()
        for message in (self._image, self._jpeg, self._info):
            message.header.frame_id = frame_id
        self._bytes: NDArray[np.uint8] = np.zeros(0, np.uint8)
        self._size = Size(0, 0)

    @property
    def subscribers(self) -> tuple[int, int]:
        """How many subscribe to the raw, and to the compressed images."""
        return self._raw.get_subscription_count(), self._compressed.get_subscription_count()

    def publish(self, pixels: Pixels, stamp: float, quality: int) -> None:
        """Publish a frame.

        Args:
            pixels: The frame.
            stamp: Its capture time, ROS clock [s].
            quality: Of the JPEG, 1 to 100.
        """
        time = to_time(max(0.0, stamp))
        raw, compressed = self.subscribers
        self._describe(size_of(pixels))
        if not self.complaint:
            self._info.header.stamp = time
            self._infos.publish(self._info)
        if raw:
            self._fill(pixels)
            self._image.header.stamp = time
            self._raw.publish(self._image)
        if compressed:
            self._jpeg.header.stamp = time
            self._compress(pixels, quality)
            self._compressed.publish(self._jpeg)

    def close(self) -> None:
        """Close the topics."""
        for publisher in (self._raw, self._compressed, self._infos):
            self._node.destroy_publisher(publisher)

    def _fill(self, pixels: Pixels) -> None:
        height, width = pixels.shape[:2]
        image, content = self._image, np.ascontiguousarray(pixels)
        image.height, image.width, image.encoding = height, width, encoding_of(pixels)
        image.step = content.nbytes // height
        if self._bytes.size != content.nbytes:
            # Only an array of this type is taken without a copy element by element; it is drawn into from now on.
            image.data = array.array("B", bytes(content.nbytes))
            self._bytes = np.frombuffer(image.data, dtype=np.uint8)
        self._bytes[:] = content.reshape(-1).view(np.uint8)

    def _compress(self, pixels: Pixels, quality: int) -> None:
        shallow = (pixels >> 8).astype(np.uint8) if pixels.dtype == np.uint16 else pixels
        _, content = cv2.imencode(".jpg", shallow, [cv2.IMWRITE_JPEG_QUALITY, quality])
        self._jpeg.format = f"{encoding_of(pixels)}; jpeg compressed {encoding_of(shallow)}"
        self._jpeg.data = array.array("B", content.tobytes())

    def _describe(self, size: Size) -> None:
        """Fill in camera_info for images of a size."""
        if size == self._size:
            return
        self._size = size
        self.complaint = ""
        self._info.width, self._info.height = size
        calibration = self._calibration
        if calibration is None:
            return
        try:
            calibration.require(size)
        except CalibrationError as error:
            self.complaint = str(error)
            self._node.get_logger().error(f"no camera_info: {error}")
            return
        self._info.distortion_model = calibration.distortion_model
        self._info.d = calibration.distortion.tolist()
        self._info.k = calibration.camera_matrix.reshape(-1)
        self._info.r = calibration.rectification.reshape(-1)
        self._info.p = calibration.projection.reshape(-1)


def encoding_of(pixels: Pixels) -> str:
    """Return the encoding of a frame, as sensor_msgs/Image names it."""
    if pixels.ndim == 3:
        return "bgr8"
    return "mono16" if pixels.dtype == np.uint16 else "mono8"
