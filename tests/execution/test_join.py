from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.interpolate import BPoly, CubicSpline

from steadyhand.execution.join import join
from steadyhand.execution.row_spline import RowSpline

_ROWS = 0.1 * np.arange(12)


def chunk(seed: int) -> tuple[CubicSpline, list[np.ndarray]]:
    random = np.random.default_rng(seed)
    rows = np.cumsum(random.normal(0.0, 0.03, (12, 2)), axis=0)
    begun = RowSpline(_ROWS, rows).at(_ROWS[:1])[1][0]
    spline = CubicSpline(_ROWS, rows, bc_type=((1, begun), (2, np.zeros(2))))
    scales = (0.02, 0.2, 1.0, 10.0)
    return spline, [spline(0.13, k) + random.normal(0.0, scale, 2) for k, scale in enumerate(scales)]


def ours(spline: CubicSpline) -> RowSpline:
    """Ours of the same rows; SciPy's says what is right."""
    return RowSpline(_ROWS, spline(_ROWS))


@given(st.integers(0, 1000), st.floats(0.1, 0.9), st.sampled_from([3, 4]))
def test_a_join_begins_as_commanded_and_is_the_chunk_from_its_end_on(seed: int, duration: float, given_: int) -> None:
    # A row next to the end of the join gets no knot of its own.
    assume(np.abs(_ROWS - 0.13 - duration).min() > 3e-3)
    spline, starts = chunk(seed)
    joined = join(starts[:given_], ours(spline), 0.13, 0.13 + duration)
    begun = joined.sample(0.13)
    for found, wanted in zip((begun.position, begun.velocity, begun.acceleration), starts, strict=False):
        assert_allclose(found, wanted, atol=1e-9)
    times = np.linspace(0.13 + duration, _ROWS[-1], 50)
    for k, values in enumerate(joined.sample_many(times[:-1])):
        assert_allclose(values, spline(times[:-1], k), atol=1e-6)


@pytest.mark.parametrize("count", [3, 4])
def test_the_offset_is_hermites_polynomial(count: int) -> None:
    spline, starts = chunk(3)
    joined = join(starts[:count], ours(spline), 0.13, 0.53)
    differences = [start - spline(0.13, k) for k, start in enumerate(starts[:count])]
    times = np.linspace(0.13, 0.53, 200)
    for joint in range(2):
        given_ = [[difference[joint] for difference in differences], [0.0] * count]
        hermite = BPoly.from_derivatives([0.13, 0.53], given_)
        scale = np.abs(hermite(times)).max()
        assert_allclose(
            joined.sample_many(times)[0][:, joint], hermite(times) + spline(times)[:, joint], atol=1e-3 * scale
        )


def test_every_row_within_a_join_is_felt() -> None:
    spline, starts = chunk(5)
    wild = np.array(spline(_ROWS))
    wild[5] += 0.2
    calm, felt = (
        join(starts, RowSpline(_ROWS, rows), 0.13, 0.8).sample(_ROWS[5]).position for rows in (spline(_ROWS), wild)
    )
    assert np.all(felt - calm > 0.1)
