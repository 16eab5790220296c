"""Processes end as a person expects, whatever their node does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.importorskip("rclpy")

NODE = """
import sys, time
from rclpy.node import Node
from rclpy.task import Future
from steadyhand.exceptions import SteadyhandError
from steadyhand.nodes.lifecycle import ManagedNode
from steadyhand.nodes.parameters import declare
from steadyhand.nodes.process import run
"""


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    processes = []

    def process(code: str, *arguments: str) -> subprocess.Popen[str]:
        script = tmp_path / f"node{len(processes)}.py"
        script.write_text(NODE + textwrap.dedent(code))
        processes.append(
            subprocess.Popen(
                [sys.executable, str(script), *arguments],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                env=os.environ | {"ROS_AUTOMATIC_DISCOVERY_RANGE": "OFF", "PYTHONUNBUFFERED": "1"},
            )
        )
        return processes[-1]

    yield process
    for started in processes:
        started.kill()
        started.wait()


def until(process: subprocess.Popen[str], text: str) -> str:
    assert process.stdout is not None
    seen = []
    for line in process.stdout:
        seen.append(line)
        if text in line:
            return "".join(seen)
    raise AssertionError("".join(seen))


MANAGED = """
class Managed(ManagedNode):
    def __init__(self, name):
        super().__init__(name)
        self.create_timer(0.2, lambda: print("spins"))
    def configure(self): print("configured")
    def activate(self): print("activated")
    def deactivate(self): print("deactivated")
    def cleanup(self): print("cleaned up")

sys.exit(run(lambda: Managed("managed")))
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_deactivates_and_cleans_up_without_a_traceback(
    start: Callable[..., subprocess.Popen[str]], number: int
) -> None:
    process = start(MANAGED)
    until(process, "activated")
    process.send_signal(number)
    output, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    assert output.index("deactivated") < output.index("cleaned up")
    assert "Traceback" not in output


def test_without_autostart_nothing_happens_until_somebody_asks(start: Callable[..., subprocess.Popen[str]]) -> None:
    process = start(MANAGED, "--ros-args", "-p", "autostart:=false")
    # A node that starts itself does so before its first timer is due.
    said = until(process, "spins") + until(process, "spins")
    process.send_signal(signal.SIGINT)
    output = said + process.communicate(timeout=20)[0]
    assert process.returncode == 0 and "configured" not in output and "deactivated" not in output


def test_a_node_that_cannot_start_says_why_and_ends(start: Callable[..., subprocess.Popen[str]]) -> None:
    process = start("""
        class Broken(ManagedNode):
            def configure(self):
                raise SteadyhandError("the camera is upside down")

        sys.exit(run(lambda: Broken("broken")))
    """)
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "could not start: the camera is upside down" in output and "Traceback" not in output


def test_a_wrong_parameter_is_one_line(start: Callable[..., subprocess.Popen[str]]) -> None:
    code = """
        class Node2(Node):
            def __init__(self):
                super().__init__("fast")
                declare(self, "rate", 1.0, "rate [Hz]", low=0.0, high=10.0)

        sys.exit(run(Node2))
    """
    process = start(code, "--ros-args", "-p", "rate:=11.0")
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 2
    assert "error: parameter 'rate' of node 'fast'" in output and "Traceback" not in output


def test_a_callback_that_raises_still_lets_the_node_brake(start: Callable[..., subprocess.Popen[str]]) -> None:
    process = start("""
        class Failing(ManagedNode):
            def activate(self): self.create_timer(0.01, self.fail)
            def fail(self): raise RuntimeError("unforeseen")
            def deactivate(self): print("braked")

        sys.exit(run(lambda: Failing("failing")))
    """)
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "RuntimeError: unforeseen" in output and "braked" in output


def test_a_failure_while_leaving_is_reported(start: Callable[..., subprocess.Popen[str]]) -> None:
    process = start("""
        class Clumsy(ManagedNode):
            def activate(self): print("activated")
            async def wind_down(self): raise RuntimeError("stumbled")

        sys.exit(run(lambda: Clumsy("clumsy")))
    """)
    until(process, "activated")
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 1 and "RuntimeError: stumbled" in output


def test_leaving_may_take_its_time_and_a_second_signal_cuts_it_short(
    start: Callable[..., subprocess.Popen[str]],
) -> None:
    code = """
        class Slow(Node):
            def __init__(self):
                super().__init__("slow")
                self.create_timer(0.1, lambda: print("spins"))

            async def wind_down(self):
                print("leaving")
                await Future()

        sys.exit(run(Slow))
    """
    process = start(code)
    until(process, "spins")
    process.send_signal(signal.SIGINT)
    until(process, "leaving")
    begin = time.monotonic()
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=20)
    assert time.monotonic() - begin < 3.0
    assert process.returncode == 0 and "Traceback" not in output
