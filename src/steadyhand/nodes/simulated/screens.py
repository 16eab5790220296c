"""Where the simulated world is seen: the cameras' images, and a window for a person."""

from __future__ import annotations

from rclpy.node import Node

from steadyhand.nodes.exceptions import NodeError
from steadyhand.nodes.simulated.cameras import CameraSettings
from steadyhand.nodes.simulated.drawing import DrawingProcess
from steadyhand.nodes.simulated.settings import NO_RENDERER, SimulatorSettings
from steadyhand.simulation.robot import Capture


class Screens:
    """Shows captures in the processes that draw.

    Attributes:
        backend: What draws the cameras' images.
    """

    def __init__(self, node: Node, settings: SimulatorSettings) -> None:
        """Start the processes.

        Args:
            node: The simulator.
            settings: Its parameters.

        Raises:
            NodeError: Images cannot be drawn.
        """
        self._task = settings.task
        self.backend = NO_RENDERER
        self._cameras: DrawingProcess | None = None
        self._window: DrawingProcess | None = None
        if settings.renderer != NO_RENDERER:
            self._cameras = DrawingProcess(
                "camera_process",
                CameraSettings.of(node, settings).to_json(),
                "Set renderer to 'raycast' where a graphics library is the trouble.",
            )
            self.backend = self._cameras.greeting
        if settings.viewer:
            try:
                self._window = DrawingProcess("window_process", settings.task, "A window needs a display.")
            except NodeError as error:
                # A missing display is no reason not to simulate.
                node.get_logger().warning(f"there is no window: {error}")

    @property
    def dropped(self) -> int:
        """Captures for which no images could be drawn in time."""
        return 0 if self._cameras is None else self._cameras.dropped

    def show(self, capture: Capture) -> None:
        """Have a capture drawn.

        Raises:
            NodeError: The camera process has ended.
        """
        if self._cameras is not None:
            self._cameras.draw(capture.stamp, capture.configuration)
        if self._window is not None:
            try:
                self._window.draw(capture.stamp, capture.configuration)
            except NodeError:
                self._close_window()

    def wait(self, timeout: float) -> bool:
        """Wait until the images of the last capture are published; return False after ``timeout`` [s].

        Raises:
            NodeError: The camera process has ended.
        """
        return self._cameras is None or self._cameras.wait(timeout)

    def load(self, task: str) -> None:
        """Draw the world of a task from now on.

        Raises:
            NodeError: The camera process has ended, or cannot load the task.
        """
        if task == self._task:
            return
        self._task = task
        if self._cameras is not None:
            self._cameras.load(task)
        if self._window is not None:
            try:
                self._window.load(task)
            except NodeError:
                self._close_window()

    def close(self) -> None:
        """End the processes."""
        if self._cameras is not None:
            self._cameras.close()
        if self._window is not None:
            self._window.close()

    def _close_window(self) -> None:
        """Go on without a window: the person has closed it."""
        if self._window is not None:
            self._window.close()
        self._window = None
