"""The bridge and what the robot, its operator and others say: it slows, freezes, holds, and goes on when told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from steadyhand.execution.command import Command
from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.phase import Phase
from steadyhand.execution.reasons import Reason
from steadyhand.profiles.contract import Contract, load_deployment
from steadyhand.profiles.robot import RobotProfile

from .rig import STEP, Rig

SIGNALS = {
    "speed_scaling": {"topic": "/scaling", "age": 0.2, "freeze": 1.0},
    "safety_state": {"ok": {"topic": "/ok", "age": 0.2}},
    "enable": {"topic": "/enable", "age": 0.2},
    "controller_state": {"topic": "/state", "age": 0.2, "tolerance": 0.05},
}


class GuardedRig(Rig):
    """A robot that scales its speed, stops itself, and tells; with an operator's switch."""

    def __init__(self, contract: Contract) -> None:
        super().__init__(contract)
        self.hears |= {"scaling", "safety", "enable", "controller"}
        self.scale, self.stop, self.enabled = 1.0, "", True
        self.followed: np.ndarray | None = None
        self.along = self.now

    def step(self) -> Command:
        consent = self.bridge.consent
        if "scaling" in self.hears:
            self.bridge.pace.hear(self.scale, self.now, self.now)
        if "safety" in self.hears:
            consent.interlocks.hear_safety("ok", self.now, self.stop)
        if "enable" in self.hears:
            consent.interlocks.hear_enable(self.now, self.enabled)
        if "controller" in self.hears:
            self.bridge.hear_controller(self.now, self.measured if self.followed is None else self.followed)
        return super().step()

    def sample(self) -> None:
        """Follow the window as a controller does that scales time: it is entered at the time of its receipt."""
        if self.window is not None and not self.stop:
            self.measured = self.window.sample(self.along).position

    def take(self, command: Command) -> None:
        if command.motion is not None:
            self.along = self.now
        super().take(command)
        self.along += (0.0 if self.stop else self.scale) * STEP

    def moving(self) -> None:
        self.begin()
        self.receive()
        self.advance(0.3)
        assert self.bridge.executor.phase is Phase.RUNNING, self.bridge.executor.message

    @property
    def reason(self) -> Reason | None:
        return self.bridge.executor.reason


@pytest.fixture(scope="module")
def contract() -> Contract:
    plain = load_deployment("panda_embedded")
    return replace(plain, robot=RobotProfile.model_validate({**plain.robot.model_dump(), **SIGNALS}))


@pytest.fixture
def rig(contract: Contract) -> GuardedRig:
    return GuardedRig(contract)


def test_at_half_the_speed_the_arm_stays_with_its_reference_and_takes_twice_the_time(rig: GuardedRig) -> None:
    rig.moving()
    start = rig.measured.copy()
    rig.scale = 0.5
    rig.advance(0.8)
    assert rig.bridge.executor.phase is Phase.RUNNING, rig.bridge.executor.message
    half = np.abs(rig.measured - start).max()
    whole = GuardedRig(rig.contract)
    whole.moving()
    start = whole.measured.copy()
    whole.advance(0.4)
    assert half == pytest.approx(np.abs(whole.measured - start).max(), rel=0.15)


def test_a_frozen_robot_is_handed_nothing_and_goes_on_by_itself(rig: GuardedRig) -> None:
    rig.moving()
    rig.scale = 0.0
    rig.step()
    stood = rig.measured.copy()
    for _ in range(10):
        assert rig.step().motion is None
    assert rig.bridge.executor.phase is Phase.RUNNING
    np.testing.assert_allclose(rig.measured, stood, atol=1e-6)
    rig.scale = 1.0
    rig.advance(0.3)
    assert rig.bridge.executor.phase is Phase.RUNNING
    assert np.abs(rig.measured - stood).max() > 0.01


def test_a_freeze_that_lasts_ends_the_motion_where_the_arm_stands(rig: GuardedRig) -> None:
    rig.moving()
    rig.scale = 0.0
    rig.advance(1.3)
    assert (rig.bridge.executor.phase, rig.reason) == (Phase.HELD, Reason.SPEED_FROZEN)
    assert rig.window is not None
    np.testing.assert_array_equal(rig.window.velocities, 0.0)
    np.testing.assert_allclose(rig.window.final.position, rig.measured, atol=1e-9)
    rig.scale = 1.0
    rig.advance(0.2)
    stood = rig.measured.copy()
    rig.advance(0.5)
    np.testing.assert_allclose(rig.measured, stood, atol=1e-9)
    rig.bridge.resume(rig.now, rig.now)
    rig.receive()
    assert rig.bridge.executor.phase is Phase.RUNNING


