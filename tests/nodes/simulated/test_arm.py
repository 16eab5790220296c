"""Trajectory messages to trajectories."""

import numpy as np
import pytest

pytest.importorskip("rclpy")

from builtin_interfaces.msg import Duration, Time
from trajectory_msgs.msg import JointTrajectory, JointTrajectoryPoint

from steadyhand.nodes.simulated.arm import trajectory_from_message


def test_empty_fields_are_absent():
    message = JointTrajectory(
        joint_names=["a", "b"],
        points=[
            JointTrajectoryPoint(positions=[1.0, 2.0], time_from_start=Duration(sec=1, nanosec=500_000_000)),
            JointTrajectoryPoint(positions=[3.0, 4.0], velocities=[0.1, 0.2], accelerations=[0.3, 0.4]),
        ],
    )
    message.header.stamp = Time(sec=12, nanosec=250_000_000)

    trajectory = trajectory_from_message(message)

    assert trajectory.stamp == pytest.approx(12.25)
    assert trajectory.joint_names == ("a", "b")
    bare, full = trajectory.points
    assert bare.time == pytest.approx(1.5)
    assert bare.velocities is None
    assert bare.accelerations is None
    np.testing.assert_array_equal(full.velocities, [0.1, 0.2])
    np.testing.assert_array_equal(full.accelerations, [0.3, 0.4])


def test_a_message_without_a_stamp_starts_now():
    assert trajectory_from_message(JointTrajectory()).stamp == 0.0
