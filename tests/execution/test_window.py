from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from steadyhand.execution.brake import stop
from steadyhand.execution.limits import Extrema
from steadyhand.execution.reference import Reference
from steadyhand.execution.window import window

from .conftest import joint_limits
from .test_brake import wave

_BRAKE = joint_limits(3, velocity=1.0, acceleration=5.0, jerk=300.0)
_LONGEST = 0.5


def resting_wave(amplitude: float) -> Reference:
    path = wave(amplitude)
    return path.followed_by(stop(path.end, path.final, _BRAKE))


@settings(max_examples=50, deadline=None)
@given(st.floats(0.2, 3.0), st.floats(0.05, 0.45))
def test_a_window_ends_at_rest_within_the_longest_unattended_motion(now: float, amplitude: float) -> None:
    handed, leaves = window(resting_wave(amplitude), now, _BRAKE, _LONGEST)
    assert handed.ends_at_rest
    assert handed.end <= now + _LONGEST + 1e-6
    assert handed.start <= now
    assert leaves > now + 0.05
    assert np.all(Extrema(handed).acceleration <= _BRAKE.acceleration * (1 + 1e-5))


@settings(max_examples=50, deadline=None)
@given(st.floats(0.2, 2.4), st.floats(0.05, 0.45))
def test_a_window_is_the_reference_until_its_tail(now: float, amplitude: float) -> None:
    reference = resting_wave(amplitude)
    handed, leaves = window(reference, now, _BRAKE, _LONGEST)
    times = np.linspace(handed.start, min(leaves, handed.end), 25)
    for ours, theirs in zip(handed.sample_many(times), reference.sample_many(times), strict=True):
        assert_allclose(ours, theirs, atol=1e-5)


def test_the_end_of_a_reference_is_handed_over_whole() -> None:
    reference = resting_wave(0.1)
    handed, leaves = window(reference, reference.end - 0.2, _BRAKE, _LONGEST)
    assert handed.end == reference.end
    assert leaves == np.inf
