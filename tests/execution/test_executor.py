from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.limits import Extrema
from steadyhand.execution.phase import Phase
from steadyhand.execution.reasons import Reason

from .bench import LIMITS, STEP, Bench, executor


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
    assert np.all(found.speed <= LIMITS.velocity)
    assert np.all(found.jerk <= LIMITS.jerk * 1.001)


def test_a_second_episode_is_refused_while_one_is_open() -> None:
    bench = Bench()
    bench.begin()
    with pytest.raises(RefusedError, match="still open"):
        bench.executor.open("other", bench.now, bench.rest, 1.0, None)


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
        bench.advance(STEP)
    assert bench.executor.reference is not None
    rested = bench.now + 0.03 - bench.executor.reference.end
    bench.chunk(delay=0.4)
    assert bench.executor.row_times[0] == pytest.approx(bench.now - 0.4 + 0.1 + rested)
