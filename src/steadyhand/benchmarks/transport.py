"""Transport: how long camera images take from one process to another."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from steadyhand.benchmarks.exceptions import BenchmarkError
from steadyhand.benchmarks.processes import NodeProcesses
from steadyhand.benchmarks.statistics import percentiles

CAMERAS = 2
RATE = 30.0
"""Of each camera [Hz]."""

_START = 30.0  # longest time until the first image has come [s]
_GRACE = 1.0  # for the last images [s]


def measure(seconds: float, environment: dict[str, str]) -> dict[str, Any]:
    """Send the images of two cameras, 640 x 480 rgb8 at 30 Hz, best effort, from one process to another.

    Args:
        seconds: Duration of the measurement [s].
        environment: Environment of the processes: transports and domain.

    Returns:
        ``image_ms``: from before the call that publishes to the subscriber's callback, over both cameras. ``sent`` and
        ``received``: numbers of images.

    Raises:
        BenchmarkError: A process ended, or no image arrived.
    """
    count = max(1, round(seconds * RATE))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        arrivals = folder / "arrivals"
        arrivals.touch()
        commands = {"sink": [f"out:={arrivals}"], "source": [f"count:={count}"]}
        with NodeProcesses(folder, environment) as processes:
            for end, parameters in commands.items():
                processes.start(end, "transport_rig", parameters, end)
            _wait(arrivals, count, seconds, processes)
        lines = [line.split() for line in arrivals.read_text().splitlines()]
    latencies = np.array([int(latency) for _camera, _number, latency in lines])
    return {"image_ms": percentiles(1e-6 * latencies, (50, 99)), "sent": CAMERAS * count, "received": len(latencies)}


def _wait(arrivals: Path, count: int, seconds: float, processes: NodeProcesses) -> None:
    """Wait until the last image has arrived, or should have."""
    deadline = time.monotonic() + _START
    begun = False
    while time.monotonic() < deadline:
        lines = arrivals.read_text().splitlines()
        if lines and not begun:
            begun, deadline = True, time.monotonic() + seconds + _GRACE
        if sum(line.split()[1] == str(count) for line in lines) == CAMERAS:
            return
        if not processes.all_alive:
            break
        time.sleep(0.2)
    if not begun:
        raise BenchmarkError(f"no image arrived within {_START:g} s; the processes say:\n{processes.logs()}")
