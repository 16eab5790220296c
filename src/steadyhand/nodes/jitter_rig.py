"""The listener of the jitter benchmark: when the bridge published, and when that arrived here."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from rclpy.node import Node

from steadyhand.msg import ExecutionState
from steadyhand.nodes.conversions import to_seconds
from steadyhand.nodes.parameters import declare
from steadyhand.nodes.process import run
from steadyhand.nodes.qos import EXECUTION_STATE


class JitterRig(Node):  # type: ignore[misc]
    """Writes a line for every report of the bridge: its stamp [s], its arrival [s], its state and its newest chunk.

    The bridge reports directly after each window that it hands over, and stamps the report at that moment: a listener
    that is late itself does not spoil the measurement.
    """

    def __init__(self) -> None:
        """Listen at once."""
        super().__init__("jitter_rig")
        self._out = Path(declare(self, "out", "jitter.txt", "file to write")).open("w", buffering=1)  # noqa: SIM115
        self.create_subscription(ExecutionState, "execution_state", self._on_state, EXECUTION_STATE)

    def _on_state(self, message: ExecutionState) -> None:
        now = self.get_clock().now().nanoseconds * 1e-9
        chunk = int(message.chunk_sequence) if message.has_chunk else -1
        self._out.write(f"{to_seconds(message.header.stamp):.9f} {now:.9f} {message.state} {chunk}\n")


def main(args: Sequence[str] | None = None) -> None:
    """Run the rig."""
    sys.exit(run(JitterRig, args))


if __name__ == "__main__":
    main()
