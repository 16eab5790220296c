"""The process that shows the simulated world in a window."""

from __future__ import annotations

import sys
from multiprocessing.connection import Connection
from typing import Any

import mujoco
import mujoco.viewer
import numpy as np
from numpy.typing import NDArray

from steadyhand.nodes.simulated.drawing import serve
from steadyhand.simulation.scene import VISIBLE_GROUPS
from steadyhand.simulation.world import World


class Window:
    """MuJoCo's viewer, fed with states instead of running the physics itself."""

    def __init__(self, task: str) -> None:
        """Open the window."""
        self._viewer: Any = None
        self.load(task)

    def load(self, task: str) -> None:
        """Show the world of another task from now on."""
        if self._viewer is not None:
            self._viewer.close()
        world = World(task)
        self._model, self._data = world.model, world.data
        self._viewer = mujoco.viewer.launch_passive(self._model, self._data, show_left_ui=False, show_right_ui=False)
        with self._viewer.lock():
            self._viewer.opt.geomgroup[:] = VISIBLE_GROUPS
            self._viewer.cam.lookat[:] = (0.4, 0.0, 0.2)
            self._viewer.cam.distance, self._viewer.cam.azimuth, self._viewer.cam.elevation = 1.8, 150.0, -25.0

    def draw(self, _stamp: float, configuration: NDArray[np.float64]) -> None:
        """Show a state.

        Args:
            configuration: Of the world, shape (nq,).

        Raises:
            EOFError: The person has closed the window.
        """
        if not self._viewer.is_running():
            raise EOFError
        with self._viewer.lock():
            self._data.qpos[:] = configuration
            mujoco.mj_forward(self._model, self._data)
        self._viewer.sync()


def main(arguments: list[str]) -> int:
    """Serve the simulator at the other end of a socket.

    Args:
        arguments: File descriptor of the socket, and the name of the task.

    Returns:
        Exit code.
    """
    connection = Connection(int(arguments[0]))
    window = Window(arguments[1])
    serve(connection, "window", window.draw, window.load)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
