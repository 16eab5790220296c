"""The camera node: a device, a file, a folder or an address in, images and camera_info out."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from threading import Event, Thread
from typing import Any, cast

from diagnostic_msgs.msg import DiagnosticArray
from rclpy.parameter import Parameter

from steadyhand.cameras.calibration import Calibration, load_calibration
from steadyhand.cameras.capture import Capture, CaptureState, CaptureStatus
from steadyhand.cameras.exceptions import SourceRefusedError
from steadyhand.cameras.factory import make_source
from steadyhand.cameras.settings import OPTIONS, CameraSettings
from steadyhand.cameras.source import FrameSource, Size
from steadyhand.nodes.camera_reports import camera_status
from steadyhand.nodes.camera_topics import CameraTopics
from steadyhand.nodes.conversions import to_time
from steadyhand.nodes.exceptions import NodeError
from steadyhand.nodes.lifecycle import ManagedNode
from steadyhand.nodes.parameters import declare
from steadyhand.nodes.process import run
from steadyhand.nodes.qos import DIAGNOSTICS
from steadyhand.profiles.files import find_file, places_text

_DIAGNOSTICS = 1.0
_PATIENCE = 0.2
_LEAVING = 1.0
_GRAVE = (CaptureState.LOST, CaptureState.FAILED)


class CameraNode(ManagedNode):
    """Publishes what a camera sees.

    One thread takes frames from the source, another one publishes the newest. Neither a device that hangs nor a slow
    encoding keeps the executor waiting, and an image is never published late because another one was.
    """

    def __init__(self) -> None:
        """Declare the parameters; everything else waits for ``configure``."""
        super().__init__("camera")
        given: dict[str, Any] = {
            name: declare(
                self,
                name,
                cast(Any, option.default),
                option.description,
                low=option.low,
                high=option.high,
                read_only=not option.changeable,
            )
            for name, option in OPTIONS.items()
        }
        chosen = ("source", "width", "height", "rate", "pixel_format", "loop")
        self._settings = CameraSettings(**{name: given[name] for name in chosen})
        self._frame_id: str = given["frame_id"]
        self._calibration: str = given["calibration"]
        self._latency: float = given["latency"]
        self._quality: int = given["jpeg_quality"]
        self._capture: Capture | None = None
        self._halt = Event()
        self._broken: Exception | None = None
        self.add_post_set_parameters_callback(self._apply)

    def configure(self) -> None:
        """See whether the source can work, and open the topics."""
        self._source, size = self._make_source()
        calibration = self._read_calibration()
        if calibration is not None and size is not None:
            calibration.require(size)
        self._topics = CameraTopics(self, self._frame_id, calibration)
        self._diagnostics = self.create_publisher(DiagnosticArray, "/diagnostics", DIAGNOSTICS)
        self._timer = self.create_timer(_DIAGNOSTICS, self._diagnose, clock=self.steady_clock)

    def activate(self) -> None:
        """Begin to capture and to publish."""
        # A device that hung when the node was deactivated may still hold the former one.
        self._source, _ = self._make_source()
        self._halt = Event()
        self._capture = Capture(self._source, lambda: self.now, self._on_status)
        self._publishing = Thread(target=self._publish, args=(self._capture, self._halt), name="publish", daemon=True)
        self._capture.start()
        self._publishing.start()

    def deactivate(self) -> None:
        """Let the source go."""
        capture, self._capture = self._capture, None
        if capture is None:
            return
        self._halt.set()
        if not capture.stop(_LEAVING):
            self.get_logger().warning(f"'{self._source.name}' hangs: it is let go as soon as it answers")
        self._publishing.join(_LEAVING)

    def cleanup(self) -> None:
        """Close the topics."""
        self.destroy_timer(self._timer)
        self._topics.close()
        self.destroy_publisher(self._diagnostics)

    def _make_source(self) -> tuple[FrameSource, Size | None]:
        source = make_source(self._settings)
        return source, source.check()

    def _read_calibration(self) -> Calibration | None:
        if not self._calibration:
            return None
        reference = self._calibration.removeprefix("file://")
        beside = Path.cwd() / "calibration"
        path = find_file(reference, beside)
        if path is None:
            raise SourceRefusedError(f"there is no calibration '{reference}'. {places_text(reference, beside)}")
        return load_calibration(path)

    def _apply(self, parameters: Sequence[Parameter]) -> None:
        for parameter in parameters:
            if parameter.name == "latency":
                self._latency = parameter.value
            elif parameter.name == "jpeg_quality":
                self._quality = parameter.value

    def _on_status(self, status: CaptureStatus) -> None:
        """Say what became of the source; called in the thread that captures."""
        log = self.get_logger()
        if status.state in _GRAVE:
            log.error(f"{status.state.value}: {status.message}")
        elif status.state is CaptureState.RUNNING:
            log.info(f"'{self._source.name}' is running")
        elif status.message:
            log.info(status.message)

    def _publish(self, capture: Capture, halt: Event) -> None:
        """Publish every frame that comes, in a thread of its own."""
        try:
            while not halt.is_set():
                frame = capture.take(_PATIENCE)
                if frame is not None and not halt.is_set():
                    stamp = frame.stamp - self._latency
                    self._topics.publish(frame.pixels, stamp, self._quality)
                    capture.statistics.publish(self.now - stamp)
        except Exception as error:
            self._broken = error

    def _diagnose(self) -> None:
        if self._broken is not None:
            # A camera that captures and publishes nothing must not look alive: whoever started it starts it again.
            raise NodeError(f"images can no longer be published: {self._broken}") from self._broken
        name = f"{self.get_namespace().rstrip('/')}/{self.get_name()}"
        status = camera_status(name, self._source, self._capture, self._topics.complaint, self._topics.subscribers)
        array = DiagnosticArray(status=[status])
        array.header.stamp = to_time(self.now)
        self._diagnostics.publish(array)


def main(args: Sequence[str] | None = None) -> None:
    """Run the camera node."""
    sys.exit(run(CameraNode, args))


if __name__ == "__main__":
    main()
