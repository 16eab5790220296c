from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.integrate import quad

from steadyhand.chunks.joint_columns import JointColumns
from steadyhand.chunks.joint_velocities import JointVelocities

ONE = JointColumns(np.arange(1), np.ones(1), np.zeros(1))


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.floats(-2.0, 2.0), min_size=1, max_size=6),
    st.sampled_from([0.0, 0.5, 1.0, 2.0]),
    st.floats(0.02, 0.2),
)
def test_positions_are_the_integral_of_velocities_held_until_their_rows_time(
    velocities: list[float], first_row: float, dt: float
) -> None:
    times = (first_row + np.arange(len(velocities))) * dt

    def velocity(t: float) -> float:
        return velocities[int(np.searchsorted(times, t, side="left").clip(max=len(times) - 1))]

    positions = JointVelocities(ONE, dt, first_row).decode(np.array(velocities)[:, None], np.array([0.4]))[:, 0]
    for time, position in zip(times, positions, strict=True):
        integral = quad(velocity, 0.0, time, points=[*times[times < time]], limit=100)[0] if time > 0 else 0.0
        assert_allclose(position, 0.4 + integral, atol=1e-9)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(-3.0, 3.0), min_size=1, max_size=6), st.sampled_from([0.5, 1.0, 2.0]))
def test_positions_come_back_from_velocities(path: list[float], first_row: float) -> None:
    term = JointVelocities(JointColumns(np.arange(1), np.array([-3.0]), np.zeros(1)), 1 / 15, first_row)
    positions, observed = np.array(path)[:, None], np.array([0.2])
    assert_allclose(term.decode(term.encode(positions, observed), observed), positions, atol=1e-12)


def test_a_row_at_the_observation_itself_has_no_velocity() -> None:
    term = JointVelocities(ONE, 0.1, 0.0)
    assert_allclose(term.encode(np.array([[1.0], [1.2]]), np.array([1.0]))[:, 0], [0.0, 2.0])
    assert_allclose(term.decode(np.array([[5.0], [2.0]]), np.array([1.0]))[:, 0], [1.0, 1.2])


def test_a_unit_of_droid_is_a_fifth_of_a_radian_in_a_step() -> None:
    droid = JointVelocities(JointColumns(np.arange(1), np.array([3.0]), np.zeros(1)), 1 / 15, 1.0)
    assert_allclose(droid.decode(np.ones((3, 1)), np.zeros(1))[:, 0], [0.2, 0.4, 0.6])
