from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.limits import Extrema
from steadyhand.execution.phase import Phase
from steadyhand.execution.reasons import Reason

from .bench import BRAKE, Bench


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
    assert np.all(Extrema(brake).acceleration <= BRAKE.acceleration * (1 + 1e-5))
    assert not bench.chunk(), "a fault is not forgotten by the next chunk"


def test_a_graver_reason_takes_over_and_a_lesser_one_does_not() -> None:
    bench = Bench()
    bench.begin()
    bench.executor.fault(bench.now, Reason.STOPPED, "stopped")
    bench.executor.fault(bench.now, Reason.OBSERVATION_STALE, "stale")
    assert bench.executor.reason is Reason.STOPPED
    bench.executor.fault(bench.now, Reason.CLOCK_JUMP, "jump")
    assert bench.executor.reason is Reason.CLOCK_JUMP
