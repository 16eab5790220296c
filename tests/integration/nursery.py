"""Starts nodes from a process that has imported them already, by forking it: an interpreter of their own costs seconds.

Run as a program it is that process: it takes orders on its standard input, a socket, one JSON line each, and tells
there of every node that was born or has died.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

NODES = ("bridge", "instruction", "pilot", "policy", "simulator")
"""Nodes whose modules are imported before anything is started; others import what they need themselves."""

COMMANDS = ("steadyhand.cli.main", "steadyhand.nodes.operator", "steadyhand.nodes.graph_status")
"""The same for the commands of the terminal."""

WITH_THE_TESTS = ("setpriv", "--pdeathsig", "SIGKILL")
"""Starts a program that ends with the tests, however they end."""

_PR_SET_PDEATHSIG = 1
_BIRTH = 60.0  # longest time until a node runs; the first waits for all that is imported [s]


class Nursery:
    """The tests' end: asks for nodes, and hears of their deaths. One is enough for all graphs of a process."""

    _only: Nursery | None = None

    def __init__(self) -> None:
        self._socket, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [*WITH_THE_TESTS, sys.executable, __file__],
                stdin=theirs,
                env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"},
                start_new_session=True,
            )
        self._lines = b""
        self._codes: dict[int, int] = {}
        self._born: list[int] = []
        self._lock = threading.Lock()

    @classmethod
    def get(cls) -> Nursery:
        """Return the one of this process."""
        if cls._only is None or cls._only._process.poll() is not None:
            cls._only = cls()
        return cls._only

    def start(
        self,
        module: str,
        arguments: list[str],
        environment: Mapping[str, str],
        log: Path,
        complaints: Path | None = None,
        terminal: str = os.devnull,
    ) -> Node:
        """Start a module as a program, with its output in a file; with its errors in another, where that is named.

        Where ``terminal`` is one, that is its input.
        """
        order = {
            "module": module,
            "arguments": arguments,
            "environment": dict(environment),
            "log": str(log),
            "complaints": str(complaints or log),
            "terminal": terminal,
        }
        with self._lock:
            self._socket.sendall(json.dumps(order).encode() + b"\n")
            deadline = time.monotonic() + _BIRTH
            while not self._born:
                if time.monotonic() > deadline:
                    raise AssertionError(f"{module} was not started within {_BIRTH:g} s")
                self._hear(0.1)
            return Node(self, self._born.pop(), module)

    def code(self, pid: int, timeout: float = 0.0) -> int | None:
        """Return the exit code of a node, negative for a signal; None where it still runs after a time [s]."""
        deadline = time.monotonic() + timeout
        while True:
            with self._lock:
                if pid not in self._codes:
                    self._hear(min(0.05, max(0.0, deadline - time.monotonic())))
                if pid in self._codes or time.monotonic() >= deadline:
                    return self._codes.get(pid)

    def _hear(self, timeout: float) -> None:
        # No timeout at all is the only one that takes no millisecond.
        self._socket.settimeout(timeout)
        with suppress(TimeoutError, BlockingIOError):
            said = self._socket.recv(65536)
            if not said:
                raise AssertionError(f"the nursery has ended with code {self._process.wait()}")
            self._lines += said
        *lines, self._lines = self._lines.split(b"\n")
        for line in lines:
            news = json.loads(line)
            if "code" in news:
                self._codes[news["pid"]] = news["code"]
            else:
                self._born.append(news["pid"])


class Node:
    """What subprocess.Popen is to a program."""

    def __init__(self, nursery: Nursery, pid: int, module: str) -> None:
        self.pid = pid
        self._module = module
        self._nursery = nursery

    def poll(self) -> int | None:
        return self._nursery.code(self.pid)

    def wait(self, timeout: float | None = None) -> int:
        code = self._nursery.code(self.pid, float("inf") if timeout is None else timeout)
        if code is None:
            raise subprocess.TimeoutExpired(self._module, timeout or 0.0)
        return code

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)


def _serve(orders: socket.socket) -> dict[str, Any]:
    """Fork a process for each order; return the order in the process that is to carry it out."""
    bell, ringer = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(ringer)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    with selectors.DefaultSelector() as selector:
        selector.register(orders, selectors.EVENT_READ)
        selector.register(bell, selectors.EVENT_READ)
        waiting = b""
        while True:
            ready = {key.fd for key, _events in selector.select()}
            if bell in ready:
                os.read(bell, 4096)
                _tell_of_deaths(orders)
            if orders.fileno() not in ready:
                continue
            said = orders.recv(1 << 20)
            if not said:
                sys.exit()
            *lines, waiting = (waiting + said).split(b"\n")
            for line in lines:
                pid = os.fork()
                if not pid:
                    signal.set_wakeup_fd(-1)
                    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                    os.close(bell)
                    os.close(ringer)
                    return dict(json.loads(line))
                orders.sendall(json.dumps({"pid": pid}).encode() + b"\n")


def _tell_of_deaths(orders: socket.socket) -> None:
    with suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            news = {"pid": pid, "code": os.waitstatus_to_exitcode(status)}
            orders.sendall(json.dumps(news).encode() + b"\n")


def _become(order: Mapping[str, Any]) -> NoReturn:
    """Carry out an order as ``python -m MODULE ARGUMENTS`` would, but for the end of the interpreter.

    Libraries that were loaded before the fork do not survive being unloaded. That interpreters end cleanly is seen
    where launch files and ``steadyhand demo`` start them.
    """
    os.setsid()
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    # A terminal becomes the controlling one of the session that has just begun.
    os.dup2(os.open(order["terminal"], os.O_RDWR), 0)
    for name, target in (("log", 1), ("complaints", 2)):
        os.dup2(os.open(order[name], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644), target)
    os.environ.clear()
    os.environ.update(order["environment"])
    sys.argv = [order["module"], *order["arguments"]]
    code: object = 1
    try:
        importlib.import_module(order["module"]).main()
        code = 0
    except SystemExit as end:
        code = end.code
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))


def main() -> None:
    """Import the nodes and serve."""
    for module in (*(f"steadyhand.nodes.{name}" for name in NODES), *COMMANDS):
        importlib.import_module(module)
    with socket.socket(fileno=os.dup(0)) as orders:
        order = _serve(orders)
    _become(order)


if __name__ == "__main__":
    main()
