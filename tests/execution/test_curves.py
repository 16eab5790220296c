from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from steadyhand.execution import curves
from steadyhand.execution.exceptions import CurvesLibraryError


@pytest.fixture
def anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An environment in which no library is installed, to be looked for once more."""
    curves._library.cache_clear()
    monkeypatch.setattr(curves, "LIBRARY", "libelsewhere.so")
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.setenv("AMENT_PREFIX_PATH", str(tmp_path / "install"))
    yield tmp_path
    curves._library.cache_clear()


def test_a_library_that_is_not_installed_is_named_with_the_remedy(anew: Path) -> None:
    with pytest.raises(CurvesLibraryError, match=r"libelsewhere\.so.*C compiler.*make setup"):
        curves.Spline(np.array([0.0, 1.0]), np.zeros((2, 1)))


@pytest.mark.parametrize("place", ["lib/steadyhand", "install/lib/steadyhand"])
def test_a_library_that_cannot_be_loaded_is_named(anew: Path, place: str) -> None:
    broken = anew / place / "libelsewhere.so"
    broken.parent.mkdir(parents=True)
    broken.write_text("nothing that a loader could read")
    with pytest.raises(CurvesLibraryError, match=f"{broken} cannot be loaded"):
        curves.Spline(np.array([0.0, 1.0]), np.zeros((2, 1)))


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
