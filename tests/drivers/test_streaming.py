from __future__ import annotations

import numpy as np
from numpy.testing import assert_allclose

from steadyhand.drivers.streaming import WindowStream
from steadyhand.execution.reference import Reference

WINDOW = Reference(np.array([10.0, 11.0]), np.array([[0.0], [1.0]]), np.zeros((2, 1)), np.zeros((2, 1)))


def test_the_newest_window_is_told_and_its_end_for_as_long_as_an_arm_settles() -> None:
    stream = WindowStream(settling=0.3)
    assert stream.sample(10.5) is None
    stream.take(WINDOW)
    middle, after = stream.sample(10.5), stream.sample(11.2)
    assert middle is not None
    assert after is not None
    assert_allclose(middle.position, WINDOW.sample(10.5).position)
    assert_allclose(after.position, [1.0])
    assert_allclose(after.velocity, [0.0])
    assert stream.sample(11.31) is None


def test_nothing_is_told_before_the_window_as_after_a_clock_that_went_back() -> None:
    stream = WindowStream(settling=0.3)
    stream.take(WINDOW)
    assert stream.sample(9.0) is None


def test_a_window_that_was_dropped_is_told_no_more() -> None:
    stream = WindowStream()
    stream.take(WINDOW)
    stream.drop()
    assert stream.sample(10.5) is None


def test_what_has_passed_stays_for_measurements_of_an_arm_that_comes_late() -> None:
    stream = WindowStream()
    stream.take(WINDOW.between(10.0, 10.8))
    stream.take(WINDOW.between(10.4, 11.0))
    assert stream.window is not None
    for time in (10.1, 10.4, 10.9):
        assert_allclose(stream.window.sample(time).position, WINDOW.sample(time).position)
    stream.take(WINDOW.between(10.95, 11.0))
    assert stream.window.start > 10.4
