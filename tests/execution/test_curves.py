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


def calmest(knots: curves.Knots, spline: curves.Spline, joints: int) -> int:
    numbers = {"step": 0.1, "turn": 0.1, "speed": 1.0, "worth": 1.1}
    return curves.calmest(knots, spline, 4, 0.5, limits=np.ones(joints), **numbers)


def test_motions_of_other_joints_are_not_compared() -> None:
    knots = curves.Knots(np.arange(3.0), *np.zeros((3, 3, 2)))
    with pytest.raises(ValueError, match="of 2 and 3 joints"):
        calmest(knots, curves.Spline(np.arange(3.0), np.zeros((3, 3))), 2)
    with pytest.raises(ValueError, match="limits"):
        calmest(knots, curves.Spline(np.arange(3.0), np.zeros((3, 2))), 3)


def test_what_is_not_a_number_is_never_calm() -> None:
    rising = np.arange(12.0)[:, None] ** 3 * np.ones(2)
    knots = curves.Knots(0.1 * np.arange(12.0), rising, rising, rising)
    assert calmest(knots, curves.Spline(0.1 * np.arange(12.0), np.full((12, 2), np.nan)), 2) == 0
