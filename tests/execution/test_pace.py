from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steadyhand.chunks.chunk import ActionChunk
from steadyhand.chunks.targets import JointTargets
from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.executor import Executor
from steadyhand.execution.limits import Extrema
from steadyhand.execution.pace import Pace, PaceLimits
from steadyhand.execution.reasons import Reason
from steadyhand.execution.reference import Reference
from steadyhand.execution.settings import ExecutorSettings
from steadyhand.execution.splice import Splice
from steadyhand.simulation.controllers.joint_trajectory import JointTrajectoryController, JointTrajectoryOptions
from steadyhand.simulation.controllers.trajectory import JointTrajectory, TrajectoryPoint

from .conftest import joint_limits

_START = 1.7e9
_CYCLE, _STEP = 0.01, 0.05
_LIMITS = joint_limits(2, velocity=1.0, acceleration=4.0, jerk=150.0)
_BRAKE = joint_limits(2, velocity=1.0, acceleration=5.0, jerk=300.0)

scales = st.lists(
    st.tuples(st.floats(0.01, 0.4), st.one_of(st.sampled_from([0.0, 0.5, 1.0]), st.floats(0.0, 1.0))),
    min_size=1,
    max_size=12,
)


def pace(freeze: float = 2.0) -> Pace:
    return Pace(PaceLimits(age=0.2, freeze=freeze))


@given(scales)
def test_the_reference_clock_is_continuous_monotone_and_never_fast(changes: list[tuple[float, float]]) -> None:
    clock, now, expected = pace(), _START, 0.0
    for duration, scale in changes:
        clock.hear(scale, now, now)
        before = clock.at(now)
        times = now + np.linspace(0.0, duration, 7)
        along = np.array([clock.at(t) for t in times])
        assert along[0] == before
        steps = np.diff(along)
        assert np.all(steps >= -1e-6)
        assert np.all(steps <= np.diff(times) + 1e-6)
        now, expected = now + duration, expected + scale * duration
    assert clock.at(now) - _START == pytest.approx(expected, abs=1e-5)


def test_without_a_scaling_the_reference_is_at_the_ros_clock_exactly() -> None:
    clock = Pace()
    assert clock.at(_START + 0.1) == _START + 0.1
    clock.check(5.0)
    window = Reference.resting(_START, np.zeros(2))
    assert clock.handed(window, _START) is window


def test_an_observation_of_before_a_slow_down_keeps_its_place_on_the_reference() -> None:
    clock = pace()
    clock.hear(1.0, 10.0, 10.0)
    clock.hear(0.5, 11.0, 11.0)
    assert clock.at(10.8) == 10.8
    assert clock.at(11.4) - clock.at(10.8) == pytest.approx(0.2 + 0.2)


def test_what_fell_behind_is_known_between_any_two_times() -> None:
    clock = pace()
    clock.hear(0.0, 10.0, 10.0)
    clock.hear(1.0, 10.5, 10.5)
    assert clock.slowed(9.0, 10.1)
    assert clock.slowed(10.2, 10.8)
    assert not clock.slowed(9.0, 10.0)
    assert not clock.slowed(10.5, 12.0)


def test_a_scaling_that_is_missing_old_or_none_is_told() -> None:
    clock = pace()
    for scale, steady, reason in (
        (None, 0.0, Reason.SPEED_SCALING_STALE),
        (1.0, 0.21, Reason.SPEED_SCALING_STALE),
        (1.2, 0.0, Reason.SPEED_SCALING_INVALID),
        (-0.1, 0.0, Reason.SPEED_SCALING_INVALID),
        (np.nan, 0.0, Reason.SPEED_SCALING_INVALID),
    ):
        if scale is not None:
            clock.hear(scale, 1.0, 0.0)
        with pytest.raises(RefusedError) as refusal:
            clock.check(steady)
        assert refusal.value.reason is reason
    clock.hear(1.0, 2.0, 1.0)
    clock.check(1.1)


def test_a_freeze_is_borne_for_a_while() -> None:
    clock = pace(freeze=1.0)
    clock.hear(0.0, 10.0, 10.0)
    clock.check_freeze(10.9)
    with pytest.raises(RefusedError) as refusal:
        clock.check_freeze(11.1)
    assert refusal.value.reason is Reason.SPEED_FROZEN
    clock.hear(0.3, 11.2, 11.2)
    clock.check_freeze(20.0)


