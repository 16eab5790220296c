"""A source in its thread: the newest frame, losses, ends, and sources that hang."""

import itertools
import time
from threading import Event

import numpy as np
import pytest

from steadyhand.cameras.backoff import Backoff
from steadyhand.cameras.capture import Capture, CaptureState
from steadyhand.cameras.exceptions import SourceLostError, SourceRefusedError
from steadyhand.cameras.source import FrameSource

S = CaptureState
PATIENCE = 10.0
REST = object()


class Script(FrameSource):
    """Does what a list says: a number is a frame, an error is raised, an event is waited for; then it ends.

    REST waits until it is told to stop.
    """

    name = "script"

    def __init__(self, *steps, live=True, opening=()):
        self.live = live
        self.opened = self.closed = 0
        self._steps = iter(steps)
        self._opening = iter(opening)

    def check(self):
        return None

    def open(self):
        self.opened += 1
        error = next(self._opening, None)
        if error is not None:
            raise error

    def grab(self, stop):
        self._step = next(self._steps, None)
        if isinstance(self._step, Exception):
            raise self._step
        if self._step is REST:
            stop.wait(PATIENCE)
            return False
        if isinstance(self._step, Event):
            assert self._step.wait(PATIENCE)
            return self.grab(stop)
        return self._step is not None

    def retrieve(self):
        return np.full((2, 2, 3), self._step, np.uint8)

    def close(self):
        self.closed += 1


@pytest.fixture
def run():
    captures = []

    def run(source, **options):
        said = []
        ticks = itertools.count(100)
        capture = Capture(source, lambda: float(next(ticks)), said.append, Backoff(0.001, 0.004), **options)
        captures.append(capture)
        capture.start()
        return capture, said

    yield run
    for capture in captures:
        capture.stop(PATIENCE)


def until(condition):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_frames_are_stamped_when_they_are_grabbed(run):
    capture, _ = run(Script(7, REST))
    frame = capture.take(PATIENCE)
    assert (frame.stamp, frame.pixels[0, 0, 0]) == (100.0, 7)


def test_only_the_newest_frame_is_kept_and_the_others_are_counted(run):
    capture, _ = run(Script(1, 2, 3, live=False))
    until(lambda: capture.status.state is S.ENDED)
    frame = capture.take(PATIENCE)
    assert (frame.stamp, frame.pixels[0, 0, 0]) == (102.0, 3)
    assert capture.take(0.0) is None
    assert (capture.statistics.captured, capture.statistics.dropped) == (3, 2)


def test_an_end_is_said_and_stays(run):
    source = Script(1, 2, live=False)
    capture, said = run(source)
    until(lambda: capture.status.state is S.ENDED)
    assert "after 2 frames" in capture.status.message
    assert [status.state for status in said] == [S.OPENING, S.RUNNING, S.ENDED]
    assert (source.opened, source.closed) == (1, 1)


def test_a_lost_device_is_opened_again_until_it_is_back(run):
    gone = SourceLostError("there is no device")
    source = Script(1, SourceLostError("it has gone"), 2, REST, opening=(None, gone, gone, gone))
    capture, said = run(source)
    until(lambda: capture.reopened == 1)
    assert [status.state for status in said] == [S.OPENING, S.RUNNING, S.LOST, S.LOST, S.RUNNING]
    assert [status.message for status in said][2:4] == ["it has gone", "there is no device"]
    assert source.opened == 5 and source.closed == 4


def test_a_device_that_is_not_there_at_first_is_waited_for(run):
    capture, said = run(Script(1, REST, opening=(SourceLostError("busy"),)))
    until(lambda: capture.status.state is S.RUNNING)
    assert [status.state for status in said] == [S.OPENING, S.LOST, S.RUNNING]


def test_a_driver_that_raises_anything_is_lost_and_not_dead(run):
    capture, said = run(Script(1, ZeroDivisionError("odd"), 2, REST))
    until(lambda: capture.reopened == 1)
    assert "ZeroDivisionError: odd" in [status.message for status in said]


def test_a_file_that_fails_stays_failed(run):
    source = Script(1, SourceRefusedError("damaged"), 2, live=False)
    capture, _ = run(source)
    until(lambda: capture.status.state is S.FAILED)
    assert capture.status.message == "damaged"
    assert (source.opened, source.closed) == (1, 1)


def test_a_source_that_hangs_keeps_nobody_waiting(run):
    awake = Event()
    source = Script(1, awake, 2)
    capture, _ = run(source)
    assert capture.take(PATIENCE) is not None
    begin = time.monotonic()
    assert capture.take(0.01) is None
    assert not capture.stop(0.05)
    assert time.monotonic() - begin < 1.0
    awake.set()
    assert capture.stop(PATIENCE)
    assert source.closed == 1, "it is let go as soon as it answers"


def test_a_stop_ends_the_wait_for_a_lost_device():
    capture = Capture(
        Script(opening=[SourceLostError("gone")] * 9), time.monotonic, lambda _: None, Backoff(60.0, 60.0)
    )
    capture.start()
    until(lambda: capture.status.state is S.LOST)
    assert capture.stop(PATIENCE)
    assert capture.status.state is S.STOPPED


def test_waiting_times_double_up_to_a_bound_and_begin_anew_after_a_success():
    backoff = Backoff(first=0.5, longest=8.0)
    assert [backoff.fail() for _ in range(7)] == [0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0]
    backoff.reset()
    assert backoff.fail() == 0.5
