"""Where a result comes from: machine, versions and commit, for every machine-readable file."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import subprocess
from pathlib import Path
from typing import Any

from steadyhand import __version__

PACKAGES = (
    "numpy",
    "scipy",
    "onnxruntime",
    "mujoco",
    "pin",
    "ruckig",
    "opencv-python-headless",
    "ros-kilted-rclpy",
    "ros-rmw-fastrtps-cpp",
)
"""Distributions whose versions decide what a result is worth."""


def provenance() -> dict[str, Any]:
    """Return ``{machine, versions, commit}``, ready for JSON.

    ``commit`` is None outside of a checkout, and ends in ``+`` where files differ from it.
    """
    return {"machine": machine(), "versions": versions(), "commit": commit()}


def machine() -> dict[str, Any]:
    """Return system, processor, number of usable cores and memory [GiB]."""
    return {
        "system": platform.platform(),
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
    }


def versions() -> dict[str, str]:
    """Return the versions of Python, steadyhand, ROS and the packages that are installed."""
    found = {"python": platform.python_version(), "steadyhand": __version__}
    if "ROS_DISTRO" in os.environ:
        found["ros"] = os.environ["ROS_DISTRO"]
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def commit(folder: Path | None = None) -> str | None:
    """Return the commit of the checkout that a folder lies in, by default this package's own."""
    place = folder or Path(__file__).resolve().parent
    if folder is None and not (place.parents[2] / "package.xml").is_file():
        return None
    try:
        name = _git(place, "rev-parse", "HEAD")
        changed = _git(place, "status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.SubprocessError):
        return None
    return name + ("+" if changed else "")


def _git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), *arguments]
    finished = subprocess.run(command, capture_output=True, text=True, check=True, timeout=10.0)
    return finished.stdout.strip()


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