class Line:
    """An executor whose windows go to the model of a JointTrajectoryController that scales time, one cycle late."""

    def __init__(self) -> None:
        settings_ = ExecutorSettings(_LIMITS, _BRAKE, max_unattended_motion=0.5)
        self.executor = Executor(settings_, Splice(_LIMITS, blend=0.2, start_jump=0.35, lag=0.5))
        self.pace = pace()
        names = _LIMITS.names
        self.controller = JointTrajectoryController(JointTrajectoryOptions(names, _CYCLE), np.zeros(2))
        self.windows: list[Reference] = []
        self.commands = [np.zeros(2)]
        self.apart = [0.0]
        self.sequence = 0

    def run(self, changes: list[tuple[float, float]]) -> None:
        self.executor.activate(_START, np.zeros(2))
        self.executor.open("e", _START, np.zeros(2), 1.0, None)
        self.executor.run("e")
        ends, tick = np.cumsum([0.3, *(duration for duration, _ in changes), 0.3]), 0
        values = [1.0, *(scale for _, scale in changes), 1.0]
        while (elapsed := tick * _CYCLE) < ends[-1]:
            now = _START + elapsed
            scale = values[int(np.searchsorted(ends, elapsed, side="right"))]
            window = self.bridge(tick, now)
            self.controller.speed_scaling = scale
            self.commands.append(self.controller.update(now, self.commands[-1], np.zeros(2)))
            self.pace.hear(scale, now, now)
            self.compare(now)
            if window is not None:
                self.controller.follow(window, now)
            tick += 1

    def bridge(self, tick: int, now: float) -> JointTrajectory | None:
        at = self.pace.at(now)
        if tick % 40 == 0:
            self.chunk(now, at)
        if tick % round(_STEP / _CYCLE) or self.pace.frozen:
            return None
        motion = self.executor.tick(at)
        if motion is None:
            return None
        handed = self.pace.handed(motion, now)
        self.windows.append(handed)
        rows = zip(handed.times, handed.positions, handed.velocities, handed.accelerations, strict=True)
        points = tuple(TrajectoryPoint(float(t - handed.start), p, v, a) for t, p, v, a in rows)
        return JointTrajectory(handed.start, _LIMITS.names, points)

    def chunk(self, now: float, at: float) -> None:
        stamp = self.pace.at(now - 0.1)
        chunk = ActionChunk(
            stamp, np.zeros((16, 1)), ("x",), 0.1, 0.1, (), np.zeros(0), episode_id="e", sequence=self.sequence
        )
        self.sequence += 1
        times = chunk.row_times
        swing = np.stack([np.sin(2.0 * (times - _START)), np.cos(1.5 * (times - _START)) - 1.0], axis=1)
        if self.executor.accepts(chunk):
            self.executor.offer(chunk, JointTargets(times, 0.4 * swing), at)

    def compare(self, now: float) -> None:
        tracking, reference = self.controller.tracking, self.executor.reference
        if tracking is not None and reference is not None and self.executor.moving:
            ours = reference.sample(self.pace.at(now)).position
            self.apart.append(float(np.abs(tracking.desired.positions - ours).max()))


@settings(max_examples=10, deadline=None)
@given(scales)
def test_no_scaling_takes_the_commanded_motion_beyond_its_limits_or_the_controller_away_from_it(
    changes: list[tuple[float, float]],
) -> None:
    line = Line()
    line.run(changes)
    assert all(Extrema(window).within(_BRAKE, 1.001) for window in line.windows)
    # The window under way when the scale changes is entered where it would have been at full speed, and the change is
    # heard, each up to a cycle late: by so much may the controller's set point be ahead, and catch up once.
    speed = float(_LIMITS.velocity[0])
    assert np.abs(np.diff(line.commands, axis=0)).max() <= 2.02 * _CYCLE * speed
    assert max(line.apart) <= 2.02 * _CYCLE * speed


def test_a_steady_scaling_makes_the_controller_follow_at_that_part_of_the_speed_without_a_step() -> None:
    line = Line()
    line.run([(1.5, 0.4)])
    steps = np.abs(np.diff(line.commands, axis=0)) / _CYCLE
    slow = steps[60:170]
    assert slow.max() <= 0.4 * _LIMITS.velocity[0]
    assert np.abs(np.diff(slow, axis=0)).max() <= 0.4 * 4.0 * _CYCLE * 2.0
