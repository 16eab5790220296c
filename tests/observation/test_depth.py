from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steadyhand.observation.depth import grey
from steadyhand.observation.fitting import fitted
from steadyhand.observation.images import RawImage
from steadyhand.observation.pixels import unpack
from steadyhand.profiles.deployment import ImageBinding
from steadyhand.profiles.policy import DepthRange, ImageInput

SEEN = DepthRange(near=0.5, far=1.5)


@given(st.integers(1, 0xFFFF))
def test_a_distance_is_its_place_between_near_and_far(millimetres: int) -> None:
    exact = 255.0 * (millimetres / 1000.0 - 0.5)
    for values, metres in ((np.uint16(millimetres), 1e-3), (np.float32(millimetres / 1000.0), 1.0)):
        level = grey(np.full((2, 3), values), metres, SEEN)
        assert level.shape == (2, 3, 3) and np.ptp(level) == 0
        assert abs(float(level[0, 0, 0]) - np.clip(exact, 0.0, 255.0)) <= 0.501


def test_what_was_not_measured_is_zero_and_what_is_too_far_is_far() -> None:
    values = np.array([[np.nan, -np.inf, np.inf, 0.0, 1.0]], np.float32)
    assert grey(values, 1.0, SEEN)[0, :, 0].tolist() == [0, 0, 255, 0, 128]
    assert grey(np.array([[0, 65535]], np.uint16), 1e-3, DepthRange(far=1.0))[0, :, 0].tolist() == [0, 255]


@pytest.mark.parametrize("big_endian", [False, True])
@pytest.mark.parametrize(("encoding", "unit"), [("16UC1", 1000), ("32FC1", 1)])
def test_scaling_makes_no_distances_that_nobody_measured(encoding: str, unit: int, big_endian: bool) -> None:
    depth = np.where(np.indices((24, 32)).sum(axis=0) % 5, 0.75, 1.25) * unit
    values = depth.astype("u2" if unit > 1 else "f4").astype((">" if big_endian else "<") + ("u2", "f4")[unit == 1])
    raw = RawImage("/depth", encoding, values.tobytes(), 24, 32, values.strides[0], big_endian)
    wanted = ImageInput(width=10, height=7, depth=SEEN, resize="stretch")
    image = fitted(unpack(raw), ImageBinding(flip="both"), wanted)
    assert set(np.unique(image)) == {64, 191}
