"""What a JointTrajectoryController refuses, and with which code."""

import numpy as np
import pytest

from steadyhand.simulation.controllers.exceptions import RefusedTrajectoryError
from steadyhand.simulation.controllers.trajectory import JointTrajectory, TrajectoryPoint
from steadyhand.simulation.controllers.validation import (
    INVALID_GOAL,
    INVALID_JOINTS,
    OLD_HEADER_TIMESTAMP,
    check_trajectory,
)

JOINTS = ("a", "b")


def trajectory(*points, names=JOINTS, stamp=0.0):
    return JointTrajectory(stamp, names, tuple(points))


def point(time=1.0, positions=(0.0, 0.0), velocities=None, accelerations=None):
    return TrajectoryPoint(time, np.array(positions), velocities, accelerations)


def check(candidate, now=100.0, partial=False, nonzero=False):
    check_trajectory(
        candidate,
        JOINTS,
        now,
        allow_partial_joints_goal=partial,
        allow_nonzero_velocity_at_trajectory_end=nonzero,
    )


@pytest.mark.parametrize(
    ("candidate", "code", "said"),
    [
        (trajectory(), INVALID_GOAL, "no points"),
        (trajectory(point(), names=("a", "c")), INVALID_JOINTS, "unknown c"),
        (trajectory(point(positions=(0.0,)), names=("a",)), INVALID_JOINTS, "missing b"),
        (trajectory(point(), names=("a", "a")), INVALID_JOINTS, "repeated a"),
        (trajectory(point(), names=()), INVALID_JOINTS, "missing a, b"),
        (trajectory(point(positions=(0.0,))), INVALID_GOAL, "1 positions for 2 joints"),
        (trajectory(point(positions=())), INVALID_GOAL, "0 positions for 2 joints"),
        (trajectory(point(velocities=[0.0])), INVALID_GOAL, "1 velocities for 2 joints"),
        (trajectory(point(accelerations=[0.0] * 3)), INVALID_GOAL, "3 accelerations"),
        (trajectory(point(1.0), point(1.0)), INVALID_GOAL, "increase strictly"),
        (trajectory(point(1.0), point(0.5)), INVALID_GOAL, "increase strictly"),
        (trajectory(point(velocities=[0.0, 0.1])), INVALID_GOAL, "joint b ends"),
        (trajectory(point(positions=(np.nan, 0.0))), INVALID_GOAL, "finite"),
        (trajectory(point(velocities=[np.inf, 0.0])), INVALID_GOAL, "ends|finite"),
        (trajectory(point(1.0), stamp=98.9), OLD_HEADER_TIMESTAMP, "ended at 99.900"),
    ],
)
def test_refused_with_its_code_and_reason(candidate, code, said):
    with pytest.raises(RefusedTrajectoryError, match=said) as refused:
        check(candidate)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "candidate",
    [
        trajectory(point()),
        trajectory(point(), names=("b", "a")),
        trajectory(point(velocities=[0.0, 0.0], accelerations=[1.0, 1.0])),
        trajectory(point(0.0), point(1.0)),
        trajectory(point(1.0), stamp=99.0),
        trajectory(point(1.0), stamp=500.0),
        trajectory(point(1.0, velocities=[1.0, 1.0]), point(2.0, velocities=[0.0, 0.0])),
    ],
)
def test_accepted(candidate):
    check(candidate)


def test_settings_allow_some_joints_and_motion_at_the_end():
    check(trajectory(point(positions=(0.0,)), names=("a",)), partial=True)
    check(trajectory(point(velocities=[0.5, 0.5])), nonzero=True)
