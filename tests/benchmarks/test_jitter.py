"""What the jitter benchmark makes of the rig's lines."""

import pytest

from steadyhand.benchmarks.exceptions import BenchmarkError
from steadyhand.benchmarks.jitter import evaluate

RUNNING, BRAKING = 3, 4


def lines(beats, chunks=(), state=RUNNING):
    """Reports at ``beats`` [ms]; those in ``chunks`` are for a new chunk. Each arrives 2 ms later."""
    text, newest = "", 0
    for at in sorted([*beats, *chunks]):
        newest += at in chunks
        text += f"{100 + 1e-3 * at:.6f} {100 + 1e-3 * at + 2e-3:.6f} {state} {newest}\n"
    return text


def test_a_steady_beat_has_no_deviation_whatever_chunks_come_between():
    result = evaluate(lines(range(0, 5000, 50), chunks=range(13, 5000, 100)), begun=0.0)
    assert result["deviation_ms"]["max"] == pytest.approx(0.0, abs=1e-3)
    assert result["interval_ms"]["p50"] == pytest.approx(50.0)
    assert result["gap_ms"]["max"] == pytest.approx(50.0)
    assert result["age_ms"]["p99"] == pytest.approx(2.0)
    assert (result["windows"], result["brakes"]) == (150, 0)


def test_a_late_tick_deviates_twice_and_leaves_a_gap():
    beats = [at + 20 if at == 1000 else at for at in range(0, 5000, 50)]
    result = evaluate(lines(beats), begun=0.0)
    assert result["deviation_ms"]["max"] == pytest.approx(20.0)
    assert result["gap_ms"]["max"] == pytest.approx(70.0)


def test_brakes_are_counted_and_their_pauses_are_no_intervals():
    text = lines(range(0, 2000, 50)) + lines(range(2000, 2600, 50), state=BRAKING) + lines(range(2600, 4000, 50))
    result = evaluate(text, begun=0.0)
    assert result["brakes"] == 1
    assert result["interval_ms"]["max"] == pytest.approx(50.0)


def test_what_came_before_the_measurement_is_left_out_and_too_little_is_said_so():
    with pytest.raises(BenchmarkError, match="only 10 windows"):
        evaluate(lines(range(0, 2000, 50)), begun=101.5)
