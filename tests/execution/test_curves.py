from __future__ import annotations

import numpy as np
import pytest

from steadyhand.execution import curves


@pytest.mark.parametrize(("times", "positions"), [((1,), (1, 3)), ((3,), (2, 3)), ((2,), (2,))])
def test_rows_of_other_shapes_make_no_spline(times: tuple[int, ...], positions: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="make no spline"):
        curves.Spline(np.arange(times[0], dtype=np.float64), np.zeros(positions))


def test_arrays_in_another_order_of_memory_mean_the_same() -> None:
    random = np.random.default_rng(0)
    times, parts = np.cumsum(random.uniform(0.1, 0.3, 5)), random.normal(size=(3, 5, 2))
    at = np.linspace(times[0], times[-1], 20)
    straight = curves.sample(curves.Knots(times, *parts), at)
    turned = curves.sample(curves.Knots(times, *(np.asfortranarray(part) for part in parts)), at[::-1])
    assert np.array_equal(straight, turned[:, ::-1])
    rows = curves.sample_spline(curves.Spline(times, np.asfortranarray(parts[0])), at)
    assert np.array_equal(rows, curves.sample_spline(curves.Spline(times, parts[0]), at))
