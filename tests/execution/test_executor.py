from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest
from numpy.testing import assert_allclose

from steadyhand.chunks.chunk import ActionChunk
from steadyhand.chunks.targets import JointTargets
from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.executor import Executor
from steadyhand.execution.limits import Extrema
from steadyhand.execution.phase import Phase
from steadyhand.execution.reasons import Reason
from steadyhand.execution.reference import Reference
from steadyhand.execution.settings import ExecutorSettings
from steadyhand.execution.splice import Splice

from .conftest import joint_limits

_LIMITS = joint_limits(3, velocity=1.0, acceleration=4.0, jerk=150.0)
_BRAKE = joint_limits(3, velocity=1.0, acceleration=5.0, jerk=300.0)
_STEP = 0.05


def executor() -> Executor:
    settings = ExecutorSettings(_LIMITS, _BRAKE, max_unattended_motion=0.5)
    return Executor(settings, Splice(_LIMITS, blend=0.2, start_jump=0.35, lag=0.5))


@dataclass
class Bench:
    """An executor, its clock, and what a controller that follows exactly would do with every window."""

    executor: Executor = field(default_factory=executor)
    now: float = 100.0
    sequence: int = 0
    windows: list[tuple[float, Reference]] = field(default_factory=list)
    followed: list[np.ndarray] = field(default_factory=list)
    rest: np.ndarray = field(default_factory=lambda: np.zeros(3))

    def advance(self, duration: float) -> None:
        for _ in range(round(duration / _STEP)):
            window = self.executor.tick(self.now)
            if window is not None:
                self.windows.append((self.now, window))
            for fine in np.arange(self.now, self.now + _STEP - 1e-9, 0.005):
                self.followed.append(self.windows[-1][1].sample(fine).position if self.windows else self.rest)
            self.now = round(self.now + _STEP, 6)

    def begin(self, start: np.ndarray | None = None) -> None:
        self.executor.activate(self.now, self.rest)
        self.executor.open("episode", self.now, self.rest, 1.0, start)
        while self.executor.phase is not Phase.HELD:
            self.advance(_STEP)
        self.executor.run("episode")

    def chunk(self, speed: float = 0.4, rows: int = 16, delay: float = 0.1) -> bool:
        message = ActionChunk(
            self.now - delay, np.zeros((rows, 1)), ("x",), 0.1, 0.1, (), np.zeros(0), episode_id="episode",
            sequence=self.sequence,
        )  # fmt: skip
        self.sequence += 1
        if not self.executor.accepts(message):
            return False
        assert self.executor.reference is not None
        here = self.executor.reference.sample(self.now).position
        times = message.row_times
        self.executor.offer(message, JointTargets(times, here + speed * (times - self.now)[:, None]), self.now)
        return True


def test_nothing_moves_before_an_episode() -> None:
    bench = Bench()
    bench.executor.activate(bench.now, bench.rest)
    assert not bench.chunk()
    bench.advance(1.0)
    assert bench.executor.phase is Phase.HELD
    assert bench.executor.reason is Reason.NOT_STARTED
    assert not bench.windows


def test_an_inactive_executor_opens_no_episode() -> None:
    with pytest.raises(RefusedError, match="not active"):
        executor().open("episode", 1.0, np.zeros(3), 1.0, None)


def test_the_start_pose_is_reached_at_rest_before_the_policy_may_act() -> None:
    bench = Bench()
    bench.executor.activate(bench.now, bench.rest)
    goal = np.array([0.2, -0.3, 0.1])
    bench.executor.open("episode", bench.now, bench.rest, 1.0, goal)
    assert bench.executor.phase is Phase.STARTING
    with pytest.raises(RefusedError):
        bench.executor.run("episode")
    bench.advance(2.0)
    assert bench.executor.phase is Phase.HELD
    assert bench.executor.reason is Reason.START_POSE_REACHED
    assert_allclose(bench.followed[-1], goal, atol=1e-6)


def test_the_move_to_the_start_pose_begins_where_the_arm_was_told_to_be() -> None:
    bench = Bench()
    bench.executor.activate(bench.now, bench.rest)
    bench.executor.open("episode", bench.now, bench.rest + 0.015, 1.0, np.full(3, 0.3))
    assert bench.executor.reference is not None
    found = Extrema(bench.executor.reference)
    assert np.all(found.speed <= _LIMITS.velocity)
    assert np.all(found.jerk <= _LIMITS.jerk * 1.001)


