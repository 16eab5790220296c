"""Ticks that follow a clock."""

import pytest

from steadyhand.simulation.pacing import Pacer


class Clock:
    def __init__(self):
        self.now = 50.0

    def __call__(self):
        return self.now


def test_ticks_are_due_one_period_apart_however_long_each_takes():
    clock = Clock()
    pacer = Pacer(0.01, clock)
    dues = []
    for taken in (0.001, 0.012, 0.003, 0.001):
        clock.now = max(clock.now, clock.now + pacer.remaining())
        dues.append(pacer.tick())
        clock.now += taken
    assert dues == pytest.approx([50.0, 50.01, 50.02, 50.03])
    assert pacer.lost == 0.0


def test_twice_the_speed_halves_the_interval():
    clock = Clock()
    pacer = Pacer(0.01, clock, speed=2.0)
    pacer.tick()
    assert pacer.remaining() == pytest.approx(0.005)


def test_what_cannot_be_caught_up_is_lost_and_told():
    clock = Clock()
    pacer = Pacer(0.01, clock, slack=0.1)
    pacer.tick()
    clock.now += 0.51
    assert pacer.tick() == pytest.approx(50.51)
    assert pacer.lost == pytest.approx(0.5)
    assert pacer.remaining() == pytest.approx(0.01)


def test_a_clock_set_back_does_not_stop_the_ticks():
    clock = Clock()
    pacer = Pacer(0.01, clock)
    pacer.tick()
    clock.now -= 3600.0
    pacer.tick()
    assert pacer.remaining() == pytest.approx(0.01)
    assert pacer.lost == 0.0


def test_the_real_time_factor_is_measured():
    clock = Clock()
    pacer = Pacer(0.01, clock)
    assert pacer.real_time_factor == 0.0
    for _ in range(50):
        pacer.tick()
        clock.now += 0.02
    assert pacer.real_time_factor == pytest.approx(0.5)
