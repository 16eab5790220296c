from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.interpolate import CubicSpline

from steadyhand.execution.brake import brake, move, stop, stop_along
from steadyhand.execution.exceptions import BrakeError
from steadyhand.execution.limits import Extrema, JointLimits
from steadyhand.execution.reference import Reference, State

from .conftest import joint_limits

_BRAKE = joint_limits(3, velocity=1.0, acceleration=5.0, jerk=300.0)
_values = st.floats(-1.0, 1.0)
_triples = st.tuples(_values, _values, _values)


def wave(amplitude: float = 0.3, rate: float = 2.0) -> Reference:
    times = np.linspace(0.0, 3.0, 31)
    positions = amplitude * np.sin(rate * times)[:, None] * np.array([1.0, -0.5, 0.2])
    spline = CubicSpline(times, positions)
    return Reference(times, spline(times), spline(times, 1), spline(times, 2))


@given(_triples, _triples)
def test_a_stop_keeps_the_brake_limits_and_ends_at_rest(v: tuple[float, ...], a: tuple[float, ...]) -> None:
    state = State(np.zeros(3), np.array(v), 4.9 * np.array(a))
    found = stop(7.0, state, _BRAKE)
    assert found.start == 7.0
    assert found.ends_at_rest
    # Knots are kept 0.1 ms apart: a sliver of a phase may be swallowed by its neighbour, which no controller sees.
    acceleration = found.sample_many(np.arange(found.start, found.end, 1e-3))[2]
    assert np.all(np.abs(acceleration) <= _BRAKE.acceleration)
    assert np.all(np.abs(np.diff(acceleration, axis=0)) <= 1e-3 * _BRAKE.jerk * 1.05)
    assert_allclose(found.sample(7.0).velocity, state.velocity, atol=1e-6)


@pytest.mark.parametrize("seed", range(20))
def test_a_stop_is_where_ruckig_says_at_every_time(seed: int) -> None:
    import ruckig

    random = np.random.default_rng(seed)
    state = State(random.uniform(-1.0, 1.0, 3), random.uniform(-1.0, 1.0, 3), random.uniform(-6.0, 6.0, 3))
    request, trajectory = ruckig.InputParameter(3), ruckig.Trajectory(3)
    request.control_interface = ruckig.ControlInterface.Velocity
    request.synchronization = ruckig.Synchronization.No
    request.current_position, request.current_velocity = list(state.position), list(state.velocity)
    # An acceleration beyond the limit is taken as the limit.
    request.current_acceleration = list(np.clip(state.acceleration, -0.995 * 5.0, 0.995 * 5.0))
    request.target_velocity = request.target_acceleration = [0.0] * 3
    request.max_acceleration, request.max_jerk = [0.995 * 5.0] * 3, [0.995 * 300.0] * 3
    ruckig.Ruckig(3).calculate(request, trajectory)
    found = stop(7.0, state, _BRAKE)
    assert found.end - found.start == pytest.approx(trajectory.duration, abs=2e-4)
    times = np.linspace(0.0, trajectory.duration, 200)
    independent = np.array([trajectory.at_time(float(t))[:3] for t in times]).transpose(1, 0, 2)
    # Phases shorter than a tenth of a millisecond go up in their neighbours.
    for part, expected, near in zip(found.sample_many(7.0 + times), independent, (1e-6, 1e-4, 0.05), strict=True):
        assert_allclose(part, expected, atol=near)


def test_a_stop_from_cruising_takes_the_closed_form_time() -> None:
    # From v at rest acceleration: ramp up, cruise and ramp down take v / a + a / j (trapezoidal deceleration).
    v, a, j = 1.0, 5.0, 300.0
    state = State(np.zeros(3), np.array([v, 0.0, 0.0]), np.zeros(3))
    found = stop(0.0, state, _BRAKE)
    assert_allclose(found.end, v / a + a / j, rtol=1e-2)
    # The trapezoid is symmetric in time, so that half of v times the duration is covered.
    assert_allclose(found.final.position[0], 0.5 * v * found.end, rtol=1e-6)


@settings(max_examples=40)
@given(st.floats(0.1, 2.5), st.floats(0.05, 0.4))
def test_a_stop_along_the_path_stays_on_it(time: float, amplitude: float) -> None:
    path = wave(amplitude)
    found = stop_along(path, time, _BRAKE, 0.6)
    assert found is not None
    assert found.ends_at_rest
    fine = path.sample_many(np.linspace(path.start, path.end, 6001))[0]
    for point in found.sample_many(np.linspace(found.start, found.end, 50))[0]:
        assert np.min(np.linalg.norm(fine - point, axis=1)) < 1e-3
    before, after = path.sample(time), found.sample(time)
    assert_allclose(after.velocity, before.velocity, atol=1e-9)
    assert_allclose(after.acceleration, before.acceleration, atol=1e-6)
    peaks = Extrema(found)
    assert np.all(peaks.acceleration <= _BRAKE.acceleration * (1 + 1e-5))
    assert np.all(peaks.jerk <= _BRAKE.jerk * (1 + 1e-5))


def test_a_path_too_fast_for_the_time_given_is_left_joint_by_joint() -> None:
    path = wave(0.45)
    assert stop_along(path, 1.5, _BRAKE, 0.11) is None
    found = brake(path, 1.5, _BRAKE, 0.11)
    assert found.ends_at_rest
    assert np.all(Extrema(found).acceleration <= _BRAKE.acceleration * (1 + 1e-6))


def test_a_direct_stop_that_would_pass_a_position_limit_gives_way_to_the_path() -> None:
    # The path itself slows down just before the limit; the quickest stop of each joint would drift beyond it.
    times = np.array([0.0, 0.12, 1.0])
    path = Reference(times, np.array([[0.0], [0.06], [0.06]]), np.array([[0.8], [0.0], [0.0]]), np.zeros((3, 1)))
    tight = JointLimits(
        ("joint1",), np.array([-1.0]), np.array([0.061]), np.ones(1), np.array([5.0]), np.array([300.0])
    )
    found = brake(path, 0.0, tight, 0.2)
    assert found.ends_at_rest
    assert np.all(found.positions <= 0.0811)


def test_a_state_that_is_not_finite_is_no_beginning() -> None:
    with pytest.raises(BrakeError, match="not finite"):
        stop(
            0.0,
            State(np.zeros(2), np.array([np.nan, 0.0]), np.zeros(2)),
            joint_limits(2, velocity=1, acceleration=1, jerk=1),
        )


@given(_triples, _triples)
def test_a_move_arrives_at_rest_within_limits(start: tuple[float, ...], goal: tuple[float, ...]) -> None:
    limits = joint_limits(3, velocity=1.0, acceleration=4.0, jerk=150.0)
    found = move(3.0, np.array(start), np.array(goal), limits, 0.5)
    assert_allclose(found.final.position, goal, atol=1e-6)
    assert found.ends_at_rest
    peaks = Extrema(found)
    assert np.all(peaks.speed <= 0.5)
    assert np.all(peaks.acceleration <= 2.0)


@settings(deadline=None)
@given(_triples, _triples, st.sampled_from([0.0, 1.7e9 + 0.123456]))
def test_a_stop_keeps_its_limits_on_the_polynomials_whatever_the_clock_counts_from(
    v: tuple[float, ...], a: tuple[float, ...], time: float
) -> None:
    found = Extrema(stop(time, State(np.zeros(3), np.array(v), 4.9 * np.array(a)), _BRAKE))
    assert np.all(found.acceleration <= _BRAKE.acceleration * (1 + 1e-6))
    assert np.all(found.jerk <= _BRAKE.jerk * (1 + 1e-6))