def test_a_protective_stop_holds_at_once_where_the_arm_stands_and_needs_a_resume(rig: GuardedRig) -> None:
    rig.moving()
    hand = list(rig.hand)
    rig.stop = "PROTECTIVE_STOP"
    command = rig.step()
    assert (rig.bridge.executor.phase, rig.reason) == (Phase.HELD, Reason.PROTECTIVE_STOP)
    assert command.motion is not None
    np.testing.assert_array_equal(command.motion.velocities, 0.0)
    np.testing.assert_allclose(command.motion.final.position, rig.measured, atol=1e-9)

    rig.measured = rig.measured + 0.03  # pushed free by hand
    rig.advance(0.3)
    with pytest.raises(RefusedError) as refusal:
        rig.bridge.resume(rig.now, rig.now)
    assert refusal.value.reason is Reason.PROTECTIVE_STOP

    freed = rig.measured.copy()
    rig.stop = ""
    rig.receive()
    rig.advance(0.3)
    np.testing.assert_allclose(rig.measured, freed, atol=1e-9)
    assert rig.step().motion is None
    rig.bridge.resume(rig.now, rig.now)
    rig.receive()
    command = rig.step()
    assert command.motion is not None
    np.testing.assert_allclose(command.motion.sample(rig.now - STEP).position, freed, atol=1e-6)
    assert rig.hand[: len(hand)] == hand
    assert rig.bridge.executor.phase is Phase.RUNNING


@pytest.mark.parametrize(
    ("signal", "reason"),
    [
        ("scaling", Reason.SPEED_SCALING_STALE),
        ("safety", Reason.SAFETY_STATE_STALE),
        ("enable", Reason.ENABLE_ABSENT),
        ("controller", Reason.CONTROLLER_STATE_STALE),
    ],
)
def test_a_signal_that_falls_silent_brakes_and_resume_goes_on_when_it_is_back(
    rig: GuardedRig, signal: str, reason: Reason
) -> None:
    rig.moving()
    rig.hears.remove(signal)
    rig.advance(0.3)
    assert (rig.bridge.executor.phase, rig.reason) == (Phase.BRAKING, reason)
    rig.advance(0.6)
    assert rig.bridge.executor.phase is Phase.HELD
    with pytest.raises(RefusedError):
        rig.bridge.resume(rig.now, rig.now)
    rig.hears.add(signal)
    rig.step()
    rig.bridge.resume(rig.now, rig.now)
    rig.receive()
    assert rig.bridge.executor.phase is Phase.RUNNING
    assert rig.bridge.executor.refusals[reason] == 1


def test_a_released_enable_switch_brakes(rig: GuardedRig) -> None:
    rig.moving()
    rig.enabled = False
    rig.step()
    assert (rig.bridge.executor.phase, rig.reason) == (Phase.BRAKING, Reason.ENABLE_LOST)


def test_another_publisher_brakes(rig: GuardedRig) -> None:
    rig.moving()
    rig.bridge.consent.ownership.hear_publishers("/teleop can publish on /arm/joint_trajectory too")
    rig.step()
    assert (rig.bridge.executor.phase, rig.reason) == (Phase.BRAKING, Reason.FOREIGN_COMMAND)


def test_a_controller_that_follows_another_command_brakes(rig: GuardedRig) -> None:
    rig.moving()
    rig.followed = rig.measured + 0.2
    rig.advance(0.25)
    assert rig.bridge.executor.phase is Phase.BRAKING
    assert rig.reason is Reason.FOREIGN_COMMAND, rig.bridge.executor.message
    rig.advance(0.6)
    assert rig.bridge.executor.phase is Phase.HELD
    # Whoever it was has gone and has left the controller elsewhere: a resume begins where the arm is.
    rig.bridge.resume(rig.now, rig.now)
    rig.followed = None
    rig.receive()
    rig.advance(0.4)
    assert rig.bridge.executor.phase is Phase.RUNNING, rig.bridge.executor.message


def test_what_a_controller_follows_between_episodes_is_its_own_affair(rig: GuardedRig) -> None:
    rig.moving()
    rig.bridge.close(rig.now)
    rig.followed = rig.measured + 0.5
    rig.advance(1.0)
    rig.bridge.open("e2", rig.now, rig.now, shadow=False, speed=1.0)
    assert rig.bridge.executor.episode_id == "e2"


