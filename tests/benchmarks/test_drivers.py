"""What the drivers benchmark makes of the lines that both ends write."""

import math

import pytest

from steadyhand.benchmarks.drivers import ACCELERATION, evaluate
from steadyhand.benchmarks.exceptions import BenchmarkError

BEGUN = 1.7e9
LATE = 3e-3


def sent(times):
    return f"{BEGUN:.9f}\n" + "".join(f"{BEGUN + t - 0.1:.6f} {500 + t:.9f}\n" for t in times)


def line(controller, time, value, late=LATE):
    return f"{controller} {BEGUN + time + late:.9f} {500 + time + late:.9f} {value:.9f}\n"


TIMES = [0.05 * k for k in range(100)]


def test_a_window_is_known_by_its_start_and_one_that_was_overtaken_is_counted():
    arrived = "".join(line("action", t, BEGUN + t - 0.1) for t in TIMES if round(t, 2) != 3.0)
    result = evaluate("follow_joint_trajectory", sent(TIMES), arrived, 0.01)
    assert result["latency_ms"]["p50"] == pytest.approx(3.0, abs=0.01)
    assert result["windows"] - result["arrived"] == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("servo", lambda t: BEGUN + t),
        ("forward_velocity", lambda t: ACCELERATION * t),
        ("forward_position", lambda t: 0.5 * ACCELERATION * t**2),
    ],
)
def test_a_command_tells_the_time_that_it_is_for(name, value):
    beats = [0.01 * k for k in range(500)]
    beats[300:] = [t + 0.02 for t in beats[300:]]
    result = evaluate(name, sent(TIMES), "".join(line("taken", t, value(t)) for t in beats), 0.01)
    assert result["age_ms"]["p99"] == pytest.approx(3.0, abs=0.1)
    assert result["late_ms"]["p50"] == pytest.approx(0.0, abs=1e-3)
    assert result["late_ms"]["p99"] < 1.0 and result["commands"] > 380


def test_the_skew_of_two_arms_is_that_of_windows_with_the_same_stamp():
    arrived = "".join(
        line(arm, t, BEGUN + t - 0.1, late)
        for t in TIMES
        for arm, late in (("follower_left/arm_controller", 2e-3), ("follower_right/arm_controller", 2.5e-3))
    )
    result = evaluate("two arms", sent(TIMES), arrived, 0.01)
    assert result["skew_ms"]["p99"] == pytest.approx(0.5, abs=0.01)
    assert result["stamp_skew_ms"] == 0.0
    apart = "".join(
        line(arm, t, BEGUN + t - 0.1 + shift)
        for t in TIMES
        for arm, shift in (("follower_left/arm_controller", 0.0), ("follower_right/arm_controller", 1e-3))
    )
    with pytest.raises(BenchmarkError, match="same stamp"):
        evaluate("two arms", sent(TIMES), apart, 0.01)


def test_nothing_that_arrives_is_an_error_and_no_figure():
    with pytest.raises(BenchmarkError, match="no command"):
        evaluate("servo", sent(TIMES), line("servo", math.nextafter(0.5, 1.0), BEGUN), 0.01)