def test_a_second_episode_is_refused_while_one_is_open() -> None:
    bench = Bench()
    bench.begin()
    with pytest.raises(RefusedError, match="still open"):
        bench.executor.open("other", bench.now, bench.rest, 1.0, None)


def test_every_window_ends_at_rest_within_the_longest_unattended_motion() -> None:
    bench = Bench()
    bench.begin()
    for _ in range(5):
        bench.chunk()
        bench.advance(0.6)
    for now, window in bench.windows:
        assert window.ends_at_rest
        assert window.start <= now
        assert window.end <= now + 0.5 + 1e-6


def test_what_is_followed_has_no_seams() -> None:
    bench = Bench()
    bench.begin()
    for speed in (0.4, -0.2, 0.5, 0.1):
        bench.chunk(speed)
        bench.advance(0.6)
    path = np.array(bench.followed)
    velocity = np.diff(path, axis=0) / 0.005
    acceleration = np.diff(velocity, axis=0) / 0.005
    assert np.abs(velocity).max() <= 1.0 + 1e-3
    assert np.abs(acceleration).max() <= 4.0 * 1.02


def test_a_chunk_that_runs_out_brakes_and_the_next_one_continues() -> None:
    bench = Bench()
    bench.begin()
    bench.chunk(rows=6)
    bench.advance(1.5)
    assert bench.executor.phase is Phase.HELD
    assert bench.executor.reason is Reason.UNDERRUN
    assert bench.executor.refusals[Reason.UNDERRUN] == 1
    assert bench.chunk()
    bench.advance(0.3)
    assert bench.executor.phase is Phase.RUNNING


def test_a_late_refresh_is_taken_as_the_brake_that_the_controller_has_begun() -> None:
    bench = Bench()
    bench.begin()
    bench.chunk(speed=0.6)
    bench.advance(0.5)
    followed = bench.windows[-1][1]
    bench.now += 0.45
    renewed = bench.executor.tick(bench.now)
    assert bench.executor.phase in (Phase.BRAKING, Phase.HELD)
    assert bench.executor.reason is Reason.UNDERRUN
    if renewed is not None:
        assert_allclose(renewed.sample(bench.now).position, followed.sample(bench.now).position, atol=1e-9)


@pytest.mark.parametrize("event", ["fault", "close", "deactivate", "offer"])
@pytest.mark.parametrize("late", [0.3, 0.45, 2.0])
def test_what_comes_first_after_a_late_refresh_goes_on_from_where_the_controller_is(event: str, late: float) -> None:
    bench = Bench()
    bench.begin()
    bench.chunk(speed=0.6)
    bench.advance(0.5)
    followed = bench.windows[-1][1]
    bench.now += late
    if event == "fault":
        bench.executor.fault(bench.now, Reason.STOPPED, "stopped")
    elif event == "close":
        bench.executor.close(bench.now)
    elif event == "deactivate":
        bench.executor.deactivate(bench.now)
    else:
        with pytest.raises(RefusedError):
            bench.chunk(delay=0.0)
    reference = bench.executor.reference
    assert reference is not None
    for later in np.arange(0.0, 0.5, 0.05):
        expected = followed.sample(bench.now + later).position
        assert_allclose(reference.sample(bench.now + later).position, expected, atol=1e-9)


@pytest.mark.parametrize("reason", [Reason.JOINT_STATE_STALE, Reason.TRACKING_ERROR, Reason.PILOT_SILENT])
def test_a_fault_brakes_within_the_limits_then_holds(reason: Reason) -> None:
    bench = Bench()
    bench.begin()
    bench.chunk(speed=0.7)
    bench.advance(0.7)
    at = bench.now
    bench.executor.fault(at, reason, "because")
    assert bench.executor.phase is Phase.BRAKING
    bench.advance(0.6)
    assert bench.executor.phase is Phase.HELD
    assert bench.executor.reason is reason
    brake = next(window for now, window in bench.windows if now >= at)
    assert brake.end <= at + 0.5
    assert np.all(Extrema(brake).acceleration <= _BRAKE.acceleration * (1 + 1e-5))
    assert not bench.chunk(), "a fault is not forgotten by the next chunk"


def test_a_stop_holds_until_resumed() -> None:
    bench = Bench()
    bench.begin()
    bench.chunk()
    bench.advance(0.4)
    bench.executor.fault(bench.now, Reason.STOPPED, "stopped")
    bench.advance(1.0)
    assert not bench.chunk()
    bench.executor.resume(bench.now, bench.followed[-1])
    assert bench.chunk()


