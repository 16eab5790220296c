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


def test_what_touches_a_knock_counts_nowhere() -> None:
    positions = np.maximum(_TIMES - 1.05, 0.0)[:, None]
    boundary, within = changes(_TIMES, positions, [1.0, 1.5], response=0.1, knocks=[1.05])
    assert len(boundary.velocity) == 1 and boundary.velocity[0] < 1e-9
    assert np.all(within.velocity < 1e-9)


@given(st.integers(0, 1000), st.sampled_from([0.0, 0.1]))
def test_a_boundary_is_compared_with_stretches_as_long_as_its_own(seed: int, response: float) -> None:
    # Noise has no seams: a boundary's value is that of one of the stretches that there are without boundaries.
    noise = np.random.default_rng(seed).normal(size=(len(_TIMES), 3))
    boundary = changes(_TIMES, noise, [0.5], response=response)[0]
    everywhere = changes(_TIMES, noise, response=response)[1]
    assert np.any(everywhere.velocity == boundary.velocity[0])
    assert np.any(everywhere.acceleration == boundary.acceleration[0])


def test_ratios_compare_like_with_like_and_divide_by_no_less_than_the_floor() -> None:
    random = np.random.default_rng(0)
    within = random.uniform(0.0, 1.0, 10_000)
    found = ratios(Changes(2.0 * within, within), Changes(within, within))
    assert found["velocity"]["p50"] == found["velocity"]["p95"] == 2.0
    assert found["acceleration"]["p95"] == 1.0
    rest = ratios(Changes(np.array([VELOCITY_FLOOR]), np.array([0.0])), Changes(np.zeros(9), np.zeros(9)))
    assert rest["velocity"]["p95"] == 1.0


@given(st.floats(-0.05, 0.05))
def test_a_motion_that_is_late_is_late_by_that(late: float) -> None:
    phases = 2.0 * _TIMES[:, None] + np.array([0.0, 1.0])
    planned, followed = np.sin(phases), np.sin(phases - 2.0 * late)
    assert shift(planned, followed, 2.0 * np.cos(phases)) == pytest.approx(late, abs=2e-3)
