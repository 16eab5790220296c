"""What is kept of an episode."""

import json

import numpy as np

from steadyhand.evaluation.episode_record import EpisodeRecord, Samples, Timeline


def test_samples_are_kept_in_order_of_time_and_repeats_are_dropped():
    samples = Samples(2)
    samples.append(1.0, [1, 2])
    samples.append(1.0, [3, 4])
    samples.append(0.5, [5, 6])
    samples.append(2.0, [7, 8])
    np.testing.assert_array_equal(samples.times, [1.0, 2.0])
    np.testing.assert_array_equal(samples.values, [[1, 2], [7, 8]])


def test_no_samples_have_the_shape_of_none():
    assert Samples(7).values.shape == (0, 7)
    assert Samples(7).times.shape == (0,)


def test_a_timeline_begins_and_ends_intervals_where_the_name_changes():
    timeline = Timeline()
    for time, name in ((0, "starting"), (1, "starting"), (2, "running"), (3, ""), (4, "braking")):
        timeline.note(time, name)
    timeline.close(5)
    found = [(interval.start, interval.end, interval.name) for interval in timeline.intervals]
    assert found == [(0, 2, "starting"), (2, 3, "running"), (4, 5, "braking")]


def test_the_span_is_that_of_the_phases():
    record = EpisodeRecord(("a",), ())
    assert record.span == (0.0, 0.0)
    record.measured.append(1.0, [0])
    record.measured.append(9.0, [0])
    assert record.span == (1.0, 9.0)
    record.phases.note(2.0, "running")
    record.close(7.0)
    assert record.span == (2.0, 7.0)


def test_the_tracking_error_is_the_largest_distance_to_the_reference():
    record = EpisodeRecord(("a", "b"), ("front",))
    for time in np.arange(0.0, 1.01, 0.1):
        record.reference.append(time, [time, 0.0])
        record.measured.append(time + 0.01, [time - 0.02, 0.01])
    record.holds.note(0.5, "UNDERRUN")
    summary = record.summary()
    # 0.02 late, and 0.01 of time during which the reference went on.
    assert summary["tracking_error_max"] == 0.03
    assert summary["images"] == {"front": 0}
    assert summary["hold_codes"] == ["UNDERRUN"]
    json.dumps(summary)
