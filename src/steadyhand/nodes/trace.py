"""Trace points: when data passed a node, on the clock that all processes of a machine share."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TextIO

from rclpy.node import Node

from steadyhand.nodes.parameters import declare


class Trace:
    """Writes a line ``EVENT KEY NANOSECONDS`` for each mark, where the parameter ``trace`` names a file.

    The clock is CLOCK_MONOTONIC, so that marks of several processes can be compared.
    """

    def __init__(self, node: Node) -> None:
        """Declare the parameter and open its file."""
        path = declare(node, "trace", "", "file that times of inputs, chunks and commands are written to; empty: none")
        self._file: TextIO | None = Path(path).open("a", buffering=1) if path else None  # noqa: SIM115

    def mark(self, event: str, key: object) -> None:
        """Write when ``event`` happened to what ``key`` names."""
        if self._file is not None:
            self._file.write(f"{event} {key} {time.monotonic_ns()}\n")
