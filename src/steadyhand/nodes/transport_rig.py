"""The two ends of the transport benchmark: synthetic cameras, and a node that notes when their images arrive."""

from __future__ import annotations

import array
import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
from rclpy.node import Node
from sensor_msgs.msg import Image

from steadyhand.nodes.parameters import declare
from steadyhand.nodes.process import run
from steadyhand.nodes.qos import IMAGES

TOPICS = ("/front_camera/image_raw", "/wrist_camera/image_raw")
WIDTH, HEIGHT, RATE = 640, 480, 30.0

_WARM_UP = 30  # images of each camera that are not counted
_NANOSECONDS = 1_000_000_000


class ImageSource(Node):  # type: ignore[misc]
    """Publishes numbered images of two cameras half a period apart, as soon as both are subscribed to.

    Stamps are steady time, which all processes of a machine share. The frame is the number of the image, from 1 on; 0
    while warming up.
    """

    def __init__(self) -> None:
        """Wait for the sink."""
        super().__init__("image_source")
        self._count = declare(self, "count", 300, "images of each camera", low=1, high=1_000_000)
        pixels = np.random.default_rng(0).integers(0, 256, 3 * WIDTH * HEIGHT, dtype=np.uint8)
        self._image = Image(width=WIDTH, height=HEIGHT, encoding="rgb8", step=3 * WIDTH)
        self._image.data = array.array("B", pixels.tobytes())
        self._cameras = [self.create_publisher(Image, topic, IMAGES) for topic in TOPICS]
        self._sent = 0
        self.create_timer(0.5 / RATE, self._publish)

    def _publish(self) -> None:
        if any(camera.get_subscription_count() == 0 for camera in self._cameras):
            return
        turn, camera = divmod(self._sent, len(self._cameras))
        number = max(0, turn - _WARM_UP + 1)
        if number > self._count:
            return
        self._sent += 1
        self._image.header.frame_id = str(number)
        stamp = self._image.header.stamp
        stamp.sec, stamp.nanosec = divmod(time.monotonic_ns(), _NANOSECONDS)
        self._cameras[camera].publish(self._image)


class ImageSink(Node):  # type: ignore[misc]
    """Writes camera, number and latency [ns] of every counted image to a file, one line each."""

    def __init__(self) -> None:
        """Subscribe to the cameras."""
        super().__init__("image_sink")
        self._out = Path(declare(self, "out", "images.txt", "file to write")).open("w", buffering=1)  # noqa: SIM115
        for index, topic in enumerate(TOPICS):
            self.create_subscription(Image, topic, partial(self._on_image, index), IMAGES)

    def _on_image(self, camera: int, message: Image) -> None:
        arrived = time.monotonic_ns()
        stamp = message.header.stamp
        number = int(message.header.frame_id)
        if number:
            self._out.write(f"{camera} {number} {arrived - stamp.sec * _NANOSECONDS - stamp.nanosec}\n")


def main(args: Sequence[str] | None = None) -> None:
    """Run the end that the first argument names, ``source`` or ``sink``, until it is terminated."""
    arguments = list(sys.argv[1:] if args is None else args)
    ends: dict[str, type[Node]] = {"source": ImageSource, "sink": ImageSink}
    sys.exit(run(ends[arguments[0]], arguments[1:], events=True))


if __name__ == "__main__":
    main()
