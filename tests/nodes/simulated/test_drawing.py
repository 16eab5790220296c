"""The hand-over of states to a drawing process, with threads and small processes instead of renderers."""

import subprocess
import threading
from multiprocessing.connection import Pipe

import numpy as np
import pytest

pytest.importorskip("rclpy")

from steadyhand.nodes.exceptions import NodeError
from steadyhand.nodes.simulated import drawing
from steadyhand.nodes.simulated.drawing import FRAME, TASK, DrawingProcess, serve

ECHO = """
import sys, time
from multiprocessing.connection import Connection
from steadyhand.nodes.simulated.drawing import serve
def load(task):
    if task == "none": sys.exit(3)
serve(Connection(int(sys.argv[-2])), sys.argv[-1], lambda stamp, configuration: time.sleep(stamp), load)
"""


@pytest.fixture
def process(monkeypatch):
    """A process that takes as long to draw a state as its stamp says."""
    popen = subprocess.Popen

    def start(command, **options):
        return popen([command[0], "-c", ECHO, *command[-2:]], **options)

    monkeypatch.setattr(drawing.subprocess, "Popen", start)
    started = DrawingProcess("camera_process", "hello", "Try raycast.")
    yield started
    started.close()


def test_it_greets_and_draws(process):
    assert process.greeting == "hello"
    assert process.draw(0.0, np.zeros(30))
    assert process.wait(10.0)
    assert process.idle
    assert process.dropped == 0


def test_a_state_that_comes_while_it_draws_is_dropped(process):
    assert process.draw(0.5, np.zeros(30))
    assert not process.idle
    assert not process.draw(0.0, np.zeros(30))
    assert process.dropped == 1
    assert process.wait(10.0)
    assert process.draw(0.0, np.zeros(30))


def test_another_task_is_loaded_after_the_state_in_hand(process):
    process.draw(0.2, np.zeros(30))
    process.load("pick")
    assert process.idle


def test_its_death_is_told(process):
    with pytest.raises(NodeError, match=r"camera_process ended with code 3.*Try raycast"):
        process.load("none")
    with pytest.raises(NodeError, match="ended with code 3"):
        process.draw(0.0, np.zeros(30))


def test_a_process_that_cannot_start_is_told(monkeypatch):
    popen = subprocess.Popen
    monkeypatch.setattr(drawing.subprocess, "Popen", lambda command, **options: popen(["false"], **options))
    with pytest.raises(NodeError, match="ended with code"):
        DrawingProcess("camera_process", "hello", "Try raycast.")


def test_serving_ends_with_the_connection():
    ours, theirs = Pipe()
    seen = []
    thread = threading.Thread(
        target=serve, args=(theirs, "egl", lambda stamp, q: seen.append((stamp, q.tolist())), seen.append)
    )
    thread.start()
    assert ours.recv_bytes() == b"egl"
    ours.send_bytes(FRAME + np.array([7.0, 1.0, 2.0]).tobytes())
    ours.recv_bytes()
    ours.send_bytes(TASK + b"pick")
    ours.recv_bytes()
    ours.close()
    thread.join(5.0)
    assert not thread.is_alive()
    assert seen == [(7.0, [1.0, 2.0]), "pick"]
