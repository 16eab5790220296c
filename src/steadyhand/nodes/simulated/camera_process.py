"""The process that draws the simulated cameras' images and publishes them."""

from __future__ import annotations

import array
import sys
from multiprocessing.connection import Connection

import cv2
import numpy as np
import rclpy
from numpy.typing import NDArray
from rclpy.node import Node
from rclpy.signals import SignalHandlerOptions
from sensor_msgs.msg import CameraInfo, Image

from steadyhand.exceptions import SteadyhandError
from steadyhand.nodes.conversions import to_time
from steadyhand.nodes.qos import IMAGES
from steadyhand.nodes.simulated.cameras import CameraSettings
from steadyhand.nodes.simulated.drawing import serve
from steadyhand.simulation.optics import intrinsic_matrix
from steadyhand.simulation.rendering import make_renderer
from steadyhand.simulation.world import World


class CameraPublisher:
    """Publishes the images of one camera, where somebody wants them."""

    def __init__(self, node: Node, camera: str, settings: CameraSettings) -> None:
        """Open image topic and camera_info."""
        topic = settings.topics[camera]
        self.camera = camera
        self._images = node.create_publisher(Image, topic, IMAGES)
        self._infos = node.create_publisher(CameraInfo, f"{topic.rpartition('/')[0]}/camera_info", IMAGES)
        width, height = settings.width, settings.height
        self._image = Image(width=width, height=height, encoding="rgb8", step=3 * width)
        # Only an array of this type is taken without being copied element by element; it is copied all the same, so
        # that the message's own array is the one to draw into.
        self._image.data = array.array("B", bytes(3 * width * height))
        pixels: NDArray[np.uint8] = np.frombuffer(self._image.data, dtype=np.uint8)
        self._pixels = pixels.reshape(height, width, 3)
        self._image.header.frame_id = settings.frames[camera]
        matrix = intrinsic_matrix(camera, width, height)
        self._info = CameraInfo(width=width, height=height, distortion_model="plumb_bob", d=[0.0] * 5)
        self._info.k = matrix.reshape(-1)
        self._info.r = np.eye(3).reshape(-1)
        self._info.p = np.hstack([matrix, np.zeros((3, 1))]).reshape(-1)
        self._info.header.frame_id = settings.frames[camera]

    @property
    def wanted(self) -> bool:
        """True where somebody subscribes to the images."""
        return bool(self._images.get_subscription_count())

    def publish_info(self, stamp: float) -> None:
        """Publish the camera's parameters for a capture time, ROS clock [s]."""
        self._info.header.stamp = to_time(stamp)
        self._infos.publish(self._info)

    def publish_image(self, stamp: float, drawn: NDArray[np.uint8]) -> None:
        """Publish an image, stretched to the published size.

        Args:
            stamp: Capture time, ROS clock [s].
            drawn: RGB, shape (height, width, 3).
        """
        if drawn.shape == self._pixels.shape:
            self._pixels[:] = drawn
        else:
            cv2.resize(drawn, self._pixels.shape[1::-1], dst=self._pixels, interpolation=cv2.INTER_LINEAR)
        self._image.header.stamp = to_time(stamp)
        self._images.publish(self._image)


class Cameras:
    """Draws states of the world as all cameras see them, and publishes the images."""

    def __init__(self, settings: CameraSettings) -> None:
        """Open renderer and topics.

        Raises:
            RenderingError: The renderer cannot be had.
            TaskError: There is no such task.
        """
        self._settings = settings
        self.load(settings.task)
        # Nobody spins this node: it only publishes.
        node = Node(settings.node, namespace=settings.namespace, start_parameter_services=False, enable_rosout=False)
        self._publishers = [CameraPublisher(node, camera, settings) for camera in settings.topics]

    @property
    def backend(self) -> str:
        """The renderer in use."""
        return self._renderer.backend

    def load(self, task: str) -> None:
        """Draw the world of another task from now on."""
        size = (self._settings.render_width, self._settings.render_height)
        self._renderer = make_renderer(World(task), *size, self._settings.renderer)

    def draw(self, stamp: float, configuration: NDArray[np.float64]) -> None:
        """Publish what the cameras see.

        Args:
            stamp: Capture time, ROS clock [s].
            configuration: Of the world, shape (nq,).
        """
        for publisher in self._publishers:
            publisher.publish_info(stamp)
            if publisher.wanted:
                publisher.publish_image(stamp, self._renderer.render(configuration, publisher.camera))


def main(arguments: list[str]) -> int:
    """Serve the simulator at the other end of a socket.

    Args:
        arguments: File descriptor of the socket, and the settings.

    Returns:
        Exit code.
    """
    connection = Connection(int(arguments[0]))
    rclpy.init(args=[], signal_handler_options=SignalHandlerOptions.NO)
    try:
        cameras = Cameras(CameraSettings.from_json(arguments[1]))
        serve(connection, cameras.backend, cameras.draw, cameras.load)
    except SteadyhandError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201
        return 2
    finally:
        rclpy.try_shutdown()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
