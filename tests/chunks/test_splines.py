from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from transforms3d.euler import euler2mat

from steadyhand.chunks.splines import rotation_spline, spline

TIMES = 5.0 + 0.1 * np.arange(8)


def test_a_spline_runs_through_its_rows_and_between_them() -> None:
    values = np.column_stack([np.sin(2 * TIMES), TIMES])
    assert_allclose(spline(TIMES, values, TIMES), values, atol=1e-12)
    between = TIMES[2:-3] + 0.03
    assert_allclose(spline(TIMES, values, between), np.column_stack([np.sin(2 * between), between]), atol=2e-4)


def test_rotations_turn_evenly_between_rows() -> None:
    rotations = np.stack([euler2mat(0.0, 0.0, 0.7 * t, axes="sxyz") for t in TIMES])
    assert_allclose(rotation_spline(TIMES, rotations, TIMES), rotations, atol=1e-9)
    between = TIMES[:-1] + 0.04
    expected = np.stack([euler2mat(0.0, 0.0, 0.7 * t, axes="sxyz") for t in between])
    assert_allclose(rotation_spline(TIMES, rotations, between), expected, atol=1e-9)


@pytest.mark.parametrize("at", [TIMES[0] - 1.0, TIMES[-1] + 1.0])
def test_beyond_its_ends_a_motion_rests(at: float) -> None:
    values = np.column_stack([TIMES**2])
    end = values[0] if at < TIMES[0] else values[-1]
    assert_allclose(spline(TIMES, values, np.array([at]))[0], end)


def test_a_single_row_is_everywhere() -> None:
    assert_allclose(spline(TIMES[:1], np.ones((1, 3)), TIMES), np.ones((8, 3)))
    assert_allclose(rotation_spline(TIMES[:1], np.eye(3)[None], TIMES), np.tile(np.eye(3), (8, 1, 1)))
