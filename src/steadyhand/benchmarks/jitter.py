"""Jitter of the command stream: when the bridge renews the controller's window, while every core is busy."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steadyhand.benchmarks.exceptions import BenchmarkError
from steadyhand.benchmarks.overhead import start_rig, write_deployment
from steadyhand.benchmarks.processes import NodeProcesses
from steadyhand.benchmarks.statistics import percentiles
from steadyhand.execution.scheduling import Scheduling

Array = NDArray[np.float64]

RATE = 20.0
"""Of the window's renewal [Hz]."""

_RUNNING = 3  # ExecutionState.STATE_RUNNING
_START = 60.0  # longest time until the arm runs [s]
_SETTLE = 2.0  # after that, before the measurement [s]


def measure(
    seconds: float, environment: dict[str, str], *, burners: int, scheduling: Scheduling = "fifo"
) -> dict[str, Any]:
    """Run policy, bridge and a synthetic robot as processes of their own beside programs that only compute.

    Args:
        seconds: Duration of the measurement [s].
        environment: Environment of the processes: transports and domain.
        burners: Number of programs that only compute.
        scheduling: Of the bridge's process, its parameter.

    Returns:
        ``interval_ms``: between renewals on the timer, percentiles and ``max``; ``deviation_ms``: their distance from
        50 ms; ``gap_ms``: between any two windows, also those for new chunks; ``age_ms``: of a window when it arrived
        in another process; ``windows``: number; ``brakes``: times the arm stopped running.

    Raises:
        BenchmarkError: The arm never ran, or the system refused the scheduling.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        deployment = f"deployment:={write_deployment(folder)}"
        lines = folder / "jitter.txt"
        with NodeProcesses(folder, environment) as processes:
            processes.start("jitter_rig", "jitter_rig", [f"out:={lines}"])
            processes.start("policy", "policy", [deployment])
            processes.start("bridge", "bridge", [deployment, f"scheduling:={scheduling}"])
            start_rig(processes, deployment, folder)
            _wait(lines, processes)
            if "is not permitted" in processes.logs():
                raise BenchmarkError(f"scheduling '{scheduling}' was refused by the system:\n{processes.logs()}")
            burning = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(burners)]
            try:
                time.sleep(_SETTLE)
                begun = time.time()
                time.sleep(seconds)
            finally:
                for burner in burning:
                    burner.kill()
                    burner.wait()
        return {"burners": burners, "scheduling": scheduling, **evaluate(lines.read_text(), begun)}


def evaluate(lines: str, begun: float) -> dict[str, Any]:
    """Return the statistics of `measure` from the rig's lines: stamp, arrival, state and chunk of every report.

    Raises:
        BenchmarkError: There are too few.
    """
    table = np.array([[float(word) for word in line.split()] for line in lines.splitlines()]).reshape(-1, 4)
    table = table[table[:, 0] >= begun]
    running = table[:, 2] == _RUNNING
    brakes = int(np.count_nonzero(running[:-1] & ~running[1:]))
    stamps, arrivals, chunks = table[running, 0], table[running, 1], table[running, 3]
    if len(stamps) < 20:
        raise BenchmarkError(f"the bridge handed over only {len(stamps)} windows: measure for longer")
    # A window for a new chunk is published at once, and leaves the timer's beat as it is.
    beats = stamps[np.concatenate([[False], chunks[1:] == chunks[:-1]])]
    intervals = 1e3 * np.diff(beats)
    # An interval that contains a pause of the arm says nothing about the beat.
    intervals = intervals[intervals < 10.0 * 1e3 / RATE]
    return {
        "interval_ms": _summary(intervals),
        "deviation_ms": _summary(np.abs(intervals - 1e3 / RATE)),
        "gap_ms": _summary(1e3 * np.diff(stamps)),
        "age_ms": _summary(1e3 * (arrivals - stamps)),
        "windows": len(stamps),
        "brakes": brakes,
    }


def _summary(values: Array) -> dict[str, float]:
    return {**percentiles(values), "max": round(float(values.max()), 3)}


def _wait(lines: Path, processes: NodeProcesses) -> None:
    deadline = time.monotonic() + _START
    while True:
        if lines.exists() and any(line.split()[2:3] == [str(_RUNNING)] for line in lines.read_text().splitlines()):
            return
        if time.monotonic() > deadline or not processes.all_alive:
            raise BenchmarkError(f"the arm did not run within {_START:g} s; the nodes say:\n{processes.logs()}")
        time.sleep(0.2)
