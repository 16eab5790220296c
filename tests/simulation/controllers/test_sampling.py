"""Interpolation against SciPy's Bernstein polynomials, and the laws of playback."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.interpolate import BPoly

from steadyhand.simulation.controllers.exceptions import ControllerError
from steadyhand.simulation.controllers.sampling import Playback, Setpoint, interpolate
from steadyhand.simulation.controllers.trajectory import JointTrajectory, TrajectoryPoint

values = arrays(np.float64, 3, elements=st.floats(-3.0, 3.0, width=32))
durations = st.floats(0.01, 5.0)
fractions = st.floats(0.0, 1.0)


def reference(start, end, duration, elapsed, degree):
    fields = ("positions", "velocities", "accelerations")[: {1: 1, 3: 2, 5: 3}[degree]]
    ends = [np.stack([getattr(point, name) for name in fields]) for point in (start, end)]
    polynomial = BPoly.from_derivatives([0.0, duration], ends)
    return [polynomial.derivative(order)(elapsed) if order else polynomial(elapsed) for order in range(3)]


@pytest.mark.parametrize("degree", [1, 3, 5])
@given(data=st.data(), duration=durations, fraction=fractions)
def test_segment_is_the_hermite_polynomial_of_what_both_points_give(degree, data, duration, fraction):
    fields = [data.draw(arrays(np.float64, (2, 3), elements=st.floats(-3.0, 3.0, width=32))) for _ in range(3)]
    known = {1: 1, 3: 2, 5: 3}[degree]
    start, end = (TrajectoryPoint(0.0, *[field[i] for field in fields[:known]]) for i in (0, 1))
    elapsed = fraction * duration

    sampled = interpolate(start, end, duration, elapsed)

    wanted = reference(start, end, duration, elapsed, degree)
    scale = 1.0 + np.abs(np.stack(fields)).max() / duration**2
    np.testing.assert_allclose(sampled.positions, wanted[0], atol=1e-8 * scale)
    np.testing.assert_allclose(sampled.velocities, wanted[1], atol=1e-8 * scale / duration)
    if degree > 1:
        np.testing.assert_allclose(sampled.accelerations, wanted[2], atol=1e-7 * scale / duration**2)


@given(start=values, end=values, duration=durations)
def test_one_point_without_velocities_makes_the_segment_linear(start, end, duration):
    moving = TrajectoryPoint(0.0, start, np.ones(3))
    bare = TrajectoryPoint(1.0, end)

    sampled = interpolate(moving, bare, duration, 0.25 * duration)

    np.testing.assert_allclose(sampled.positions, 0.75 * start + 0.25 * end, atol=1e-12)
    np.testing.assert_allclose(sampled.velocities, (end - start) / duration, atol=1e-9)


@given(times=st.lists(st.floats(0.05, 1.0), min_size=2, max_size=6), data=st.data())
def test_playback_passes_through_every_point_and_is_continuous_in_velocity(times, data):
    stamps = np.cumsum(times)
    points = tuple(TrajectoryPoint(float(t), data.draw(values), data.draw(values)) for t in stamps)
    playback = Playback(JointTrajectory(100.0, ("a", "b", "c"), points))
    playback.begin(100.0, 100.0, Setpoint(np.zeros(3), np.zeros(3), np.zeros(3)))

    for point in points:
        at = playback.sample(100.0 + point.time).setpoint
        before = playback.sample(100.0 + point.time - 2e-6).setpoint
        np.testing.assert_allclose(at.positions, point.positions, atol=1e-3)
        np.testing.assert_allclose(at.velocities, point.velocities, atol=1e-9)
        np.testing.assert_allclose(before.velocities, point.velocities, atol=1e-1)


def line(stamp, *times):
    points = tuple(TrajectoryPoint(t, np.array([t])) for t in times)
    return Playback(JointTrajectory(stamp, ("a",), points))


def entry(position, velocity=0.0):
    return Setpoint(np.array([position]), np.array([velocity]), np.zeros(1))


def test_stamp_zero_starts_when_it_begins():
    playback = line(0.0, 1.0, 2.0)
    playback.begin(50.0, 50.0, entry(0.0))
    assert playback.start == 50.0
    assert playback.sample(51.5).setpoint.positions[0] == pytest.approx(1.5)


def test_points_in_the_past_are_skipped():
    playback = line(100.0, 0.0, 1.0, 2.0, 3.0)
    playback.begin(102.5, 102.5, entry(-7.0))
    sample = playback.sample(102.5)
    assert sample.setpoint.positions[0] == pytest.approx(2.5)
    assert sample.next_index == 3


def test_before_the_first_point_the_joints_come_from_the_entry():
    playback = line(100.0, 1.0, 2.0)
    playback.begin(100.5, 100.5, entry(0.0))
    sample = playback.sample(100.75)
    assert sample.setpoint.positions[0] == pytest.approx(0.5)
    assert sample.next_index == 0
    assert sample.reference_time == 101.0


def test_a_first_point_with_velocity_makes_the_entry_segment_cubic():
    first = TrajectoryPoint(1.0, np.array([1.0]), np.array([2.0]))
    playback = Playback(JointTrajectory(100.0, ("a",), (first,)))
    playback.begin(100.0, 100.0, entry(0.0, 0.5))
    wanted = BPoly.from_derivatives([0.0, 1.0], [[0.0, 0.5], [1.0, 2.0]])
    assert playback.sample(100.3).setpoint.positions[0] == pytest.approx(float(wanted(0.3)))


def test_after_the_last_point_it_stands_there():
    playback = line(100.0, 1.0, 2.0)
    playback.begin(100.0, 100.0, entry(0.0))
    sample = playback.sample(105.0)
    assert sample.finished
    assert sample.setpoint.positions[0] == 2.0
    assert sample.reference_time == 102.0


def test_a_time_that_rounding_put_just_before_a_point_has_reached_it():
    playback = line(100.0, 0.1, 0.2, 0.3)
    playback.begin(100.0, 100.0, entry(0.0))
    assert playback.sample(100.0 + 0.1 + 0.1 + 0.1 - 1e-10).finished


def test_a_trajectory_that_has_not_begun_cannot_be_sampled():
    with pytest.raises(ControllerError, match="begin"):
        line(0.0, 1.0).sample(1.0)
