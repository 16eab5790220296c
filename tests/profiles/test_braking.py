"""The time to stop, against the stop that Ruckig plans."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steadyhand.profiles.braking import brake_time
from steadyhand.profiles.robot import JointLimits


def limits(velocity: float, acceleration: float, brake_acceleration: float, brake_jerk: float) -> JointLimits:
    return JointLimits(
        lower=-1.0,
        upper=1.0,
        velocity=velocity,
        acceleration=acceleration,
        jerk=brake_jerk,
        brake_acceleration=brake_acceleration,
        brake_jerk=brake_jerk,
    )


def planned(one: JointLimits) -> float:
    """Return the time of Ruckig's stop from the state that reaches the largest speed while it gives up speeding up."""
    ruckig = pytest.importorskip("ruckig")
    acceleration = min(one.acceleration, one.brake_acceleration)
    request = ruckig.InputParameter(1)
    request.control_interface = ruckig.ControlInterface.Velocity
    request.current_velocity = [one.velocity - acceleration**2 / (2 * one.brake_jerk)]
    request.current_acceleration = [acceleration]
    request.target_velocity = [0.0]
    request.target_acceleration = [0.0]
    request.max_acceleration = [one.brake_acceleration]
    request.max_jerk = [one.brake_jerk]
    trajectory = ruckig.Trajectory(1)
    assert ruckig.Ruckig(1).calculate(request, trajectory) == ruckig.Result.Working
    return trajectory.duration


positive = st.floats(min_value=0.1, max_value=100.0)


@given(positive, positive, positive, positive)
def test_it_is_the_time_of_the_quickest_stop(velocity, acceleration, brake_acceleration, brake_jerk):
    one = limits(velocity, acceleration, brake_acceleration, brake_jerk)
    assert brake_time(one) == pytest.approx(planned(one), rel=1e-6)


@given(positive, positive, positive, positive)
def test_more_jerk_or_less_speed_never_takes_longer(velocity, acceleration, brake_acceleration, brake_jerk):
    slow = brake_time(limits(velocity, acceleration, brake_acceleration, brake_jerk))
    assert brake_time(limits(velocity * 0.9, acceleration, brake_acceleration, brake_jerk)) <= slow * (1 + 1e-12)
    assert brake_time(limits(velocity, acceleration, brake_acceleration, brake_jerk * 1.1)) <= slow * (1 + 1e-12)
    assert np.isfinite(slow)
