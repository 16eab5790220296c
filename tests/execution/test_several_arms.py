"""Two arms and a base that one policy moves."""

from __future__ import annotations

import numpy as np
import pytest

from deployed import deployed, joints_and_grippers
from steadyhand.chunks.chunk import ActionChunk
from steadyhand.execution.base import BaseVelocity
from steadyhand.execution.command import Command
from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.phase import Phase
from steadyhand.execution.reasons import Reason
from steadyhand.profiles.contract import Contract

from .test_bridge import Rig

DRIVE = np.array([0.2, -0.4])
"""Ahead [m/s] and turning [rad/s]."""


@pytest.fixture(scope="module")
def contract() -> Contract:
    return deployed("mobile_aloha", [*joints_and_grippers("mobile_aloha"), {"kind": "base_velocity"}])


class TwoArms(Rig):
    """A bridge whose policy turns both waists and drives the base."""

    def chunk(self, **changes: object) -> ActionChunk:
        policy, robot = self.contract.policy, self.contract.robot
        rows = np.zeros((policy.horizon, len(policy.dimension_names)))
        rows[:, :12] = robot.home_positions
        rows[:, [0, 6]] += 0.02 * np.arange(1, policy.horizon + 1)[:, None]
        rows[:, 14:] = DRIVE
        return super().chunk(**({"rows": rows} | changes))

    def moved(self, column: int, target: float) -> np.ndarray:
        rows = self.chunk().rows.copy()
        rows[:, column] = target
        return rows


@pytest.fixture
def rig(contract: Contract) -> TwoArms:
    rig = TwoArms(contract)
    rig.begin()
    return rig


class Recorder:
    """A driver that keeps what it is handed."""

    connected, outcome = True, "listens"

    def __init__(self) -> None:
        self.windows = []
        self.fault: RefusedError | None = None

    def take_fault(self) -> RefusedError | None:
        fault, self.fault = self.fault, None
        return fault

    def send(self, window: object) -> None:
        self.windows.append(window)

    def close(self) -> None:
        self.connected = False


def test_columns_are_in_the_order_of_aloha(contract: Contract) -> None:
    names = contract.policy.dimension_names
    assert names[:6] == tuple(
        f"left_{joint}" for joint in ("waist", "shoulder", "elbow", "forearm_roll", "wrist_angle", "wrist_rotate")
    )
    assert names[12:] == ("left", "right", "base_linear_x", "base_angular_z")


def test_every_window_is_split_into_two_of_the_same_times(rig: TwoArms) -> None:
    several = pytest.importorskip("steadyhand.drivers.several")
    columns = rig.contract.robot.arm_columns
    drivers = {name: Recorder() for name in columns}
    arms = several.SeveralArms({name: (drivers[name], columns[name]) for name in columns})
    rig.receive()
    for _ in range(20):
        command = rig.step()
        if command.motion is not None:
            arms.send(command.motion)
            left, right = (drivers[name].windows[-1] for name in ("left", "right"))
            np.testing.assert_array_equal(left.times, right.times)
            np.testing.assert_array_equal(np.hstack([left.positions, right.positions]), command.motion.positions)
    assert len(drivers["left"].windows) > 15

    drivers["right"].fault = RefusedError(Reason.CONTROLLER_ABSENT, "gone")
    fault = arms.take_fault()
    assert fault is not None
    assert "arm right: gone" in str(fault)
    assert arms.take_fault() is None
    drivers["left"].connected = False
    assert not arms.connected


@pytest.mark.parametrize(("column", "target", "reason"), [
    (1, 9.0, Reason.POSITION_LIMIT),
    (7, 9.0, Reason.POSITION_LIMIT),
    (6, 1.6, Reason.WORKSPACE),
    (14, 0.31, Reason.VELOCITY_LIMIT),
    (15, -0.61, Reason.VELOCITY_LIMIT),
])  # fmt: skip
def test_a_refusal_of_either_part_stops_all(rig: TwoArms, column: int, target: float, reason: Reason) -> None:
    rig.receive()
    moving = rig.advance(0.5)
    assert moving.base is not None
    assert np.abs(rig.window.sample(rig.now).velocity[[0, 6]]).min() > 0.1
    rig.receive(rows=rig.moved(column, target))
    assert rig.bridge.executor.reason is reason
    rig.advance(0.8)
    assert rig.bridge.executor.phase is Phase.HELD
    end = rig.window.final
    assert np.all(np.abs(end.velocity) < 1e-9)
    assert np.all(np.abs(end.position[[0, 6]] - rig.contract.robot.home_positions[[0, 6]]) > 0.02)


def drives(rig: TwoArms, duration: float) -> np.ndarray:
    commands = [rig.step().base for _ in range(round(duration / 0.05))]
    return np.array([command for command in commands if command is not None])


def test_the_base_follows_its_columns_within_its_limits_and_stops_with_the_arms(rig: TwoArms) -> None:
    base = rig.contract.robot.base
    rig.receive()
    driven = drives(rig, 1.0)
    np.testing.assert_allclose(driven[-1], DRIVE)
    accelerations = np.diff(driven, axis=0) / 0.05
    assert np.all(np.abs(accelerations) <= [base.linear.acceleration + 1e-6, base.angular.acceleration + 1e-6])

    rig.bridge.stop(rig.now)
    braked = drives(rig, 1.5)
    np.testing.assert_array_equal(braked[-1], 0.0)
    decelerations = np.diff(braked, axis=0) / 0.05
    assert np.all(
        np.abs(decelerations) <= [base.linear.brake_acceleration + 1e-6, base.angular.brake_acceleration + 1e-6]
    )
    # Told to rest several times, and then no more.
    assert 5 <= np.count_nonzero(~braked.any(axis=1)) <= 15
    assert rig.step().base is None


def test_a_chunk_that_ends_brings_the_base_to_rest(rig: TwoArms) -> None:
    rig.receive()
    driven = drives(rig, 3.0)
    assert np.any(driven)
    np.testing.assert_array_equal(driven[-1], 0.0)


def test_a_deactivated_bridge_still_brakes_the_base(rig: TwoArms) -> None:
    rig.receive()
    rig.advance(1.0)
    commands = [rig.bridge.deactivate(rig.now)]
    for _ in range(10):
        rig.now += 0.05
        commands.append(rig.bridge.tick(rig.now, rig.now))
    speeds = [abs(command.base.linear) for command in commands if command.base is not None]
    assert speeds == sorted(speeds, reverse=True)
    assert commands[-1].base == BaseVelocity(0.0, 0.0)


def test_nothing_is_driven_in_shadow(contract: Contract) -> None:
    rig = TwoArms(contract)
    rig.begin(shadow=True)
    rig.receive()
    for _ in range(20):
        assert rig.step() == Command()


def test_a_base_that_was_silent_for_too_long_begins_again_from_rest(contract: Contract) -> None:
    rig = TwoArms(contract)
    rig.begin()
    rig.receive()
    drives(rig, 1.0)
    rig.now += contract.robot.base.downstream_timeout + 0.1
    late = rig.bridge._companions.drive(rig.now, follow=True)
    assert abs(late.linear) <= 0.1 * contract.robot.base.linear.acceleration + 1e-9
