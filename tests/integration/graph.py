"""Graphs for tests: nodes as processes in a ROS domain of their own, with parameters, logs and a sure end."""

from __future__ import annotations

import fcntl
import os
import random
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from nursery import WITH_THE_TESTS, Node, Nursery
from pseudo_terminal import PseudoTerminal

LEAVING = 8.0
"""Time in which a node has to leave after Ctrl-C [s]."""
GONE = 3.0
"""Time that a test which is over gives its nodes to leave [s]: peers of one that was killed may hang."""

Value = str | int | float | bool


class NodeProcess:
    """One node in a process, with its output in a file.

    Attributes:
        name: What it was started as.
        expected_to_end: Its end is no failure of the test.
    """

    def __init__(self, name: str, process: subprocess.Popen[bytes] | Node, log: Path) -> None:
        self.name = name
        self.expected_to_end = False
        self._log = log
        self._process = process

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def children(self) -> list[int]:
        """Processes that it has started."""
        files = Path(f"/proc/{self.pid}/task").glob("*/children")
        return [int(pid) for file in files for pid in file.read_text().split()]

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    @property
    def code(self) -> int | None:
        """Exit code, negative for a signal, None while it runs."""
        return self._process.poll()

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def interrupt(self, timeout: float = LEAVING) -> int:
        """Send Ctrl-C, wait, and return the exit code."""
        self.signal(signal.SIGINT)
        return self.wait(timeout)

    def kill(self) -> None:
        """End it without warning, as a crash would."""
        self.expected_to_end = True
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def pause(self) -> None:
        """Freeze it; ``resume`` thaws it."""
        os.killpg(self._process.pid, signal.SIGSTOP)

    def resume(self) -> None:
        os.killpg(self._process.pid, signal.SIGCONT)

    def signal(self, number: int) -> None:
        self.expected_to_end = True
        with suppress(ProcessLookupError):
            self._process.send_signal(number)

    def wait(self, timeout: float) -> int:
        try:
            return self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self.name} still runs after {timeout:g} s\n{self.log[-2000:]}") from None


class Graph:
    """Starts nodes, watches them, and ends them all.

    Attributes:
        environment: Of every process: the domain, the tuned transports, logs in the folder.
        processes: Everything started, by name; a node started again replaces its former process.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self.environment = {
            **os.environ,
            **environment,
            "OMP_NUM_THREADS": "1",
            "PYTHONUNBUFFERED": "1",
            "ROS_LOG_DIR": str(folder),
        }
        self.processes: dict[str, NodeProcess] = {}
        self._started: list[NodeProcess] = []

    def start(self, name: str, *, arguments: tuple[str, ...] = (), **parameters: Value) -> NodeProcess:
        """Start ``steadyhand.nodes.NAME`` with parameters, and return its process.

        Args:
            name: Module of the node.
            arguments: More ROS arguments, such as ``("-r", "__ns:=/left")``.
            parameters: Of the node.
        """
        options = ["--ros-args", *arguments]
        for key, value in parameters.items():
            text = str(value).lower() if isinstance(value, bool) else str(value)
            options += ["-p", f"{key}:={text}"]
        module = f"steadyhand.nodes.{name}"
        log = self._log(name)
        node = Nursery.get().start(module, options, self.environment, log)
        return self._add(NodeProcess(name, node, log))

    def command(self, *arguments: str) -> tuple[NodeProcess, Path]:
        """Start a command of ``steadyhand``; return its process, whose log is what it prints, and its complaints."""
        log = self._log(arguments[0])
        complaints = log.with_suffix(".errors")
        node = Nursery.get().start("steadyhand.cli.main", list(arguments), self.environment, log, complaints)
        process = NodeProcess(arguments[0], node, log)
        process.expected_to_end = True
        self._started.append(process)
        return process, complaints

    def type(self, *arguments: str) -> tuple[NodeProcess, PseudoTerminal]:
        """Start a command of ``steadyhand`` as a person does; return its process and the terminal."""
        terminal = PseudoTerminal()
        at = Path(terminal.name)
        environment = self.environment | {"TERM": "xterm-256color"}
        node = Nursery.get().start("steadyhand.cli.main", list(arguments), environment, at, at, terminal.name)
        process = NodeProcess(arguments[0], node, self._log(arguments[0]))
        process.expected_to_end = True
        self._started.append(process)
        return process, terminal

    def run(self, name: str, command: list[str]) -> NodeProcess:
        """Start any command as part of the graph."""
        log = self._log(name)
        with log.open("wb") as output:
            program = subprocess.Popen(
                [*WITH_THE_TESTS, *command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=self.environment,
                start_new_session=True,
            )
        return self._add(NodeProcess(name, program, log))

    def _log(self, name: str) -> Path:
        log = self.folder / f"{len(self._started):02d}-{name}.log"
        log.touch()
        return log

    def _add(self, process: NodeProcess) -> NodeProcess:
        self.processes[process.name] = process
        self._started.append(process)
        return process

    def check(self) -> None:
        """Fail where a process has ended that was not told to."""
        for process in self._started:
            if not process.alive and not process.expected_to_end:
                raise AssertionError(f"{process.name} ended with code {process.code}\n{process.log[-4000:]}")

    def stop(self) -> None:
        """Interrupt every node, and kill what does not leave."""
        running = [process for process in self._started if process.alive]
        for process in running:
            process.resume()
            process.signal(signal.SIGINT)
        deadline = time.monotonic() + GONE
        for process in running:
            with suppress(AssertionError):
                process.wait(max(0.1, deadline - time.monotonic()))
        for process in self._started:
            process.kill()

    def logs(self) -> str:
        """Return the end of every log, for the report of a failed test."""
        return "\n".join(f"--- {process.name} ({process.code})\n{process.log[-3000:]}" for process in self._started)


@contextmanager
def own_domain() -> Iterator[str]:
    """Give a ROS domain that no other test of this machine is in."""
    domains = random.SystemRandom().sample(range(1, 102), 101)
    for domain in domains:
        # The demonstration takes the same locks, so that a demonstration and a test do not meet either.
        path = Path(tempfile.gettempdir()) / f"steadyhand-{os.getuid()}-domain-{domain}.lock"
        descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            continue
        try:
            yield str(domain)
        finally:
            os.close(descriptor)
        return
    raise AssertionError("every ROS domain is taken")
