from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.interpolate import CubicSpline

from steadyhand.chunks.targets import JointTargets
from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.executor import Executor
from steadyhand.execution.handover import calm_moment, stitch_when_calm
from steadyhand.execution.phase import Phase
from steadyhand.execution.reasons import Reason
from steadyhand.execution.reference import Reference
from steadyhand.execution.settings import ExecutorSettings, executor_settings
from steadyhand.execution.splice import Splice
from steadyhand.execution.stitching import Stitched
from steadyhand.profiles.contract import Contract, load_deployment

from .bench import BRAKE, LIMITS, STEP, Bench

ROWS = 0.1 * np.arange(30)


def turning(seed: int, calm: tuple[float, float] | None = None) -> np.ndarray:
    """Positions at ROWS that turn all the time, or but for some of it, shape (30, 3)."""
    accelerations = (
        np.random.default_rng(seed).uniform(1.0, 3.0, (30, 3)) * np.where(np.arange(30) % 2, 1.0, -1.0)[:, None]
    )
    if calm is not None:
        accelerations[(calm[0] - 0.15 < ROWS) & (calm[1] + 0.15 > ROWS)] = 0.0
    velocities = 0.1 * np.cumsum(accelerations, axis=0)
    return 0.1 * np.cumsum(velocities - velocities.mean(axis=0), axis=0)


def followed(positions: np.ndarray) -> Reference:
    spline = CubicSpline(ROWS, positions)
    return Reference(ROWS, spline(ROWS), spline(ROWS, 1), spline(ROWS, 2))


def turned(positions: np.ndarray, time: float) -> float:
    """The most that a motion accelerates and jerks within 10 ms of a time, by SciPy's spline."""
    share = CubicSpline(ROWS, positions)(time + np.array([-0.01, 0.0, 0.01]), 2) / LIMITS.acceleration
    jerks = 0.13 * np.linalg.norm(np.diff(share, axis=0), axis=1) / 0.01
    return max(float(np.linalg.norm(share[1])), float(jerks.max()))


def test_an_arm_that_rests_is_handed_over_at_once() -> None:
    still = np.zeros((30, 3))
    assert calm_moment(followed(still), JointTargets(ROWS, still), 1.0, 1.5, LIMITS) == 1.0


@pytest.mark.parametrize(
    ("old", "new"), [((1.3, 1.4), (1.0, 2.0)), ((1.0, 2.0), (1.3, 1.4)), ((1.25, 1.5), (1.2, 1.45))]
)
def test_a_chunk_waits_until_both_motions_are_calm(old: tuple[float, float], new: tuple[float, float]) -> None:
    before, after = turning(1, old), turning(2, new)
    at = calm_moment(followed(before), JointTargets(ROWS, after), 1.0, 1.8, LIMITS)
    assert max(old[0], new[0]) - 0.1 <= at <= min(old[1], new[1]) + 0.1
    assert turned(before, at) + turned(after, at) < 0.5 * (turned(before, 1.0) + turned(after, 1.0))


@given(st.integers(0, 1000), st.floats(0.5, 2.0), st.floats(0.0, 0.5))
def test_no_moment_is_much_calmer_and_none_before_is_about_as_calm(seed: int, earliest: float, wait: float) -> None:
    before, after = turning(seed), turning(seed + 1)
    at = calm_moment(followed(before), JointTargets(ROWS, after), earliest, earliest + wait, LIMITS)
    assert earliest <= at <= earliest + wait + 1e-9
    moments = earliest + 0.01 * np.arange(int(wait / 0.01 + 1e-9) + 1)
    turns = np.array([max(turned(before, time), turned(after, time)) for time in moments])
    chosen = turns[np.argmin(np.abs(moments - at))]
    assert chosen <= 1.11 * turns.min()
    assert np.all(turns[moments < at - 1e-6] >= 1.09 * turns.min())


def test_a_chunk_that_will_be_followed_slowly_counts_as_much_less_as_it_turns() -> None:
    # What is commanded turns ever less, the chunk ever more.
    rising, falling = np.linspace(0.2, 3.0, 30), np.linspace(3.0, 0.2, 30)
    before, after = (np.cumsum(np.cumsum(a * 0.01))[:, None] * np.ones(3) for a in (falling, rising))
    moments = [
        calm_moment(followed(before), JointTargets(ROWS, after), 0.5, 2.5, LIMITS, speed) for speed in (1.0, 0.8, 0.6)
    ]
    assert moments[0] < moments[1] < moments[2]


