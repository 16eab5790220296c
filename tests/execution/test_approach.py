"""Motion that waits to be found free, on its way to a pose and in chunks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from steadyhand.chunks.chunk import ActionChunk
from steadyhand.chunks.targets import JointTargets
from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.executor import Executor
from steadyhand.execution.phase import Phase
from steadyhand.execution.planning import Plan
from steadyhand.execution.reasons import Reason
from steadyhand.execution.reference import Reference
from steadyhand.execution.scene import SceneCheck
from steadyhand.execution.settings import ExecutorSettings
from steadyhand.execution.splice import Splice

from .conftest import joint_limits

_LIMITS = joint_limits(3, velocity=1.0, acceleration=4.0, jerk=150.0)
_BRAKE = joint_limits(3, velocity=1.0, acceleration=5.0, jerk=300.0)
_STEP = 0.05
_GOAL = np.full(3, 0.3)


@dataclass
class Said:
    motion: Reference
    says: Any = False
    dropped: bool = False

    def free(self) -> bool:
        if isinstance(self.says, RefusedError):
            raise self.says
        return bool(self.says)

    def late(self) -> RefusedError:
        return RefusedError(Reason.SCENE_LATE, "not yet")

    def drop(self) -> None:
        self.dropped = True


@dataclass
class Asked(SceneCheck):
    """A scene that has to be asked about, and says what the test lets it say."""

    patience: float = 0.15  # type: ignore[misc]
    verdicts: list[Said] = field(default_factory=list)

    def check(self, reference: Reference) -> None:
        pass

    def ask(self, reference: Reference) -> Said:
        self.verdicts.append(Said(reference))
        return self.verdicts[-1]

    def supervise(self, reference: Reference, now: float) -> None:
        pass


class Bench:
    """An executor among what has to be asked about, and every window that it handed over."""

    def __init__(self) -> None:
        self.scene = Asked()
        settings = ExecutorSettings(_LIMITS, _BRAKE, max_unattended_motion=0.5)
        self.executor = Executor(settings, Splice(_LIMITS, blend=0.2, start_jump=0.35, lag=0.5), self.scene)
        self.now, self.sequence = 100.0, 0
        self.windows: list[Reference] = []
        self.executor.activate(self.now, np.zeros(3))

    @property
    def verdict(self) -> Said:
        return self.scene.verdicts[-1]

    def advance(self, duration: float) -> None:
        for _ in range(round(duration / _STEP)):
            self.executor.settle(self.now)
            window = self.executor.tick(self.now)
            if window is not None:
                self.windows.append(window)
            self.now = round(self.now + _STEP, 6)

    def run(self) -> None:
        self.executor.open("episode", self.now, np.zeros(3), 1.0, None)
        self.executor.run("episode")

    def chunk(self, speed: float = 0.4) -> bool:
        self.sequence += 1
        chunk = ActionChunk(
            self.now - 0.1, np.zeros((16, 1)), ("x",), 0.1, 0.1, (), np.zeros(0), episode_id="episode",
            sequence=self.sequence,
        )  # fmt: skip
        if not self.executor.accepts(chunk):
            return False
        assert self.executor.reference is not None
        times = chunk.row_times
        here = self.executor.reference.sample(self.now).position
        targets = JointTargets(times, here + speed * (times - self.now)[:, None])
        self.executor.offer(chunk, targets, self.now)
        return True


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_the_way_to_the_start_pose_begins_when_it_was_found_free_and_not_before(bench: Bench) -> None:
    bench.executor.open("episode", bench.now, np.zeros(3), 1.0, _GOAL)
    bench.advance(0.4)
    assert bench.executor.phase is Phase.STARTING
    assert "found free" in bench.executor.message
    assert not bench.windows
    bench.verdict.says = True
    bench.advance(3.0)
    assert bench.executor.reason is Reason.START_POSE_REACHED
    assert_allclose(bench.windows[-1].final.position, _GOAL, atol=1e-9)
    first = bench.windows[0]
    assert_allclose(first.sample(100.4).position, 0.0, atol=1e-9)
    assert np.abs(first.sample_many(np.linspace(100.4, 100.6, 50))[1]).max() < 0.6


def test_a_plan_is_asked_about_too(bench: Bench) -> None:
    bench.executor.open("episode", bench.now, np.zeros(3), 1.0, _GOAL, planned=True)
    bench.executor.follow_plan(Plan(np.array([0.0, 1.0, 2.0]), np.array([np.zeros(3), _GOAL / 2, _GOAL])), bench.now)
    bench.advance(0.2)
    assert not bench.windows
    assert bench.executor.planning
    bench.verdict.says = True
    bench.advance(3.0)
    assert bench.executor.reason is Reason.START_POSE_REACHED


def test_a_way_that_is_not_free_is_never_begun(bench: Bench) -> None:
    bench.executor.open("episode", bench.now, np.zeros(3), 1.0, _GOAL)
    bench.verdict.says = RefusedError(Reason.COLLISION, "it would touch something")
    with pytest.raises(RefusedError, match="would touch"):
        bench.executor.settle(bench.now)
    assert bench.verdict.dropped
    bench.executor.fault(bench.now, Reason.COLLISION, "it would touch something")
    bench.advance(0.2)
    assert (bench.executor.phase, bench.executor.reason) == (Phase.HELD, Reason.COLLISION)
    assert not [window for window in bench.windows if np.any(window.positions != 0.0)]


def test_a_way_goes_slower_where_the_speed_was_lowered_while_it_waited(bench: Bench) -> None:
    bench.executor.open("episode", bench.now, np.zeros(3), 1.0, _GOAL)
    whole = bench.verdict.motion
    bench.executor.slow_down(0.5, bench.now)
    bench.verdict.says = True
    bench.executor.settle(bench.now)
    assert bench.executor.reference is not None
    assert bench.executor.reference.end - bench.now == pytest.approx(2.0 * (whole.end - whole.start), abs=0.05)


def test_an_arm_that_rests_waits_for_as_long_as_its_first_chunk_takes(bench: Bench) -> None:
    bench.run()
    assert bench.chunk()
    bench.advance(0.3)
    assert not bench.windows
    assert bench.executor.reason is Reason.WAITING_FOR_CHUNK
    assert not bench.chunk()
    bench.verdict.says = True
    bench.advance(0.3)
    assert bench.executor.phase is Phase.RUNNING
    assert bench.executor.row_times[0] >= 100.3
    assert np.all(bench.windows[0].sample_many(np.linspace(100.0, 100.33, 20))[1] == 0.0)


def test_resume_does_not_take_from_an_arm_the_chunk_that_it_waits_for(bench: Bench) -> None:
    bench.run()
    assert bench.chunk()
    bench.executor.resume(bench.now, np.zeros(3))
    bench.verdict.says = True
    bench.advance(0.1)
    assert bench.executor.phase is Phase.RUNNING
    bench.executor.fault(bench.now, Reason.STOPPED, "stopped")


def running(bench: Bench) -> None:
    """Let a first chunk move the arm."""
    bench.run()
    assert bench.chunk()
    bench.verdict.says = True
    bench.advance(0.4)
    assert bench.executor.phase is Phase.RUNNING


def test_a_moving_arm_goes_on_as_it_was_until_the_next_chunk_was_found_free(bench: Bench) -> None:
    running(bench)
    before = bench.executor.reference
    assert bench.chunk(speed=-0.2)
    offered = bench.now
    assert bench.verdict.motion.start == pytest.approx(offered + 0.03 + 0.15)
    bench.advance(0.1)
    assert bench.executor.reference is before
    bench.verdict.says = True
    settled = bench.executor.settle(bench.now)
    assert settled is not None
    assert settled.delay == pytest.approx(0.1 + 0.15)
    after = bench.executor.reference
    assert before is not None
    assert after is not None
    times = np.linspace(bench.now, offered + 0.18, 20)
    assert_allclose(after.sample_many(times)[0], before.sample_many(times)[0], atol=1e-9)
    assert bench.executor.chunk is settled.chunk


def test_a_verdict_that_comes_after_the_motion_had_to_be_committed_commits_nothing(bench: Bench) -> None:
    running(bench)
    before = bench.executor.reference
    assert bench.chunk(speed=-0.2)
    bench.now += 0.16
    bench.verdict.says = True
    with pytest.raises(RefusedError) as refusal:
        bench.executor.settle(bench.now)
    assert refusal.value.reason is Reason.SCENE_LATE
    assert bench.executor.reference is before
    assert bench.executor.awaited is None


def test_a_chunk_that_comes_too_late_to_be_found_free_is_refused_at_once(bench: Bench) -> None:
    running(bench)
    bench.advance(bench.executor.remaining(bench.now) - 0.1)
    with pytest.raises(RefusedError) as refusal:
        bench.chunk()
    assert refusal.value.reason is Reason.SCENE_LATE
    assert len(bench.scene.verdicts) == 1


@pytest.mark.parametrize("change", ["fault", "slower", "closed"])
def test_a_chunk_that_waits_is_forgotten_once_anything_else_has_changed(bench: Bench, change: str) -> None:
    running(bench)
    assert bench.chunk(speed=-0.2)
    if change == "fault":
        bench.executor.fault(bench.now, Reason.STOPPED, "stopped")
    elif change == "slower":
        bench.executor.slow_down(0.5, bench.now)
    else:
        bench.executor.close(bench.now)
    bench.verdict.says = True
    assert bench.executor.settle(bench.now) is None
    assert bench.verdict.dropped
