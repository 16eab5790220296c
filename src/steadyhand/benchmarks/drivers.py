"""Drivers: what each way of moving an arm adds between the bridge and the controller."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from steadyhand.benchmarks.exceptions import BenchmarkError
from steadyhand.benchmarks.overhead import DEPLOYMENT, POLICY
from steadyhand.benchmarks.processes import NodeProcesses
from steadyhand.benchmarks.statistics import percentiles
from steadyhand.profiles.contract import load_deployment

Array = NDArray[np.float64]

ACCELERATION = 0.05
"""Of every joint in the motion that is handed over [rad/s^2]: position and velocity tell which time they are for."""

ROBOTS: dict[str, dict[str, Any]] = {
    "joint_trajectory": {"extends": "panda"},
    "follow_joint_trajectory": {"extends": "panda_action"},
    "forward_position": {"extends": "panda", "arm": {"driver": "forward_position", "downstream_timeout": 0.3}},
    "forward_velocity": {"extends": "panda", "arm": {"driver": "forward_velocity", "downstream_timeout": 0.3}},
    "servo": {"extends": "panda", "arm": {"driver": "servo", "downstream_timeout": 0.4}},
    "two arms": {"extends": "aloha"},
}
"""A robot profile for each driver."""

_WARM_UP = 1.0  # of a measurement, left out [s]
_START = 40.0  # longest time until the first command [s]
_APART = 5e-4  # of stamps that are the same but for rounding [s]; windows are 50 ms apart
_LEFT, _RIGHT = "follower_left/arm_controller", "follower_right/arm_controller"


def measure(seconds: float, environment: dict[str, str], names: tuple[str, ...] = tuple(ROBOTS)) -> dict[str, Any]:
    """Hand windows to one driver after the other, 20 a second, with a controller in another process.

    Args:
        seconds: Duration of each measurement [s].
        environment: Environment of the processes: transports and domain.
        names: Keys of `ROBOTS`.

    Returns:
        By name. Where windows are sent: ``latency_ms`` from the call that hands a window over to its arrival,
        ``windows`` and ``arrived``; goals that were overtaken by a newer one do not arrive. Where commands are sampled:
        ``age_ms``, from the time of the motion that a command is for to its arrival, ``late_ms``, by which the next
        command came later than a period after the one before, ``commands`` and their ``rate`` [Hz]. For two arms also
        ``stamp_skew_ms`` and ``skew_ms``: how far apart their stamps are, and their arrivals.

    Raises:
        BenchmarkError: Nothing arrived.
    """
    return {name: _measure(name, seconds, environment) for name in names}


def _measure(name: str, seconds: float, environment: dict[str, str]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        rate = _write_deployment(path, name)
        sent, arrived = path / "sent.txt", path / "arrived.txt"
        with NodeProcesses(path, environment) as processes:
            processes.start("sink", "drivers_rig", [f"out:={arrived}"], "sink")
            deployment = f"deployment:={path / 'measured.yaml'}"
            processes.start("source", "drivers_rig", [f"out:={sent}", deployment], "source")
            deadline = time.monotonic() + _START
            while not (arrived.exists() and arrived.stat().st_size > 0):
                if time.monotonic() > deadline or not processes.all_alive:
                    raise BenchmarkError(f"{name}: nothing arrived; the processes say:\n{processes.logs()}")
                time.sleep(0.1)
            time.sleep(_WARM_UP + seconds)
        return evaluate(name, sent.read_text(), arrived.read_text(), 1.0 / rate)


def _write_deployment(folder: Path, name: str) -> float:
    """Write a deployment of a driver, and return the rate of its commands, where they are sampled [Hz]."""
    robot = {**ROBOTS[name], "name": "measured_robot"}
    policy = {**POLICY, "name": "measured_policy", "images": {}}
    deployment = {**DEPLOYMENT, "name": "measured", "images": {}}
    for file, content in (
        ("measured_robot.yaml", robot),
        ("measured_policy.yaml", policy),
        ("measured.yaml", {**deployment, "robot": "measured_robot.yaml", "policy": "measured_policy.yaml"}),
    ):
        (folder / file).write_text(yaml.safe_dump(content))
    arm = load_deployment(str(folder / "measured.yaml")).robot.arm
    return arm.rate if arm is not None else 0.0


def evaluate(name: str, sent: str, arrived: str, period: float) -> dict[str, Any]:
    """Return the figures of one driver from what the two ends wrote: see `measure`."""
    begin, *rest = sent.splitlines()
    handed = np.array([[float(word) for word in line.split()] for line in rest])
    begun = float(begin)
    comings: dict[str, list[Array]] = {}
    for line in arrived.splitlines():
        controller, *numbers = line.split()
        now, steady, value = map(float, numbers)
        if now > begun + _WARM_UP:
            comings.setdefault(controller, []).append(np.array([now, steady, value]))
    if not comings:
        raise BenchmarkError(f"{name}: no command arrived after the first {_WARM_UP:g} s")
    tables = {controller: np.stack(rows) for controller, rows in comings.items()}
    if name == "two arms":
        return {**_windows(tables[_LEFT], handed), **_skew(tables)}
    if name.startswith("forward") or name == "servo":
        return _stream(name, next(iter(tables.values())), begun, period)
    return _windows(next(iter(tables.values())), handed)


def _windows(table: Array, handed: Array) -> dict[str, Any]:
    """Return the latency of windows, each known by the time that it begins with."""
    found = _same(table[:, 2], handed[:, 0])
    latencies = table[found >= 0, 1] - handed[found[found >= 0], 1]
    # The two ends neither begin nor leave at the same time.
    first, last = table[:, 2].min() - _APART, table[:, 2].max() + _APART
    return {
        "latency_ms": percentiles(1e3 * latencies),
        "windows": int(((handed[:, 0] >= first) & (handed[:, 0] <= last)).sum()),
        "arrived": len(latencies),
    }


def _same(stamps: Array, others: Array) -> NDArray[np.intp]:
    """Return which of ``others`` (increasing) each stamp is but for rounding, -1 where it is none."""
    right = np.clip(np.searchsorted(others, stamps), 1, len(others) - 1)
    nearest = np.where(stamps - others[right - 1] < others[right] - stamps, right - 1, right)
    return np.where(np.abs(others[nearest] - stamps) < _APART, nearest, -1)


def _stream(name: str, table: Array, begun: float, period: float) -> dict[str, Any]:
    """Return age and regularity of commands that are sampled from the motion."""
    if name == "servo":
        meant = table[:, 2]
    elif name == "forward_velocity":
        meant = begun + table[:, 2] / ACCELERATION
    else:
        meant = begun + np.sqrt(2.0 * table[:, 2] / ACCELERATION)
    gaps = np.array([later - earlier for earlier, later in pairwise(table[:, 1])])
    return {
        "age_ms": percentiles(1e3 * (table[:, 0] - meant)),
        "late_ms": percentiles(1e3 * np.maximum(gaps - period, 0.0)),
        "commands": len(table),
        "rate": round(1.0 / period, 3),
    }


def _skew(tables: Mapping[str, Array]) -> dict[str, Any]:
    """Return how far apart the two arms' windows are, in stamp and arrival."""
    left, right = tables[_LEFT], tables[_RIGHT]
    found = _same(left[:, 2], right[:, 2])
    both = found >= 0
    if both.sum() < 0.9 * max(len(left), len(right)):
        raise BenchmarkError(f"only {both.sum()} of {len(left)} and {len(right)} windows have the same stamp")
    other = right[found[both]]
    return {
        "skew_ms": percentiles(1e3 * np.abs(left[both, 1] - other[:, 1])),
        "stamp_skew_ms": float(1e3 * np.abs(left[both, 2] - other[:, 2]).max()),
    }
