"""The processes of a graph: started together, watched, and ended together whatever happens."""

from __future__ import annotations

import atexit
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType

from steadyhand.cli.demonstration.exceptions import ProcessDiedError

PATIENCE = 7.0
"""Time that the processes have to leave by themselves; nodes take at most 5 s [s]."""

_SET_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)
_LIBC = ctypes.CDLL(None, use_errno=True)


class Processes:
    """Processes with a log file each, in process groups of their own.

    A context manager: on leaving it, and at the latest when Python ends, every group gets SIGINT, then SIGTERM, then
    SIGKILL. Where this process is killed outright, the kernel sends its children SIGTERM.

    Attributes:
        logs: Folder of the log files, NAME.log.
    """

    def __init__(self, logs: Path, environment: Mapping[str, str]) -> None:
        """Prepare; nothing is started yet.

        Args:
            logs: Folder of the log files; made where it is absent.
            environment: Environment of the processes.
        """
        self.logs = logs
        logs.mkdir(parents=True, exist_ok=True)
        self._environment = dict(environment)
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Processes:
        atexit.register(self.stop)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        atexit.unregister(self.stop)

    def start(self, name: str, command: Sequence[str]) -> None:
        """Start a process from the main thread, with its output going to its log file."""
        with (self.logs / f"{name}.log").open("wb") as log:
            self._running[name] = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self._environment,
                start_new_session=True,
                preexec_fn=_die_with_parent(os.getpid()),
            )

    def start_node(self, name: str, parameters: Mapping[str, str | int | float | bool], namespace: str = "") -> None:
        """Start the node of a name, `steadyhand.nodes.NAME`, with parameters, in a namespace."""
        arguments = [sys.executable, "-m", f"steadyhand.nodes.{name}", "--ros-args"]
        if namespace.strip("/"):
            arguments += ["-r", f"__ns:=/{namespace.strip('/')}"]
        for key, value in parameters.items():
            text = str(value).lower() if isinstance(value, bool) else str(value)
            arguments += ["-p", f"{key}:={text}"]
        self.start(name, arguments)

    def check(self) -> None:
        """Do nothing while every process runs.

        Raises:
            ProcessDiedError: One has ended; the message carries the end of its log.
        """
        for name, process in self._running.items():
            code = process.poll()
            if code is not None:
                how = f"exit code {code}" if code >= 0 else signal.Signals(-code).name
                raise ProcessDiedError(
                    f"the {name} process ended by itself ({how}). The end of {self.logs / name}.log:\n{self.tail(name)}"
                )

    def tail(self, name: str, lines: int = 20) -> str:
        """Return the last lines of a log."""
        text = (self.logs / f"{name}.log").read_text(errors="replace")
        return "\n".join(text.splitlines()[-lines:])

    def stop(self) -> None:
        """End every process and whatever it started. Ctrl-C meanwhile makes it hurry instead of interrupting it."""
        hurried: list[int] = []
        try:
            previous = signal.signal(signal.SIGINT, lambda number, _frame: hurried.append(number))
        except ValueError:
            previous = None  # not the main thread: nothing interrupts it there
        try:
            self._signal(signal.SIGINT)
            if not self._wait(PATIENCE, hurried):
                self._signal(signal.SIGTERM)
                self._wait(1.0, hurried)
            self._signal(signal.SIGKILL, everyone=True)
            for process in self._running.values():
                process.wait()
            self._running.clear()
        finally:
            if previous is not None:
                signal.signal(signal.SIGINT, previous)

    def _signal(self, number: signal.Signals, *, everyone: bool = False) -> None:
        for process in self._running.values():
            if process.poll() is not None and not everyone:
                continue
            try:
                # The group outlives its leader while anything that the leader started does.
                if number == signal.SIGKILL:
                    os.killpg(process.pid, number)
                else:
                    process.send_signal(number)
            except (ProcessLookupError, PermissionError):
                continue

    def _wait(self, patience: float, hurried: Sequence[int]) -> bool:
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline and not hurried:
            if all(process.poll() is not None for process in self._running.values()):
                return True
            time.sleep(0.02)
        return False


def _die_with_parent(parent: int) -> Callable[[], None]:
    """Return what a child does first: have the kernel end it when its parent is gone, killed included."""

    def prepare() -> None:
        _LIBC.prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return prepare
