"""Processes are watched, and nothing is left of them, whatever happens."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from steadyhand.cli.demonstration import processes as module
from steadyhand.cli.demonstration.exceptions import ProcessDiedError
from steadyhand.cli.demonstration.processes import Processes

SLEEP = [sys.executable, "-c", "import time; print('awake', flush=True); time.sleep(60)"]
STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(child.pid, flush=True)
time.sleep(60)
"""
PARENT = """
import os, sys, time
from pathlib import Path
from steadyhand.cli.demonstration.processes import Processes
with Processes(Path(sys.argv[1]), os.environ) as processes:
    processes.start("child", [sys.executable, "-c", "import os, time; print(os.getpid(), flush=True); time.sleep(60)"])
    time.sleep(60)
"""


def until(condition, seconds=20.0):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.01)
    raise AssertionError("did not come true in time")


def gone(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"


def logged(path):
    return until(lambda: path.exists() and path.read_text().strip())


def test_processes_that_run_pass_the_check_and_end_with_the_block(tmp_path):
    with Processes(tmp_path, os.environ) as processes:
        processes.start("sleeper", SLEEP)
        assert logged(tmp_path / "sleeper.log") == "awake"
        processes.check()
        pid = processes._running["sleeper"].pid
    assert gone(pid)


def test_a_process_that_ends_by_itself_is_named_with_its_log(tmp_path):
    code = "import sys; print('the reason'); sys.exit(3)"
    with Processes(tmp_path, os.environ) as processes:
        processes.start("short", [sys.executable, "-c", code])
        until(lambda: processes._running["short"].poll() is not None)
        with pytest.raises(ProcessDiedError, match=r"(?s)short.*exit code 3.*the reason"):
            processes.check()


def test_a_process_that_is_killed_is_named_with_the_signal(tmp_path):
    with Processes(tmp_path, os.environ) as processes:
        processes.start("victim", SLEEP)
        os.kill(processes._running["victim"].pid, signal.SIGKILL)
        until(lambda: processes._running["victim"].poll() is not None)
        with pytest.raises(ProcessDiedError, match="SIGKILL"):
            processes.check()


def test_a_process_that_ignores_signals_is_killed_with_its_children(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "PATIENCE", 0.3)
    with Processes(tmp_path, os.environ) as processes:
        processes.start("stubborn", [sys.executable, "-c", STUBBORN])
        grandchild = int(logged(tmp_path / "stubborn.log"))
        pid = processes._running["stubborn"].pid
    assert gone(pid)
    until(lambda: gone(grandchild))


def test_an_error_in_the_block_ends_the_processes(tmp_path):
    with pytest.raises(RuntimeError), Processes(tmp_path, os.environ) as processes:
        processes.start("sleeper", SLEEP)
        pid = processes._running["sleeper"].pid
        raise RuntimeError
    assert gone(pid)


def test_ctrl_c_while_stopping_hurries_it(tmp_path):
    processes = Processes(tmp_path, os.environ)
    with processes:
        processes.start("stubborn", [sys.executable, "-c", STUBBORN])
        logged(tmp_path / "stubborn.log")
        begun = time.monotonic()
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        previous = signal.signal(signal.SIGALRM, lambda *_: os.kill(os.getpid(), signal.SIGINT))
    signal.signal(signal.SIGALRM, previous)
    assert time.monotonic() - begun < module.PATIENCE


def test_children_end_with_a_parent_that_is_killed(tmp_path):
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(tmp_path)])
    child = int(logged(tmp_path / "child.log"))
    parent.kill()
    parent.wait()
    until(lambda: gone(child))


def test_node_parameters_are_given_as_ros_arguments(tmp_path, monkeypatch):
    started = {}
    monkeypatch.setattr(Processes, "start", lambda self, name, command: started.update({name: command}))
    Processes(tmp_path, os.environ).start_node("simulator", {"seed": 3, "viewer": False, "task": "pick"})
    command = started["simulator"]
    assert command[1:3] == ["-m", "steadyhand.nodes.simulator"]
    assert command[3:] == ["--ros-args", "-p", "seed:=3", "-p", "viewer:=false", "-p", "task:=pick"]