def test_no_resume_without_an_episode_or_after_what_needs_a_goal() -> None:
    bench = Bench()
    bench.executor.activate(bench.now, bench.rest)
    with pytest.raises(RefusedError, match="no episode"):
        bench.executor.resume(bench.now, bench.rest)
    bench.begin()
    bench.executor.fault(bench.now, Reason.PILOT_SILENT, "silent")
    with pytest.raises(RefusedError, match="new goal"):
        bench.executor.resume(bench.now, bench.rest)


def test_a_graver_reason_takes_over_and_a_lesser_one_does_not() -> None:
    bench = Bench()
    bench.begin()
    bench.executor.fault(bench.now, Reason.STOPPED, "stopped")
    bench.executor.fault(bench.now, Reason.OBSERVATION_STALE, "stale")
    assert bench.executor.reason is Reason.STOPPED
    bench.executor.fault(bench.now, Reason.CLOCK_JUMP, "jump")
    assert bench.executor.reason is Reason.CLOCK_JUMP


def test_misordered_chunks_are_refused() -> None:
    bench = Bench()
    bench.begin()
    bench.chunk()
    bench.sequence = 0
    with pytest.raises(RefusedError) as refusal:
        bench.chunk()
    assert refusal.value.reason is Reason.CHUNK_MISORDERED


def test_the_end_of_an_episode_brakes() -> None:
    bench = Bench()
    bench.begin()
    bench.chunk()
    bench.advance(0.5)
    bench.executor.close(bench.now)
    assert bench.executor.phase is Phase.BRAKING
    assert not bench.chunk()
    bench.advance(0.6)
    assert bench.executor.phase is Phase.HELD
    assert bench.executor.reason is Reason.EPISODE_ENDED


def test_deactivation_hands_a_brake_over() -> None:
    bench = Bench()
    bench.begin()
    bench.chunk(0.6)
    bench.advance(0.5)
    last = bench.executor.deactivate(bench.now)
    assert last is not None
    assert last.ends_at_rest
    assert last.end <= bench.now + 0.5
    assert bench.executor.phase is Phase.INACTIVE


def test_an_arm_moved_while_held_is_taken_from_where_it_is() -> None:
    bench = Bench()
    bench.executor.activate(bench.now, bench.rest)
    moved = np.array([0.5, 0.0, 0.0])
    bench.executor.open("episode", bench.now, moved, 1.0, None)
    assert bench.executor.reference is not None
    assert_allclose(bench.executor.reference.final.position, moved)


def test_an_arm_outside_of_its_limits_is_not_started() -> None:
    bench = Bench()
    outside = np.array([3.5, 0.0, 0.0])
    bench.executor.activate(bench.now, outside)
    with pytest.raises(RefusedError, match="joint1") as refusal:
        bench.executor.open("episode", bench.now, outside, 1.0, None)
    assert refusal.value.reason is Reason.POSITION_LIMIT


def test_committed_rows_grow_with_time() -> None:
    bench = Bench()
    bench.begin()
    bench.chunk()
    before = bench.executor.committed_rows(bench.now)
    after = bench.executor.committed_rows(bench.now + 0.5)
    assert after == before + 5
    assert bench.executor.remaining(bench.now) == pytest.approx(1.5, abs=0.05)


def test_a_resting_arm_misses_nothing_of_a_late_chunk() -> None:
    bench = Bench()
    bench.begin()
    bench.advance(0.5)
    bench.chunk(speed=0.4, delay=0.4)
    stitched = bench.executor.stitched
    assert stitched is not None
    assert stitched.first_row == 0
    assert stitched.stretch == 1.0
    # Row 0 was due 0.1 s after the observation: now it is due as long after the hand-over, 0.03 s ahead.
    assert bench.executor.row_times[0] == pytest.approx(bench.now + 0.03 + 0.1)


def test_after_a_brake_only_the_time_at_rest_is_waited_for() -> None:
    bench = Bench()
    bench.begin()
    bench.chunk(rows=6)
    while bench.executor.phase is not Phase.HELD:
        bench.advance(_STEP)
    assert bench.executor.reference is not None
    rested = bench.now + 0.03 - bench.executor.reference.end
    bench.chunk(delay=0.4)
    assert bench.executor.row_times[0] == pytest.approx(bench.now - 0.4 + 0.1 + rested)
