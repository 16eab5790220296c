from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steadyhand.policies.schedule import ExecutionProgress, InferenceSchedule
from steadyhand.profiles.contract import Contract, load_deployment

RUNNING = ExecutionProgress(10.0, running=True, waiting=False, chunk=0, remaining=1.4, delay=0.05, lag=0.0)


def started() -> InferenceSchedule:
    """A policy of 16 rows 0.1 s apart, 8 of them used; the first chunk is from 10.0 and was taken."""
    schedule = InferenceSchedule(dt=0.1, first_row_offset=0.1, execute=8)
    schedule.run(9.9)
    schedule.begin(10.0)
    schedule.publish(0, 10.0, 10.03)
    schedule.report(replace(RUNNING, stamp=10.05))
    return schedule


def test_nothing_is_due_before_the_episode_runs() -> None:
    assert not InferenceSchedule(dt=0.1, first_row_offset=0.1, execute=8).due(10.0)


def test_the_first_inference_is_due_at_once_on_what_was_seen_since() -> None:
    schedule = InferenceSchedule(dt=0.1, first_row_offset=0.1, execute=8)
    schedule.run(9.9)
    assert not schedule.due(9.89)
    assert schedule.due(9.91)


def test_no_observation_is_used_twice() -> None:
    schedule = InferenceSchedule(dt=0.1, first_row_offset=0.1, execute=8)
    schedule.run(9.9)
    schedule.begin(10.0)
    assert not schedule.due(10.0) and not schedule.due(9.95)
    assert schedule.due(10.001)


@given(st.floats(0.0, 0.6), st.floats(0.0, 0.4))
def test_the_next_chunk_takes_over_when_its_rows_are_used_however_long_it_takes(delay: float, lag: float) -> None:
    schedule = started()
    schedule.report(replace(RUNNING, stamp=10.1, delay=delay, lag=lag))
    expected = 10.8 + lag - delay
    assert not schedule.due(expected - 0.001)
    assert schedule.due(expected + 0.001)


def test_a_delay_longer_than_the_rows_still_lets_one_of_them_be_used() -> None:
    schedule = started()
    schedule.report(replace(RUNNING, stamp=10.1, delay=5.0, remaining=9.0))
    assert not schedule.due(10.05) and schedule.due(10.11)


def test_a_reference_that_runs_out_is_not_waited_for() -> None:
    schedule = started()
    schedule.report(replace(RUNNING, stamp=10.1, remaining=0.1))
    assert schedule.due(10.2)


class Stream:
    """A policy whose chunks take some time, and an arm that runs each to its end where the next does not come."""

    def __init__(self, *, dt: float, horizon: int, execute: int, period: float, delays: np.ndarray) -> None:
        self.underruns, self.spare = 0, []
        schedule = InferenceSchedule(dt=dt, first_row_offset=dt, execute=execute, period=period)
        schedule.run(0.0)
        recent: list[float] = []
        stamp, arrival, end = 0.0, 0.0, np.inf
        for sequence, delay in enumerate(delays):
            while sequence and not schedule.due(stamp):
                self.report(schedule, sequence - 1, stamp, arrival, end, recent)
                stamp += period
                self.report(schedule, sequence - 1, stamp, arrival, end, recent)
            schedule.begin(stamp)
            arrival = stamp + float(delay)
            schedule.publish(sequence, stamp, arrival)
            recent = [*recent[-9:], float(delay)]
            if sequence:
                self.underruns += arrival + 0.03 > end
                self.spare.append(end - 0.03 - arrival)
            end = max(stamp + dt * horizon, arrival + dt)
            stamp = max(stamp, arrival) + period

    @staticmethod
    def report(
        schedule: InferenceSchedule, chunk: int, now: float, arrival: float, end: float, recent: list[float]
    ) -> None:
        taken = now >= arrival
        schedule.report(
            ExecutionProgress(now, True, False, chunk if taken else None, max(0.0, end - now), max(recent), 0.0)
        )


