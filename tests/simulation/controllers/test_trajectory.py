"""Trajectories arranged for a controller's joints."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steadyhand.simulation.controllers.trajectory import JointTrajectory, TrajectoryPoint

JOINTS = ("a", "b", "c")


@given(names=st.permutations(JOINTS))
def test_columns_follow_the_names(names):
    value = {"a": 1.0, "b": 2.0, "c": 3.0}
    row = np.array([value[name] for name in names])
    trajectory = JointTrajectory(5.0, tuple(names), (TrajectoryPoint(1.0, row, row * 10, row * 100),))

    (point,) = trajectory.arranged(JOINTS, np.zeros(3)).points

    np.testing.assert_array_equal(point.positions, [1.0, 2.0, 3.0])
    np.testing.assert_array_equal(point.velocities, [10.0, 20.0, 30.0])
    np.testing.assert_array_equal(point.accelerations, [100.0, 200.0, 300.0])


def test_joints_without_a_column_hold_at_rest():
    trajectory = JointTrajectory(0.0, ("c",), (TrajectoryPoint(1.0, [3.0], [0.5]),))
    (point,) = trajectory.arranged(JOINTS, np.array([7.0, 8.0, 9.0])).points
    np.testing.assert_array_equal(point.positions, [7.0, 8.0, 3.0])
    np.testing.assert_array_equal(point.velocities, [0.0, 0.0, 0.5])
    assert point.accelerations is None


def test_points_cannot_be_changed():
    point = TrajectoryPoint(0.0, np.zeros(3))
    with pytest.raises(ValueError, match="read-only"):
        point.positions[0] = 1.0
