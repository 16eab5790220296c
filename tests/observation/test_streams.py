from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steadyhand.observation.streams import Sample, Stream

stamps = st.lists(st.floats(0.0, 0.9, allow_nan=False), max_size=40)


def filled(values: list[float], capacity: int = 100) -> Stream[float]:
    stream: Stream[float] = Stream("s", capacity)
    for stamp in values:
        stream.push(stamp, stamp)
    return stream


def test_an_empty_stream_has_nothing() -> None:
    stream = filled([])
    assert (len(stream), stream.newest, stream.oldest, stream.at_or_before(1.0), stream.after(0.0)) == (0,) + (
        None,
    ) * 4


@given(stamps, st.floats(-1.0, 2.0))
def test_the_neighbours_of_a_time_are_those_of_the_sorted_samples(values: list[float], time: float) -> None:
    stream = filled(values)
    before = [stamp for stamp in values if stamp <= time]
    after = [stamp for stamp in values if stamp > time]
    assert stream.at_or_before(time) == (Sample(max(before), max(before)) if before else None)
    assert stream.after(time) == (Sample(min(after), min(after)) if after else None)


@given(stamps, st.integers(1, 5))
def test_only_the_newest_are_kept(values: list[float], capacity: int) -> None:
    stream = filled(values, capacity)
    assert len(stream) <= capacity
    if values:
        assert stream.newest is not None and stream.newest.stamp == max(values)


def test_an_equal_stamp_replaces() -> None:
    stream: Stream[str] = Stream("s", 4)
    stream.push(1.0, "old")
    stream.push(1.0, "new")
    assert (len(stream), stream.newest) == (1, Sample(1.0, "new"))


def test_a_late_sample_is_put_in_its_place() -> None:
    stream = filled([1.0, 1.2, 1.1])
    assert stream.newest is not None and stream.newest.stamp == 1.2
    assert stream.at_or_before(1.15) == Sample(1.1, 1.1)


def test_a_clock_that_was_set_back_clears() -> None:
    stream = filled([100.0, 101.0, 5.0])
    assert (len(stream), stream.newest) == (1, Sample(5.0, 5.0))


def test_no_capacity_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="capacity 0"):
        Stream("s", 0)
