"""Nodes as processes of their own, for as long as a measurement takes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

_PATIENCE = 10.0  # for a node to leave [s]
_TAIL = 1500


class NodeProcesses:
    """Starts nodes with parameters, keeps their logs in a folder, and ends them however the measurement ends.

    Args:
        folder: Where logs go, one file for each node.
        environment: Added to this process's environment: transports and domain.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._folder = folder
        self._environment = {**os.environ, **environment}
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> NodeProcesses:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._running.values():
            process.terminate()
        for process in self._running.values():
            try:
                process.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def start(self, name: str, module: str, parameters: Sequence[str], *arguments: str) -> None:
        """Start ``python -m steadyhand.nodes.MODULE`` with ``NAME:=VALUE`` parameters."""
        command = [sys.executable, "-m", f"steadyhand.nodes.{module}", *arguments, "--ros-args"]
        command += [word for parameter in parameters for word in ("-p", parameter)]
        with (self._folder / f"{name}.log").open("wb") as log:
            self._running[name] = subprocess.Popen(command, env=self._environment, stdout=log, stderr=subprocess.STDOUT)

    @property
    def all_alive(self) -> bool:
        """False once a node has ended by itself."""
        return all(process.poll() is None for process in self._running.values())

    def logs(self) -> str:
        """Return the end of every node's log."""
        return "\n".join(
            f"{name}: {(self._folder / f'{name}.log').read_text(errors='replace')[-_TAIL:]}" for name in self._running
        )
