from __future__ import annotations

from collections import deque
from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from steadyhand.drivers.servo_settings import ServoSettings
from steadyhand.drivers.servo_tracking import VelocityTracking, jog, twist
from steadyhand.execution.brake import move
from steadyhand.execution.limits import JointLimits
from steadyhand.execution.reference import Reference
from steadyhand.kinematics.model import ArmModel
from steadyhand.profiles.contract import load_deployment

LIMIT = np.array([1.0, 1.0])
SETTINGS = ServoSettings(0.1, 0.01, False, 0.4, 0.8, 0.5, "arm", "/jog", "/twist", "/pose", "/status")
PERIOD = 0.01


def motion() -> Reference:
    limits = JointLimits(("a", "b"), -3 * LIMIT, 3 * LIMIT, LIMIT, 4 * LIMIT, 100 * LIMIT)
    return move(10.0, np.zeros(2), np.array([1.0, -0.6]), limits, 0.8)


def follow(gain: float, *, latency: float, loss: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Let an arm integrate the velocities that it gets late, and a part of them never; return errors and commands."""
    reference, tracking = motion(), VelocityTracking(LIMIT, gain, latency)
    rng = np.random.default_rng(3)
    position, on_the_way = np.zeros(2), deque([np.zeros(2)] * round(latency / PERIOD))
    errors, commands = [], []
    for now in np.arange(reference.start, reference.end + 0.3, PERIOD):
        command = tracking.velocities(reference, reference.sample(now), (now, position.copy()))
        on_the_way.append(command)
        arriving = on_the_way.popleft()
        if rng.random() >= loss:
            position = position + PERIOD * arriving
        errors.append(reference.sample(now).position - position)
        commands.append(command)
    return np.array(errors), np.array(commands)


def test_an_arm_that_comes_late_and_misses_commands_ends_where_it_was_told() -> None:
    errors, commands = follow(2.0, latency=0.1, loss=0.2)
    drifting, _ = follow(0.0, latency=0.1, loss=0.2)
    assert np.abs(drifting[-1]).max() > 0.1
    assert np.abs(errors[-1]).max() < 0.05
    assert np.abs(errors).max() < np.abs(drifting).max()
    assert np.abs(commands).max() <= LIMIT.max()


def test_the_correction_does_not_swing_with_servos_latency() -> None:
    errors, _ = follow(2.0, latency=0.1)
    assert np.abs(errors[-1]).max() < 5e-3
    # The arm is late, and passes its goal at no time.
    assert errors[:, 0].min() > -5e-3
    assert errors[:, 0].max() < 1.05 * 0.1 * LIMIT[0]


def test_a_large_error_is_corrected_slowly() -> None:
    reference = Reference.resting(10.0, np.zeros(2))
    tracking = VelocityTracking(LIMIT, 2.0, 0.0)
    assert_allclose(
        tracking.velocities(reference, reference.sample(10.0), (10.0, np.array([0.5, -0.01]))), [-0.2, 0.02]
    )


def test_without_a_measurement_the_references_velocity_goes_out() -> None:
    reference = motion()
    state = reference.sample(10.4)
    tracking = VelocityTracking(LIMIT, 2.0, 0.0)
    assert_allclose(tracking.velocities(reference, state, None), state.velocity)
    # One from before the window says nothing about it.
    assert_allclose(tracking.velocities(reference, state, (9.0, np.ones(2))), state.velocity)


def test_unitless_commands_are_parts_of_servos_scales() -> None:
    unitless = replace(SETTINGS, unitless=True)
    assert_allclose(jog(np.array([0.25, -0.5]), SETTINGS), [0.25, -0.5])
    assert_allclose(jog(np.array([0.25, -0.5]), unitless), [0.5, -1.0])


def test_a_twist_is_the_motion_of_the_tip_that_servo_moves() -> None:
    contract = load_deployment("panda_embedded")
    robot = contract.robot
    model = ArmModel(contract.urdf, robot.joint_names, robot.frames.base, "panda_link7")
    q, v = robot.home_positions, np.linspace(-0.5, 0.7, 7)
    before, after = model.forward(q - 1e-6 * v), model.forward(q + 1e-6 * v)
    told = twist(model, q, v, SETTINGS)
    assert_allclose(told[:3], (after[:3, 3] - before[:3, 3]) / 2e-6, atol=1e-6)
    turn = (after[:3, :3] - before[:3, :3]) / 2e-6 @ model.forward(q)[:3, :3].T
    assert_allclose(told[3:], [turn[2, 1], turn[0, 2], turn[1, 0]], atol=1e-6)
    scaled = twist(model, q, v, replace(SETTINGS, unitless=True))
    assert scaled[:3] == pytest.approx(told[:3] / 0.4)
    assert scaled[3:] == pytest.approx(told[3:] / 0.8)
