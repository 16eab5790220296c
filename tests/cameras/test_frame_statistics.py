"""Rates, ages and silence."""

import pytest

from steadyhand.cameras.frame_statistics import FrameStatistics


def test_the_rate_is_that_of_the_last_five_seconds():
    statistics = FrameStatistics()
    for index in range(100):
        statistics.capture(0.1 * index)
    for index in range(51):
        statistics.capture(9.9 + 0.1 + 0.05 * index)
    assert statistics.rate(15.1) == pytest.approx(20.0)
    assert statistics.rate(100.0) == 0.0
    assert statistics.silence(15.0) == pytest.approx(2.5)
    statistics.restart()
    assert statistics.silence(15.0) is None and statistics.rate(15.0) == 0.0


def test_ages_are_percentiles_of_what_was_published():
    statistics = FrameStatistics()
    assert statistics.ages() == {}
    for age in range(101):
        statistics.publish(float(age))
    assert statistics.ages() == {"median": 50.0, "95 %": 95.0, "max": 100.0}
    assert statistics.published == 101