@settings(max_examples=20)
@given(st.integers(0, 10_000), st.floats(0.02, 0.3), st.floats(0.0, 0.4), st.sampled_from([0.01, 1 / 30, 0.1]))
def test_chunks_used_to_their_last_row_come_in_time_and_little_before(
    seed: int, mean: float, spread: float, period: float
) -> None:
    random = np.random.default_rng(seed)
    delays = mean * random.uniform(1.0 - spread, 1.0 + spread, 300)
    stream = Stream(dt=0.02, horizon=40, execute=40, period=period, delays=delays)
    # The spread is known from the fifth chunk on; 1 % of the others may be late.
    assert stream.underruns <= 4 + 0.02 * len(delays)
    # Nothing begins more than an observation before it must, but for what the delays themselves vary by.
    assert np.median(stream.spare[20:]) <= 2.0 * period + 4.5 * mean * spread / np.sqrt(3.0) + 1e-6


@settings(max_examples=20)
@given(st.integers(0, 10_000), st.floats(0.0, 0.3), st.floats(0.0, 0.3))
def test_nothing_runs_dry_where_half_of_the_rows_are_used(seed: int, mean: float, spread: float) -> None:
    random = np.random.default_rng(seed)
    delays = mean * random.uniform(1.0 - spread, 1.0 + spread, 100)
    assert Stream(dt=0.1, horizon=16, execute=8, period=1 / 30, delays=delays).underruns == 0


def test_a_chunk_on_its_way_is_waited_for() -> None:
    schedule = started()
    schedule.begin(10.8)
    schedule.publish(1, 10.8, 10.85)
    schedule.report(replace(RUNNING, stamp=10.9, remaining=0.0))
    assert not schedule.due(10.9)
    schedule.report(replace(RUNNING, stamp=10.9, chunk=1, remaining=1.4))
    assert not schedule.due(10.95), "it was taken: the next is not due yet"


def test_a_chunk_that_was_not_taken_is_followed_by_another() -> None:
    schedule = started()
    schedule.begin(10.8)
    schedule.publish(1, 10.8, 10.85)
    schedule.report(replace(RUNNING, stamp=11.01))
    assert schedule.due(11.02)


def test_while_the_arm_waits_for_a_chunk_every_observation_is_used() -> None:
    schedule = started()
    schedule.report(replace(RUNNING, stamp=10.3, running=False, waiting=True))
    assert schedule.due(10.31)


def test_while_the_arm_is_held_for_another_reason_nothing_is_inferred() -> None:
    schedule = started()
    schedule.report(replace(RUNNING, stamp=12.0, running=False, waiting=False))
    assert not schedule.due(12.0)


def test_after_a_failure_it_pauses() -> None:
    schedule = started()
    schedule.report(replace(RUNNING, stamp=10.3, running=False, waiting=True))
    schedule.begin(10.31)
    schedule.fail(10.31)
    assert not schedule.due(10.5) and schedule.due(10.52)


@pytest.mark.parametrize("again", [False, True])
def test_closing_forgets_the_episode(again: bool) -> None:
    schedule = started()
    schedule.close()
    assert not schedule.due(20.0) and not schedule.running
    if again:
        schedule.run(5.0)
        assert schedule.due(5.1), "a new episode, also on a clock that was set back"


def test_without_a_report_of_the_bridge_there_is_one_chunk_only() -> None:
    schedule = InferenceSchedule(dt=0.1, first_row_offset=0.1, execute=8)
    schedule.run(9.9)
    schedule.begin(10.0)
    schedule.publish(0, 10.0, 10.03)
    assert not schedule.due(15.0)


def test_the_slowest_camera_says_how_often_there_is_something_to_see() -> None:
    contract = load_deployment("panda_embedded")
    cameras = contract.robot.cameras
    slow = cameras["wrist"].model_copy(update={"rate": 10.0})
    robot = contract.robot.model_copy(update={"cameras": {**cameras, "wrist": slow}})

    def due(contract: Contract, remaining: float) -> bool:
        schedule = InferenceSchedule.of(contract)
        schedule.run(0.0)
        schedule.begin(0.0)
        schedule.publish(0, 0.0, 0.0)
        report = ExecutionProgress(0.0, True, False, 0, remaining=remaining, delay=0.0, lag=0.0)
        schedule.report(report)
        return schedule.due(0.05)

    assert due(replace(contract, robot=robot), 0.15)
    assert not due(contract, 0.15)
