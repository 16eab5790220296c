"""The robot profile's arrays, in joint order and not to be changed."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from steadyhand.profiles.rotations import ROTATION_ELEMENTS


def test_arrays_are_in_the_order_of_the_joints(bench):
    robot = bench.load().robot
    np.testing.assert_array_equal(robot.lower, [0.01, -1.9, -3.0])
    np.testing.assert_array_equal(robot.upper, [0.49, 1.9, 3.0])
    np.testing.assert_array_equal(robot.velocity, [0.2, 1.0, 1.0])
    np.testing.assert_array_equal(robot.acceleration, [1.0, 4.0, 4.0])
    np.testing.assert_array_equal(robot.jerk, [20.0, 100.0, 100.0])
    np.testing.assert_array_equal(robot.brake_acceleration, [2.0, 5.0, 5.0])
    np.testing.assert_array_equal(robot.brake_jerk, [40.0, 200.0, 200.0])


def test_nothing_can_be_changed(bench):
    robot = bench.load().robot
    with pytest.raises(ValueError, match="read-only"):
        robot.lower[0] = 0.0
    with pytest.raises(ValidationError, match="frozen"):
        robot.safety.lag = 9.0


def test_names_of_a_policy_follow_its_terms(bench):
    bench.replace(
        "policy",
        "  - {kind: joint_position}\n",
        "  - {kind: joint_velocity, joints: [elbow]}\n  - {kind: end_effector_position}\n"
        "  - {kind: end_effector_rotation, representation: quaternion_wxyz}\n  - {kind: padding, size: 2}\n",
    )
    policy = bench.load().policy
    pose = ("x", "y", "z", "qw", "qx", "qy", "qz")
    assert policy.state_names == ("elbow_velocity", *pose, "padding_0", "padding_1", "hand")
    assert policy.state_size == 11
    units = [unit for term in policy.state for unit in term.units]
    assert len(units) == policy.state_size


def test_every_rotation_names_as_many_elements_as_it_has():
    sizes = {name: len(elements) for name, elements in ROTATION_ELEMENTS.items()}
    assert sizes == {
        "quaternion_xyzw": 4,
        "quaternion_wxyz": 4,
        "rpy": 3,
        "axis_angle": 3,
        "rot6d_rows": 6,
        "rot6d_columns": 6,
        "yaw": 1,
        "yaw_sin_cos": 2,
    }
    assert all(len(set(elements)) == len(elements) for elements in ROTATION_ELEMENTS.values())