def test_nothing_waits_beyond_the_rows_of_its_chunk() -> None:
    before, after = turning(1), turning(2)
    for end in (2, 11, 12):
        targets = JointTargets(ROWS[:end], after[:end])
        assert 1.0 <= calm_moment(followed(before), targets, 1.0, 2.0, LIMITS) <= max(1.0, ROWS[end - 1])


class Moody:
    """Refuses to stitch after a time."""

    def __init__(self, until: float) -> None:
        self.asked: list[float] = []
        self._until = until

    def stitch(self, reference: Reference, targets: JointTargets, handover: float, speed: float) -> Stitched:
        self.asked.append(handover)
        if handover > self._until:
            raise RefusedError(Reason.START_JUMP, f"at {handover}")
        return Stitched(reference, 0, speed, 0.0)

    def clear(self) -> None: ...


def test_what_is_refused_at_a_calm_moment_takes_over_as_soon_as_it_can() -> None:
    before, after = turning(1, (1.3, 1.4)), turning(2, (1.3, 1.4))
    for until, asked in ((2.0, 1), (1.1, 2)):
        moody = Moody(until)
        stitch_when_calm(moody, followed(before), JointTargets(ROWS, after), (1.0, 1.5), 1.0, LIMITS)
        assert len(moody.asked) == asked and moody.asked[0] > 1.2
    assert moody.asked[1] == 1.0
    moody = Moody(0.5)
    with pytest.raises(RefusedError, match=r"at 1\.0"):
        stitch_when_calm(moody, followed(before), JointTargets(ROWS, after), (1.0, 1.5), 1.0, LIMITS)
    moody.asked.clear()
    with pytest.raises(RefusedError):
        stitch_when_calm(moody, followed(before), JointTargets(ROWS, after), (1.0, 1.0), 1.0, LIMITS)
    assert moody.asked == [1.0]


def waiting(wait: float) -> Bench:
    settings = ExecutorSettings(LIMITS, BRAKE, max_unattended_motion=0.5, wait=wait)
    return Bench(Executor(settings, Splice(LIMITS, blend=0.2, start_jump=0.35, lag=0.5)))


def test_the_first_chunk_does_not_wait_and_others_do_no_longer_than_they_may() -> None:
    bench, at_once = waiting(0.1), waiting(0.0)
    handovers: dict[int, list[float]] = {}
    for key, one in enumerate((bench, at_once)):
        one.begin()
        for _ in range(8):
            assert one.chunk(speed=0.4 if one.sequence % 2 else -0.4)
            assert one.executor.stitched is not None
            handovers.setdefault(key, []).append(one.executor.stitched.reference.start - one.now)
            one.advance(0.3)
            assert one.executor.phase is Phase.RUNNING
    assert np.allclose(handovers[1], 0.03)
    waits = np.array(handovers[0]) - 0.03
    assert waits[0] == pytest.approx(0.0, abs=1e-9) and waits.max() > 0.01
    assert np.all(waits < 0.1 + 1e-9) and np.all(waits > -1e-9)
    # To wait is no delay that the next inference would have to begin earlier for.
    assert bench.executor.delay.value == pytest.approx(at_once.executor.delay.value)


def test_nothing_waits_longer_than_the_motion_lasts() -> None:
    bench = waiting(10.0)
    bench.begin()
    assert bench.chunk(rows=8)
    bench.advance(0.65)
    assert bench.executor.remaining(bench.now) < 0.3
    end = bench.now + bench.executor.remaining(bench.now)
    assert bench.chunk(speed=-0.4)
    assert bench.executor.stitched is not None and bench.executor.stitched.reference.start <= end + 1e-9
    bench.advance(20 * STEP)
    assert bench.executor.phase is Phase.RUNNING


def with_stitching(contract: Contract, **keys: object) -> Contract:
    stitching = contract.policy.stitching.model_copy(update=keys)
    return replace(contract, policy=contract.policy.model_copy(update={"stitching": stitching}))


def test_how_long_a_chunk_waits_is_the_profiles_or_half_of_the_time_until_the_next() -> None:
    contract = load_deployment("panda_embedded")
    assert executor_settings(contract).wait == 0.15
    assert executor_settings(with_stitching(contract, execute=2)).wait == pytest.approx(0.1)
    assert executor_settings(with_stitching(contract, wait=0.0)).wait == 0.0
    assert executor_settings(with_stitching(contract, wait=0.4)).wait == 0.4
    for method in ("prefix", "guided", "ensemble"):
        assert executor_settings(with_stitching(contract, method=method)).wait == 0.0