@pytest.mark.parametrize("signal", ["scaling", "safety", "enable", "controller"])
def test_no_episode_begins_without_every_signal(rig: GuardedRig, signal: str) -> None:
    rig.hears.remove(signal)
    with pytest.raises(RefusedError):
        rig.begin()
    assert rig.bridge.executor.episode_id == ""


def test_shadow_needs_nobodys_consent(rig: GuardedRig) -> None:
    rig.hears -= {"scaling", "safety", "enable", "controller"}
    rig.begin(shadow=True)
    rig.receive()
    assert rig.bridge.executor.phase is Phase.RUNNING


def test_a_chunk_that_may_have_waited_for_a_frozen_bridge_is_refused(rig: GuardedRig) -> None:
    rig.moving()
    rig.now += 0.6
    rig.receive()
    assert rig.bridge.executor.refusals[Reason.CHUNK_WAITED] == 1


def test_chunks_that_are_slowed_are_counted(rig: GuardedRig) -> None:
    rig.begin()
    rows = np.zeros((16, 5))
    rows[:, 1] = 0.03 * np.sin(0.9 * np.arange(1, 17))
    rig.receive(rows=rows)
    assert rig.bridge.slowed == rig.bridge.accepted == 1, rig.bridge.executor.message


def test_a_fault_that_lasts_on_an_arm_held_for_another_reason_is_counted_once(rig: GuardedRig) -> None:
    rig.moving()
    rig.bridge.stop(rig.now)
    rig.advance(0.6)
    rig.enabled = False
    rig.advance(0.5)
    assert (rig.bridge.executor.phase, rig.reason) == (Phase.HELD, Reason.STOPPED)
    assert rig.bridge.executor.refusals[Reason.ENABLE_LOST] == 1


def test_a_stop_of_the_operator_during_a_freeze_rests_at_once(rig: GuardedRig) -> None:
    rig.moving()
    rig.scale = 0.0
    rig.advance(0.2)
    rig.bridge.stop(rig.now)
    command = rig.step()
    assert (rig.bridge.executor.phase, rig.reason) == (Phase.HELD, Reason.STOPPED)
    assert command.motion is not None
    np.testing.assert_array_equal(command.motion.velocities, 0.0)


def test_a_bridge_that_is_deactivated_during_a_freeze_leaves_a_hold_behind(rig: GuardedRig) -> None:
    rig.moving()
    rig.scale = 0.0
    rig.advance(0.2)
    command = rig.bridge.deactivate(rig.now)
    assert rig.bridge.executor.phase is Phase.INACTIVE
    assert command.motion is not None
    np.testing.assert_allclose(command.motion.final.position, rig.measured, atol=1e-9)


def kept_off(rig: GuardedRig, off: float) -> np.ndarray:
    """Stop an arm that something keeps ``off`` its command, which its controller follows; return the command."""
    rig.moving()
    rig.bridge.stop(rig.now)
    rig.advance(0.6)
    assert rig.bridge.executor.phase is Phase.HELD
    assert rig.bridge.executor.reference is not None
    command = rig.bridge.executor.reference.final.position
    rig.followed, rig.window, rig.measured = command, None, command - np.eye(len(command))[0] * off
    rig.step()
    return command


def commanded(rig: GuardedRig) -> np.ndarray:
    assert rig.bridge.executor.reference is not None
    return rig.bridge.executor.reference.final.position


def test_an_arm_kept_off_goes_on_from_the_command_that_its_controller_follows(rig: GuardedRig) -> None:
    command = kept_off(rig, 0.1)
    rig.bridge.resume(rig.now, rig.now)
    np.testing.assert_allclose(commanded(rig), command, atol=0.0)


@pytest.mark.parametrize("why", ["the controller stands where the arm does", "its state is old", "it is too far off"])
def test_an_arm_goes_on_from_where_it_is_unless_its_controller_follows_the_command(rig: GuardedRig, why: str) -> None:
    kept_off(rig, 0.25 if "far" in why else 0.1)
    if "stands" in why:
        rig.followed = rig.measured.copy()
        rig.step()
    elif "old" in why:
        rig.hears -= {"controller"}
        rig.advance(0.3)
        assert not rig.bridge.consent.ownership.stands_at(rig.now, commanded(rig))
        np.testing.assert_allclose(rig.bridge.position(rig.now), rig.measured, atol=0.0)
        return
    rig.bridge.resume(rig.now, rig.now)
    np.testing.assert_allclose(commanded(rig), rig.measured, atol=0.0)
