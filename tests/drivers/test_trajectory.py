"""Windows as trajectory messages, against what ROS writes and reads."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from rclpy.serialization import deserialize_message, serialize_message
from trajectory_msgs.msg import JointTrajectory

from steadyhand.drivers.trajectory import TrajectoryWriter
from steadyhand.execution.reference import Reference
from steadyhand.profiles.binding import JointBinding, JointMap


def window(joints: int, knots: int) -> Reference:
    random = np.random.default_rng([joints, knots])
    times = 1.7e9 + np.cumsum(random.uniform(0.01, 0.5, knots))
    return Reference(times, *random.normal(size=(3, knots, joints)))


@pytest.mark.parametrize("letters", [1, 2, 3, 4, 5, 6, 7, 8])
@pytest.mark.parametrize(("joints", "knots"), [(1, 2), (2, 7), (6, 30), (7, 3), (14, 25)])
def test_ros_reads_what_it_would_have_written(letters: int, joints: int, knots: int) -> None:
    names = [f"{'j' * letters}{k}" for k in range(joints)]
    motion = window(joints, knots)
    written = TrajectoryWriter(JointMap.by_name(names)).serialized(motion)
    message = deserialize_message(written, JointTrajectory)
    assert message.joint_names == names
    assert message.header.frame_id == ""
    assert message.header.stamp.sec * 10**9 + message.header.stamp.nanosec == round(motion.start * 1e9)
    assert len(message.points) == knots
    # Nothing is left over at the end: what ROS writes of the message is as long, but for room that it keeps.
    assert len(written) <= len(serialize_message(message))
    with pytest.raises(RuntimeError):
        deserialize_message(written[:-1], JointTrajectory)
    for k, point in enumerate(message.points):
        since = point.time_from_start.sec + 1e-9 * point.time_from_start.nanosec
        assert since == pytest.approx(motion.times[k] - motion.start, abs=1e-9)
        assert_allclose(point.positions, motion.positions[k], atol=0.0)
        assert_allclose(point.velocities, motion.velocities[k], atol=0.0)
        assert_allclose(point.accelerations, motion.accelerations[k], atol=0.0)
        assert not point.effort


def test_joints_are_written_in_the_controllers_units() -> None:
    joints = JointMap((JointBinding("turn", "turn_motor", factor=-0.5, offset=3.0), JointBinding("lift", "lift", 1e-3)))
    motion = window(2, 4)
    point = TrajectoryWriter(joints).message(motion).points[1]
    assert_allclose(point.positions, [motion.positions[1, 0] / -0.5 + 3.0, 1e3 * motion.positions[1, 1]])
    assert_allclose(point.velocities, [motion.velocities[1, 0] / -0.5, 1e3 * motion.velocities[1, 1]])
    assert_allclose(point.accelerations, [motion.accelerations[1, 0] / -0.5, 1e3 * motion.accelerations[1, 1]])
