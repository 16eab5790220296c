"""The operator's modes and speed: what is shown, what waits, what brakes first, and what goes on."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.limits import Extrema
from steadyhand.execution.mode import Mode
from steadyhand.execution.phase import Phase
from steadyhand.execution.reasons import Reason
from steadyhand.execution.settings import executor_settings
from steadyhand.profiles.contract import Contract, load_deployment

from .rig import Rig


class Operated(Rig):
    @property
    def state(self) -> tuple[Phase, Reason | None]:
        return self.bridge.executor.phase, self.bridge.executor.reason

    @property
    def said(self) -> str:
        return self.bridge.executor.message

    def offered(self) -> None:
        """Get a chunk offered, seen after the arm had come to rest, for long enough to be read."""
        self.begin(confirm=True)
        self.advance(0.2)
        self.receive()
        assert self.state == (Phase.HELD, Reason.CONFIRMATION_AWAITED), self.said
        self.advance(0.4)

    def confirm(self) -> None:
        self.bridge.conduct.confirm(self.now, self.now)

    def switch(self, mode: Mode) -> None:
        self.bridge.conduct.change(mode, None, self.now, self.now)

    def speed(self, speed: float) -> None:
        self.bridge.conduct.change(None, speed, self.now, self.now)

    def moving(self) -> None:
        self.begin()
        self.receive()
        self.advance(0.3)
        assert self.state == (Phase.RUNNING, None), self.said

    def still(self, duration: float = 0.5) -> bool:
        """Return whether nothing is sent and the arm rests for a time."""
        before, window = self.measured.copy(), self.window
        self.advance(duration)
        return self.window is window and bool(np.all(self.measured == before))


@pytest.fixture(scope="module")
def contract() -> Contract:
    return load_deployment("panda_embedded")


@pytest.fixture
def rig(contract: Contract) -> Operated:
    return Operated(contract)


def test_an_offered_chunk_is_shown_and_moves_nothing_before_it_is_confirmed(rig: Operated) -> None:
    rig.offered()
    assert "panda_joint" in rig.said
    assert "the tool goes" in rig.said
    assert rig.bridge.accepted == 0
    assert rig.still()
    rig.confirm()
    assert rig.bridge.accepted == 1
    rig.advance(0.3)
    assert rig.state == (Phase.RUNNING, None)


def test_a_motion_that_cannot_be_put_into_words_is_neither_offered_nor_commanded(
    rig: Operated, monkeypatch: pytest.MonkeyPatch
) -> None:
    def preview(*_arguments: object) -> str:
        raise ValueError("no words")

    monkeypatch.setattr("steadyhand.execution.conduct.preview", preview)
    with pytest.raises(ValueError, match="no words"):
        rig.offered()
    assert rig.still()
    with pytest.raises(RefusedError, match="no motion waits"):
        rig.confirm()


def test_a_confirmed_chunk_runs_to_its_end_alone_and_the_next_one_is_offered(rig: Operated) -> None:
    rig.offered()
    rig.confirm()
    rig.advance(0.3)
    rig.receive()
    assert rig.bridge.accepted == 1
    rig.advance(3.0)
    assert rig.state == (Phase.HELD, Reason.WAITING_FOR_CHUNK)
    assert Reason.UNDERRUN not in rig.bridge.executor.refusals
    rig.receive()
    assert rig.state == (Phase.HELD, Reason.CONFIRMATION_AWAITED)


def test_a_confirmed_chunk_moves_as_far_as_it_would_have_without_the_wait(rig: Operated, contract: Contract) -> None:
    rig.offered()
    rig.advance(3.0)
    rig.confirm()
    rig.advance(4.0)
    direct = Operated(contract)
    direct.begin()
    direct.advance(0.2)
    direct.receive()
    direct.advance(4.0)
    np.testing.assert_allclose(rig.measured, direct.measured, atol=1e-3)


def test_a_chunk_seen_before_the_arm_rested_is_not_offered(rig: Operated) -> None:
    rig.begin(confirm=True)
    rig.receive(stamp=rig.now - 0.4)
    assert rig.state == (Phase.HELD, Reason.WAITING_FOR_CHUNK)


def test_a_chunk_that_nobody_confirms_in_time_gives_way_to_the_next(rig: Operated) -> None:
    rig.bridge.conduct.confirm_within = 2.0
    rig.offered()
    rig.advance(2.0)
    assert rig.state == (Phase.HELD, Reason.WAITING_FOR_CHUNK)
    with pytest.raises(RefusedError):
        rig.confirm()
    rig.receive()
    rig.advance(0.4)
    rig.confirm()
    rig.advance(0.2)
    assert rig.state == (Phase.RUNNING, None)


def test_a_confirmation_that_comes_with_the_offer_was_meant_for_another(rig: Operated) -> None:
    rig.begin(confirm=True)
    rig.advance(0.2)
    rig.receive()
    with pytest.raises(RefusedError, match="read it first"):
        rig.confirm()


def test_an_arm_that_was_moved_meanwhile_needs_another_offer(rig: Operated) -> None:
    rig.offered()
    rig.measured = rig.measured + 0.05
    rig.window = None
    rig.advance(0.1)
    with pytest.raises(RefusedError, match="moved"):
        rig.confirm()
    assert rig.state == (Phase.HELD, Reason.WAITING_FOR_CHUNK)


def test_a_stop_drops_the_offer(rig: Operated) -> None:
    rig.offered()
    rig.bridge.stop(rig.now)
    with pytest.raises(RefusedError):
        rig.confirm()
    assert rig.state == (Phase.HELD, Reason.STOPPED)
    assert rig.still()


def test_the_way_to_the_start_pose_waits_for_consent_too(rig: Operated) -> None:
    rig.measured = rig.measured + 0.2
    rig.advance(0.1)
    rig.bridge.open("e1", rig.now, rig.now, shadow=False, confirm=True, speed=1.0)
    assert rig.state == (Phase.HELD, Reason.CONFIRMATION_AWAITED)
    assert "start pose" in rig.said
    assert rig.still(20.0)
    rig.confirm()
    rig.advance(4.0)
    assert rig.state == (Phase.HELD, Reason.START_POSE_REACHED)
    np.testing.assert_allclose(rig.measured, rig.contract.robot.home_positions, atol=2e-3)


@pytest.mark.parametrize("mode", [Mode.CONFIRM, Mode.SHADOW])
def test_from_run_to_a_more_cautious_mode_brakes_first(rig: Operated, mode: Mode) -> None:
    rig.moving()
    rig.switch(mode)
    assert rig.state == (Phase.BRAKING, Reason.MODE_CHANGED)
    assert rig.bridge.conduct.mode is Mode.RUN
    rig.advance(1.0)
    assert rig.bridge.conduct.mode is mode
    assert rig.state == (Phase.HELD, Reason.WAITING_FOR_CHUNK)
    rig.receive()
    assert rig.still()
    assert rig.bridge.executor.phase is (Phase.HELD if mode is Mode.CONFIRM else Phase.RUNNING)


def test_from_shadow_to_run_the_arm_is_held_where_it_is_until_resumed(rig: Operated) -> None:
    rig.begin(shadow=True)
    rig.receive()
    rig.advance(0.2)
    assert rig.bridge.executor.phase is Phase.RUNNING
    stood = rig.measured.copy()
    rig.switch(Mode.RUN)
    rig.advance(0.1)
    assert rig.state == (Phase.HELD, Reason.MODE_CHANGED)
    rig.receive()
    assert rig.still()
    rig.bridge.resume(rig.now, rig.now)
    rig.receive()
    command = rig.step()
    assert command.motion is not None
    np.testing.assert_allclose(command.motion.sample(rig.now - 0.05).position, stood, atol=1e-6)


def test_from_confirm_to_run_needs_a_resume(rig: Operated) -> None:
    rig.offered()
    rig.switch(Mode.RUN)
    rig.advance(0.1)
    assert rig.state == (Phase.HELD, Reason.MODE_CHANGED)
    with pytest.raises(RefusedError):
        rig.confirm()
    rig.bridge.resume(rig.now, rig.now)
    rig.receive()
    rig.advance(0.2)
    assert rig.state == (Phase.RUNNING, None)


def test_a_start_that_waits_for_consent_does_not_begin_by_a_change_to_run(rig: Operated) -> None:
    rig.measured = rig.measured + 0.2
    rig.advance(0.1)
    rig.bridge.open("e1", rig.now, rig.now, shadow=False, confirm=True, speed=1.0)
    with pytest.raises(RefusedError, match="start pose"):
        rig.switch(Mode.RUN)
    rig.switch(Mode.SHADOW)
    rig.advance(0.1)
    assert rig.state == (Phase.HELD, Reason.START_POSE_REACHED)
    assert rig.still()


def test_a_mode_changed_on_the_way_to_the_start_pose_offers_what_is_left_of_it(rig: Operated) -> None:
    rig.measured = rig.measured + 0.2
    rig.advance(0.1)
    rig.bridge.open("e1", rig.now, rig.now, shadow=False, speed=1.0)
    rig.advance(0.4)
    rig.switch(Mode.CONFIRM)
    rig.advance(1.0)
    assert rig.state == (Phase.HELD, Reason.CONFIRMATION_AWAITED)
    rig.confirm()
    rig.advance(4.0)
    assert rig.state == (Phase.HELD, Reason.START_POSE_REACHED)


@pytest.mark.parametrize("speed", [0.7, 0.3, 0.05])
def test_a_lower_speed_slows_the_motion_at_once_on_its_path_and_within_the_limits(rig: Operated, speed: float) -> None:
    rig.moving()
    path = rig.bridge.executor.reference
    assert path is not None
    rows = rig.bridge.executor.row_times.copy()
    rig.speed(speed)
    slower = rig.bridge.executor.reference
    assert slower is not None
    assert Extrema(slower).within(executor_settings(rig.contract).brake_limits, 1.0 + 1e-6)
    late = rig.now + 0.6
    ahead = slower.between(late, slower.end)
    nearest = path.sample_many(np.linspace(rig.now, path.end, 20_000))[0]
    apart = [np.abs(nearest - position).max(axis=1).min() for position in ahead.positions]
    assert max(apart) < 1e-3
    times = rig.bridge.executor.row_times
    past = rows <= rig.now
    np.testing.assert_array_equal(times[past], rows[past])
    np.testing.assert_allclose(np.diff(times[-3:]), np.diff(rows[-3:]) / speed, rtol=1e-6)
    rig.advance(0.4)
    assert rig.state == (Phase.RUNNING, None)


def test_a_raised_speed_comes_with_the_next_chunk(rig: Operated) -> None:
    rig.moving()
    rig.speed(0.4)
    rig.advance(0.2)
    rig.speed(1.0)
    assert rig.bridge.executor.phase is Phase.RUNNING
    rig.receive()
    assert rig.bridge.executor.phase is Phase.RUNNING, rig.said
    assert rig.bridge.conduct.speed == 1.0


def test_speed_zero_holds_until_it_is_raised(rig: Operated) -> None:
    rig.moving()
    rig.speed(0.0)
    assert rig.state == (Phase.BRAKING, Reason.SPEED_ZERO)
    with pytest.raises(RefusedError, match="still brakes"):
        rig.speed(0.5)
    rig.advance(1.0)
    rig.receive()
    assert rig.state == (Phase.HELD, Reason.SPEED_ZERO)
    with pytest.raises(RefusedError, match="speed"):
        rig.bridge.resume(rig.now, rig.now)
    assert rig.bridge.conduct.speed == 0.0
    assert rig.still()
    rig.speed(0.5)
    rig.receive()
    rig.advance(0.2)
    assert rig.state == (Phase.RUNNING, None)
    assert rig.bridge.conduct.speed == 0.5


@pytest.mark.parametrize("wait", [0.0, 1.0])
def test_a_mode_comes_with_its_speed_or_not_at_all(rig: Operated, wait: float) -> None:
    rig.moving()
    rig.speed(0.0)
    rig.advance(wait)
    if wait:
        # The joint states that a raised speed asks for are old by then.
        rig.now += 10.0
    with pytest.raises(RefusedError):
        rig.bridge.conduct.change(Mode.SHADOW, 0.5, rig.now, rig.now)
    assert rig.bridge.conduct.mode is Mode.RUN and not rig.bridge.conduct.changing
    assert rig.bridge.conduct.speed == 0.0


def test_a_speed_that_is_refused_at_last_stays_zero(rig: Operated, monkeypatch: pytest.MonkeyPatch) -> None:
    rig.moving()
    rig.speed(0.0)
    rig.advance(1.0)

    def refuse(*_arguments: float) -> None:
        raise RefusedError(Reason.STOPPED, "not now")

    monkeypatch.setattr(rig.bridge, "resume", refuse)
    with pytest.raises(RefusedError, match="not now"):
        rig.bridge.conduct.change(Mode.CONFIRM, 0.5, rig.now, rig.now)
    assert rig.bridge.conduct.speed == 0.0 and not rig.bridge.conduct.changing
    rig.bridge.conduct.change(Mode.CONFIRM, None, rig.now, rig.now)
    assert rig.bridge.conduct.changing


def test_speed_zero_on_the_way_to_the_start_pose_goes_on_there(rig: Operated) -> None:
    rig.measured = rig.measured + 0.2
    rig.advance(0.1)
    rig.bridge.open("e1", rig.now, rig.now, shadow=False, speed=1.0)
    rig.advance(0.3)
    rig.speed(0.0)
    rig.advance(1.0)
    assert rig.state == (Phase.HELD, Reason.SPEED_ZERO)
    rig.speed(0.8)
    rig.advance(5.0)
    assert rig.state == (Phase.HELD, Reason.START_POSE_REACHED)


def test_a_stop_is_not_undone_by_a_raised_speed(rig: Operated) -> None:
    rig.moving()
    rig.bridge.stop(rig.now)
    rig.advance(1.0)
    rig.speed(0.0)
    rig.speed(0.5)
    assert rig.state == (Phase.HELD, Reason.STOPPED)


@pytest.mark.parametrize(
    ("word", "reason"),
    [(lambda rig: rig.switch(Mode.SHADOW), Reason.MODE_CHANGED), (lambda rig: rig.speed(0.0), Reason.SPEED_ZERO)],
)
def test_the_way_home_is_held_back_too(rig: Operated, word: Callable[[Operated], None], reason: Reason) -> None:
    rig.measured = rig.measured + 0.2
    rig.advance(0.1)
    rig.bridge.go_home(rig.now, rig.now)
    rig.advance(0.4)
    word(rig)
    assert rig.state == (Phase.BRAKING, reason)
    rig.advance(1.0)
    assert rig.state == (Phase.HELD, reason)
    assert rig.still()


def test_a_chunk_that_comes_before_the_change_of_mode_moves_nothing(rig: Operated) -> None:
    rig.begin()
    rig.switch(Mode.CONFIRM)
    rig.receive()
    assert rig.state == (Phase.HELD, Reason.WAITING_FOR_CHUNK)


def test_no_episode_begins_at_speed_zero(rig: Operated) -> None:
    rig.advance(0.1)
    with pytest.raises(RefusedError) as refusal:
        rig.bridge.open("e1", rig.now, rig.now, shadow=False, speed=0.0)
    assert refusal.value.reason is Reason.SPEED_ZERO
