"""Overhead: from the last input that an inference needs to the command, without the model."""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from steadyhand.benchmarks.exceptions import BenchmarkError
from steadyhand.benchmarks.processes import NodeProcesses
from steadyhand.benchmarks.statistics import percentiles

_WARM_UP = 20  # chunks
_TRACE = "nodes.trace"  # of both nodes: lines are written whole, and the events have different names
_START = 60.0  # longest time until the first command [s]

JOINT_RATE = 100.0
"""Of the joint states, where nothing else is asked for [Hz]: what the Panda's simulation and MoveIt's examples have."""

POLICY: dict[str, Any] = {
    "name": "overhead",
    "backend": "hold",
    "images": {key: {"width": 224, "height": 224, "resize": "pad"} for key in ("front", "wrist")},
    "state": [{"kind": "joint_position"}],
    "action": [{"kind": "joint_position", "meaning": "absolute"}],
    "horizon": 50,
    "dt": 0.02,
    "stitching": {"method": "splice", "blend": 0.2, "execute": 5},
}
"""A joint-space policy with the shapes of pi0: two cameras at 224 x 224, chunks of 50 rows at 50 Hz."""

DEPLOYMENT: dict[str, Any] = {
    "name": "overhead",
    "robot": "overhead_robot.yaml",
    "policy": "overhead_policy.yaml",
    "images": {key: {"camera": key, "topic": f"/{key}_camera/image_raw"} for key in ("front", "wrist")},
    "mode": "run",
    "start": "none",
}
"""The policy on the Panda, with the topics of the synthetic cameras."""


def write_deployment(folder: Path, joint_rate: float = JOINT_RATE) -> Path:
    """Write the profiles of the measurement, and return the path of the deployment.

    Args:
        folder: Where to.
        joint_rate: Of the joint states [Hz].
    """
    # The synthetic robot stamps its joint states when it has measured them.
    robot = {"name": "overhead_robot", "extends": "panda", "joint_states": {"rate": joint_rate, "latency": 0.0}}
    for name, content in (("overhead_robot", robot), ("overhead_policy", POLICY), ("overhead", DEPLOYMENT)):
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(content))
    return folder / "overhead.yaml"


def start_rig(processes: NodeProcesses, deployment: str, folder: Path) -> None:
    """Start what policy and bridge have around them; it writes ``rig.jsonl`` into ``folder``."""
    processes.start("cameras", "overhead_rig", [deployment], "cameras")
    processes.start("robot", "overhead_rig", [deployment, f"out:={folder / 'rig.jsonl'}"], "robot")


def measure(
    seconds: float, environment: dict[str, str], *, composed: bool = False, joint_rate: float = JOINT_RATE
) -> dict[str, Any]:
    """Run policy and bridge between synthetic inputs and a listening controller.

    Args:
        seconds: Duration of the measurement [s].
        environment: Environment of the processes: transports and domain.
        composed: Policy and bridge share a process; else each has its own.
        joint_rate: Of the joint states [Hz]: an observation waits for those that follow its images.

    Returns:
        ``overhead_ms``: receipt of the input that made the observation complete, to the command's publication, less
        the time in the model. ``camera_to_command_ms``: capture of the images to arrival of the command, less the time
        in the model. ``chunks``: number measured. ``holds``: reasons for which the bridge had to be resumed.
        ``samples_ms``: all values of the two, by name.

    Raises:
        BenchmarkError: Too few chunks were executed.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _run(folder, seconds, environment, composed, joint_rate)
        return _evaluate(folder)


def compare(
    seconds: float, environment: dict[str, str], rounds: int, *, joint_rate: float = JOINT_RATE
) -> dict[str, Any]:
    """Measure in separate processes and composed, in turns, so that whatever else the machine does meets both.

    Args:
        seconds: Duration of each measurement [s].
        environment: Environment of the processes: transports and domain.
        rounds: Measurements of each kind; every other round begins with the other kind.
        joint_rate: Of the joint states [Hz].

    Returns:
        ``separate`` and ``composed``, each with the percentiles of all its rounds together.
    """
    kinds = {"separate": False, "composed": True}
    results: dict[str, list[dict[str, Any]]] = {kind: [] for kind in kinds}
    for turn in range(rounds):
        for kind in list(kinds)[:: 1 if turn % 2 == 0 else -1]:
            results[kind].append(measure(seconds, environment, composed=kinds[kind], joint_rate=joint_rate))
    return {kind: _together(parts) for kind, parts in results.items()}


def _together(parts: list[dict[str, Any]]) -> dict[str, Any]:
    names = {"overhead": "overhead_ms", "camera to command": "camera_to_command_ms"}
    samples = {name: [value for part in parts for value in part["samples_ms"][name]] for name in names}
    return {
        **{key: percentiles(samples[name]) for name, key in names.items()},
        "chunks": sum(part["chunks"] for part in parts),
        "holds": [hold for part in parts for hold in part["holds"]],
    }


def _run(folder: Path, seconds: float, environment: dict[str, str], composed: bool, joint_rate: float) -> None:
    """Run the processes, with their traces and logs in ``folder``."""
    deployment = f"deployment:={write_deployment(folder, joint_rate)}"
    traced = [deployment, f"trace:={folder / _TRACE}"]
    with NodeProcesses(folder, environment) as processes:
        if composed:
            processes.start("stack", "stack", traced, "policy", "bridge")
        else:
            processes.start("policy", "policy", traced)
            processes.start("bridge", "bridge", traced)
        start_rig(processes, deployment, folder)
        deadline = time.monotonic() + _START
        rig = folder / "rig.jsonl"
        while not (rig.exists() and rig.stat().st_size > 0):
            if time.monotonic() > deadline or not processes.all_alive:
                raise BenchmarkError(
                    f"no chunk became a command within {_START:g} s; the nodes say:\n{processes.logs()}"
                )
            time.sleep(0.1)
        time.sleep(seconds)


def _evaluate(folder: Path) -> dict[str, Any]:
    observed = _marks(folder / _TRACE, "observed")
    commanded = _marks(folder / _TRACE, "commanded")
    lines = [json.loads(line) for line in (folder / "rig.jsonl").read_text().splitlines()]
    seen = {line["sequence"]: line for line in lines if "sequence" in line}
    holds = [line["hold"] for line in lines if "hold" in line]
    common = sorted(observed.keys() & commanded.keys() & seen.keys())[_WARM_UP:]
    if len(common) < 30:
        raise BenchmarkError(
            f"only {max(0, len(common))} chunks became commands after the warm-up, with the holds {holds or 'none'}; "
            "measure for longer, on a machine that does nothing else"
        )
    latency = np.array([seen[key]["latency"] for key in common])
    overhead = np.array([1e-9 * (commanded[key] - observed[key]) for key in common]) - latency
    camera = np.array([seen[key]["camera_to_command"] for key in common]) - latency
    return {
        "overhead_ms": percentiles(1e3 * overhead),
        "camera_to_command_ms": percentiles(1e3 * camera),
        "chunks": len(common),
        "holds": holds,
        "samples_ms": {"overhead": (1e3 * overhead).tolist(), "camera to command": (1e3 * camera).tolist()},
    }


def _marks(path: Path, event: str) -> dict[int, int]:
    """Return key to monotonic time [ns] of the first of one kind of event in a trace: a window is sent many times."""
    marks: dict[int, int] = {}
    for name, key, at in (line.split() for line in path.read_text().splitlines()):
        if name == event:
            marks.setdefault(int(key), int(at))
    return marks
