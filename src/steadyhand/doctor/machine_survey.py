"""Looks at this machine: interpreters, packages, memory, disk, processor, other ROS programs."""

from __future__ import annotations

import os
import re
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from steadyhand.doctor.machine import EntryPoint, Machine, RosProcess
from steadyhand.doctor.packages import KNOWN

_SHARED = Path("/dev/shm")
_SEGMENTS = ("fastdds_", "fastrtps_")
_TRANSPORTS = ("FASTDDS_DEFAULT_PROFILES_FILE", "FASTRTPS_DEFAULT_PROFILES_FILE", "FASTDDS_BUILTIN_TRANSPORTS")
_DEFAULT_RMW = "rmw_fastrtps_cpp"
_PATIENCE = 20.0
_CV_BRIDGE = "from cv_bridge import CvBridge; CvBridge().encoding_to_cvtype2('rgb8')"
_OWN = f"{sys.version_info.major}.{sys.version_info.minor}"


def look_at_machine() -> Machine:
    """Measure this machine. Starts other interpreters for a moment, and changes nothing."""
    environment = os.environ
    size, free = _memory()
    return Machine(
        python=_OWN,
        interpreter=sys.executable,
        ros_distribution=environment.get("ROS_DISTRO", ""),
        ros_error=_ros_error(),
        rclpy_python=_rclpy_python(),
        domain=environment.get("ROS_DOMAIN_ID") or "0",
        rmw=environment.get("RMW_IMPLEMENTATION") or _DEFAULT_RMW,
        discovery=_discovery(),
        transports=tuple(name for name in _TRANSPORTS if environment.get(name)),
        processes=tuple(_processes()),
        entry_points=dict(_entry_points()),
        missing=frozenset(module for module in KNOWN if not _found(module)),
        numpy=str(import_module("numpy").__version__) if _found("numpy") else "",
        cv_bridge=_cv_bridge(),
        memory_size=size,
        memory_free=free,
        memory_writable=os.access(_SHARED, os.W_OK | os.X_OK),
        memory_foreign=_foreign_segments(),
        disk_free=shutil.disk_usage(Path.cwd()).free,
        folder=str(Path.cwd()),
        cores=len(os.sched_getaffinity(0)),
        load=os.getloadavg()[0],
        rt_priority=_rt_priority(),
    )


def _found(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except (ImportError, ValueError):
        return False


def _ros_error() -> str:
    try:
        import_module("rclpy")
    except Exception as error:  # a binary of another Python or NumPy raises whatever it likes
        return str(error).partition("\n")[0] or type(error).__name__
    return ""


def _rclpy_python() -> str:
    """Return the version that rclpy's binary is made for, empty where it is not installed or does not say."""
    with suppress(ImportError, ValueError):
        spec = find_spec("rclpy")
        for folder in (spec.submodule_search_locations or []) if spec is not None else []:
            versions = [
                f"{found[1]}.{found[2]}"
                for file in Path(folder).glob("_rclpy_pybind11*.so")
                if (found := re.search(r"cpython-(\d)(\d+)", file.name))
            ]
            return _OWN if _OWN in versions else next(iter(versions), "")
    return ""


def _discovery() -> str:
    if os.environ.get("ROS_LOCALHOST_ONLY") == "1":
        return "LOCALHOST"
    return os.environ.get("ROS_AUTOMATIC_DISCOVERY_RANGE", "")


def _processes() -> Iterator[RosProcess]:
    """Yield ROS programs of this user, but for this one."""
    for folder in Path("/proc").glob("[0-9]*"):
        # A process may end while it is looked at, and those of others do not show their environment.
        with suppress(OSError):
            if folder.stat().st_uid != os.getuid() or int(folder.name) == os.getpid():
                continue
            words = (folder / "cmdline").read_bytes().decode(errors="replace").split("\0")
            if "--ros-args" not in words and not any(word.startswith("steadyhand.nodes.") for word in words):
                continue
            pairs = (folder / "environ").read_bytes().decode(errors="replace").split("\0")
            variables = {name: value for name, _, value in (pair.partition("=") for pair in pairs)}
            yield RosProcess(
                int(folder.name),
                _shortened(words),
                variables.get("ROS_DOMAIN_ID") or "0",
                variables.get("RMW_IMPLEMENTATION", ""),
            )


def _shortened(words: list[str]) -> str:
    if "-m" in words[:-1]:
        return words[words.index("-m") + 1]
    named = [word for word in words if word and not word.startswith("-")]
    return Path(named[1] if len(named) > 1 and Path(named[0]).name.startswith("python") else named[0]).name


def _entry_points() -> Iterator[tuple[str, EntryPoint]]:
    """Yield our executables: nodes below lib/steadyhand of every prefix, and the command beside this interpreter."""
    prefixes = [Path(sys.prefix), *map(Path, filter(None, os.environ.get("AMENT_PREFIX_PATH", "").split(os.pathsep)))]
    seen: set[str] = set()
    for prefix in prefixes:
        files = [*sorted((prefix / "lib" / "steadyhand").glob("*")), prefix / "bin" / "steadyhand"]
        for file in files:
            if file.is_file() and file.name not in seen:
                seen.add(file.name)
                python = _interpreter(file)
                yield file.name, EntryPoint(str(file), os.access(file, os.X_OK), python, _version(python))


def _interpreter(script: Path) -> str:
    """Return the interpreter that an executable starts: of its environment, or the one it names."""
    text = script.read_text(errors="replace")
    first = text.partition("\n")[0].removeprefix("#!").strip()
    if "python" in first:
        return first.split()[-1] if first.startswith("/usr/bin/env") else first.split()[0]
    prefix = re.search(r'dirname -- "\$0"\)/([./]+)"', text)
    beside = (script.parent / prefix[1]).resolve() / "bin" / "python3" if prefix else None
    if beside is not None and os.access(beside, os.X_OK):
        return str(beside)
    named = re.search(r"python='([^']+)'", text)
    return named[1] if named else ""


@cache
def _version(python: str) -> str:
    """Return the version of an interpreter, empty where it does not start."""
    if not python:
        return ""
    if Path(python).parent == Path(sys.executable).parent:
        return _OWN
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        done = subprocess.run([python, "-c", code], capture_output=True, text=True, timeout=_PATIENCE, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()


def _cv_bridge() -> str:
    if not _found("cv_bridge"):
        return "absent"
    command = [sys.executable, "-c", _CV_BRIDGE]
    try:
        # Its binary may end the process that imports it.
        done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        return "its import does not end"
    if done.returncode == 0:
        return "works"
    lines = done.stderr.strip().splitlines()
    return lines[-1] if lines and done.returncode > 0 else f"its import ends the process with code {done.returncode}"


def _memory() -> tuple[int, int]:
    try:
        usage = shutil.disk_usage(_SHARED)
    except OSError:
        return -1, 0
    return usage.total, usage.free


def _foreign_segments() -> int:
    count = 0
    with suppress(OSError):
        for file in _SHARED.iterdir():
            # A segment may go while it is looked at.
            with suppress(OSError):
                count += file.name.startswith(_SEGMENTS) and file.stat().st_uid != os.getuid()
    return count


def _rt_priority() -> int:
    if os.geteuid() == 0:
        return 99
    _, hard = resource.getrlimit(resource.RLIMIT_RTPRIO)
    return 99 if hard == resource.RLIM_INFINITY else hard
