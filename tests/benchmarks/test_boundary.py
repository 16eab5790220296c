from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steadyhand.benchmarks.boundary import VELOCITY_FLOOR, Changes, changes, ratios, shift

_TIMES = 0.01 * np.arange(200)


@given(st.floats(0.01, 1.0), st.floats(-1.0, 1.0))
def test_a_step_of_velocity_is_found_at_its_boundary_and_nowhere_else(step: float, speed: float) -> None:
    positions = (speed * _TIMES + step * np.maximum(_TIMES - 1.0, 0.0))[:, None] * np.array([0.6, 0.8])
    boundary, within = changes(_TIMES, positions, [1.0])
    assert boundary.velocity == pytest.approx([step], rel=1e-6)
    assert np.all(within.velocity < 1e-9)
    assert boundary.acceleration[0] == pytest.approx(step / 0.01, rel=1e-6)


def test_what_comes_a_little_later_counts_within_the_response_alone() -> None:
    positions = np.maximum(_TIMES - 1.05, 0.0)[:, None]
    assert changes(_TIMES, positions, [1.0])[0].velocity[0] < 1e-9
    assert changes(_TIMES, positions, [1.0], response=0.1)[0].velocity[0] == pytest.approx(1.0)


def test_nothing_is_compared_across_an_interruption() -> None:
    kept = (_TIMES < 0.5) | (_TIMES > 0.9)
    positions = np.where(_TIMES > 0.7, 5.0, 0.0)[kept][:, None]
    boundary, within = changes(_TIMES[kept], positions, [0.7])
    assert len(boundary.velocity) == 0 and np.all(within.velocity == 0.0)


def test_ratios_are_over_the_95th_percentile_and_never_over_less_than_the_floor() -> None:
    random = np.random.default_rng(0)
    within = random.uniform(0.0, 1.0, 10_000)
    found = ratios(Changes(np.array([0.95, 1.9]), np.array([1.0])), Changes(within, within))
    assert found["velocity"]["max"] == pytest.approx(2.0, rel=0.02)
    rest = ratios(Changes(np.array([VELOCITY_FLOOR]), np.array([0.0])), Changes(np.zeros(9), np.zeros(9)))
    assert rest["velocity"]["p95"] == 1.0


@given(st.floats(-0.05, 0.05))
def test_a_motion_that_is_late_is_late_by_that(late: float) -> None:
    phases = 2.0 * _TIMES[:, None] + np.array([0.0, 1.0])
    planned, followed = np.sin(phases), np.sin(phases - 2.0 * late)
    assert shift(planned, followed, 2.0 * np.cos(phases)) == pytest.approx(late, abs=2e-3)
