from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from steadyhand.chunks.targets import JointTargets
from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.limits import Extrema
from steadyhand.execution.reasons import Reason
from steadyhand.execution.reference import Reference
from steadyhand.execution.splice import Splice

from .conftest import joint_limits
from .test_brake import wave

_LIMITS = joint_limits(3, velocity=1.0, acceleration=4.0, jerk=150.0)


def splice(**changes: float) -> Splice:
    return Splice(_LIMITS, **{"blend": 0.2, "start_jump": 0.35, "lag": 0.5, **changes})


def slow_targets(start: float, base: np.ndarray, rows: int = 16, speed: float = 0.3) -> JointTargets:
    times = start + 0.1 * np.arange(rows)
    return JointTargets(times, base + speed * (times - start)[:, None] * np.array([1.0, -1.0, 0.5]))


def cruising(speed: float) -> Reference:
    times = np.array([-1.0, 3.0])
    velocity = np.tile(speed * np.array([1.0, -1.0, 0.5]), (2, 1))
    return Reference(times, times[:, None] * velocity, velocity, np.zeros((2, 3)))


def test_position_velocity_and_acceleration_go_on_at_the_handover() -> None:
    reference = wave()
    state = reference.sample(1.0)
    stitched = splice().stitch(reference, slow_targets(0.95, state.position), 1.0, 1.0)
    begun = stitched.reference.sample(1.0)
    assert_allclose(begun.position, state.position, atol=1e-12)
    assert_allclose(begun.velocity, state.velocity, atol=1e-12)
    assert_allclose(begun.acceleration, state.acceleration, atol=1e-9)


def test_rows_that_have_passed_are_dropped_and_the_others_kept_in_time() -> None:
    targets = slow_targets(0.0, np.zeros(3))
    stitched = splice().stitch(cruising(0.3), targets, 0.45, 1.0)
    assert stitched.first_row == 5
    assert stitched.stretch == 1.0
    assert stitched.lag == 0.0
    for row in range(8, 16):
        assert_allclose(stitched.reference.sample(targets.times[row]).position, targets.positions[row], atol=1e-9)


def test_a_chunk_whose_rows_have_all_passed_is_refused() -> None:
    with pytest.raises(RefusedError) as refusal:
        splice().stitch(Reference.resting(9.0, np.zeros(3)), slow_targets(0.0, np.zeros(3)), 9.0, 1.0)
    assert refusal.value.reason is Reason.CHUNK_STALE


def test_a_jump_at_the_handover_is_refused_and_names_the_joint() -> None:
    targets = slow_targets(0.0, np.array([0.0, 0.5, 0.0]))
    with pytest.raises(RefusedError, match="joint2") as refusal:
        splice().stitch(Reference.resting(0.0, np.zeros(3)), targets, 0.05, 1.0)
    assert refusal.value.reason is Reason.START_JUMP


def test_a_chunk_too_fast_is_slowed_within_the_lag_budget() -> None:
    targets = slow_targets(0.0, np.zeros(3), speed=1.1)
    stitched = splice().stitch(cruising(0.98), targets, 0.0, 1.0)
    assert 1.1 <= stitched.stretch <= 1.34
    assert 0.0 < stitched.lag <= 0.5
    assert np.all(Extrema(stitched.reference).speed <= _LIMITS.velocity)


def test_a_chunk_far_too_fast_is_refused() -> None:
    with pytest.raises(RefusedError) as refusal:
        splice().stitch(cruising(0.9), slow_targets(0.0, np.zeros(3), speed=1.9), 0.0, 1.0)
    assert refusal.value.reason is Reason.VELOCITY_LIMIT


@pytest.mark.parametrize(
    ("acceleration", "jerk", "reason"),
    [(0.5, 150.0, Reason.ACCELERATION_LIMIT), (50.0, 1.0, Reason.JERK_LIMIT)],
)
def test_the_refusal_names_the_derivative_that_would_take_the_most_time(
    acceleration: float, jerk: float, reason: Reason
) -> None:
    limits = joint_limits(3, velocity=1.0, acceleration=acceleration, jerk=jerk)
    times = np.arange(1, 17) * 0.1
    rows = np.repeat(0.05 * np.sin(8.0 * times)[:, None], 3, axis=1)
    with pytest.raises(RefusedError) as refusal:
        Splice(limits, blend=0.2, start_jump=0.35, lag=0.2).stitch(
            Reference.resting(0.0, np.zeros(3)), JointTargets(times, rows), 0.0, 1.0
        )
    assert refusal.value.reason is reason, str(refusal.value)


def test_the_speed_override_stretches_time_and_is_no_lag() -> None:
    targets = slow_targets(0.0, np.zeros(3))
    stitched = splice().stitch(Reference.resting(0.0, np.zeros(3)), targets, 0.0, 0.5)
    assert_allclose(stitched.stretch, 2.0)
    assert stitched.lag == 0.0
    assert_allclose(stitched.reference.end, 2.0 * targets.times[-1])


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 100_000), st.floats(0.0, 1.2), st.floats(0.001, 0.3))
def test_whatever_passes_keeps_every_limit(seed: int, handover: float, noise: float) -> None:
    random = np.random.default_rng(seed)
    reference = wave()
    targets = slow_targets(0.0, reference.sample(handover).position)
    noisy = JointTargets(targets.times, targets.positions + random.normal(0.0, noise, targets.positions.shape))
    try:
        stitched = splice().stitch(reference, noisy, handover, 1.0)
    except RefusedError:
        return
    found = Extrema(stitched.reference)
    assert np.all(found.speed <= _LIMITS.velocity * (1 + 1e-9))
    assert np.all(found.acceleration <= _LIMITS.acceleration * (1 + 1e-9))
    assert np.all(found.jerk <= _LIMITS.jerk * (1 + 1e-9))
    assert np.all(found.lowest >= _LIMITS.lower)
    assert np.all(found.highest <= _LIMITS.upper)


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_short_chunks_are_joined_too(rows: int) -> None:
    stitched = splice().stitch(Reference.resting(0.0, np.zeros(3)), slow_targets(0.1, np.zeros(3), rows), 0.0, 1.0)
    assert stitched.reference.start == 0.0
    assert np.all(np.diff(stitched.reference.times) > 0.0)
