from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from steadyhand.execution.delay import DelayEstimate


@given(st.lists(st.floats(0.0, 2.0), min_size=1, max_size=50))
def test_the_estimate_is_the_largest_of_the_window(delays: list[float]) -> None:
    estimate = DelayEstimate(window=10)
    for delay in delays:
        estimate.add(delay)
    assert estimate.value == max(delays[-10:])


def test_no_delay_before_the_first_chunk() -> None:
    estimate = DelayEstimate()
    assert estimate.value == 0.0
    estimate.add(0.3)
    estimate.clear()
    assert estimate.value == 0.0
