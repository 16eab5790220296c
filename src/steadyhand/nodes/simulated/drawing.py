"""Processes that draw the simulated world, seen from the simulator."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection

import numpy as np
from numpy.typing import NDArray

from steadyhand.nodes.exceptions import NodeError

FRAME = b"F"
TASK = b"T"
_START_TIMEOUT = 60.0  # [s]
_END_TIMEOUT = 3.0  # [s]


class DrawingProcess:
    """A process that draws one state of the world after the other, as it is handed them.

    Attributes:
        greeting: What the process said when it was ready.
        dropped: States that came while the one before was still being drawn.
    """

    def __init__(self, module: str, argument: str, remedy: str) -> None:
        """Start the process and wait until it can draw.

        Args:
            module: Module of this package to run. It gets the file descriptor of its socket and the argument.
            argument: What it is to know.
            remedy: What to do where it ends by itself, in a sentence.

        Raises:
            NodeError: It cannot.
        """
        self.dropped = 0
        self._module = module
        self._remedy = remedy
        self._busy = False
        ours, theirs = socket.socketpair()
        # A session of its own: Ctrl-C reaches the simulator only, which then ends this process.
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"{__package__}.{module}", str(theirs.fileno()), argument],
            pass_fds=(theirs.fileno(),),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        theirs.close()
        self._connection = Connection(ours.detach())
        try:
            self.greeting = self._receive(_START_TIMEOUT, "start").decode()
        except NodeError:
            self.close()
            raise

    @property
    def idle(self) -> bool:
        """True where the last state has been drawn.

        Raises:
            NodeError: The process has ended.
        """
        if self._busy and self._poll(0.0):
            self._receive(0.0, "draw")
            self._busy = False
        return not self._busy

    def draw(self, stamp: float, configuration: NDArray[np.float64]) -> bool:
        """Have a state drawn; return False where the process is still busy with another.

        Args:
            stamp: Capture time, ROS clock [s].
            configuration: Of the world, shape (nq,).

        Raises:
            NodeError: The process has ended.
        """
        if not self.idle:
            self.dropped += 1
            return False
        self._send(FRAME + np.concatenate(([stamp], configuration)).tobytes())
        self._busy = True
        return True

    def wait(self, timeout: float) -> bool:
        """Wait until the process is idle; return False where it is still busy after ``timeout`` [s].

        Raises:
            NodeError: The process has ended.
        """
        if self._busy:
            self._poll(timeout)
        return self.idle

    def load(self, task: str) -> None:
        """Draw the world of another task from now on.

        Raises:
            NodeError: The process has ended, or cannot load the task.
        """
        while not self.wait(1.0):
            pass
        self._send(TASK + task.encode())
        self._receive(_START_TIMEOUT, f"load task {task!r}")

    def close(self) -> None:
        """End the process."""
        self._connection.close()
        try:
            self._process.wait(_END_TIMEOUT)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _send(self, message: bytes) -> None:
        try:
            self._connection.send_bytes(message)
        except OSError as error:
            raise NodeError(self._obituary()) from error

    def _poll(self, timeout: float) -> bool:
        try:
            return self._connection.poll(timeout)
        except OSError as error:
            raise NodeError(self._obituary()) from error

    def _receive(self, timeout: float, purpose: str) -> bytes:
        if not self._poll(timeout):
            raise NodeError(f"the drawing process did not {purpose} within {timeout:g} s; look at its messages above")
        try:
            return self._connection.recv_bytes()
        except (EOFError, OSError) as error:
            raise NodeError(self._obituary()) from error

    def _obituary(self) -> str:
        # The connection closes a moment before the process is gone.
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(1.0)
        return (
            f"the drawing process {self._module} ended with code {self._process.poll()}; its message stands above. "
            f"{self._remedy}"
        )


def serve(
    connection: Connection,
    greeting: str,
    draw: Callable[[float, NDArray[np.float64]], None],
    load: Callable[[str], None],
) -> None:
    """Draw what the simulator hands over, until it closes the connection.

    Args:
        connection: To the simulator.
        greeting: Said at first.
        draw: Called with capture time, ROS clock [s], and configuration of the world, shape (nq,).
        load: Called with the name of another task.
    """
    try:
        connection.send_bytes(greeting.encode())
        while True:
            message = connection.recv_bytes()
            if message[:1] == FRAME:
                numbers = np.frombuffer(message[1:])
                draw(float(numbers[0]), numbers[1:])
            else:
                load(message[1:].decode())
            connection.send_bytes(b"done")
    except (EOFError, ConnectionError):
        return
