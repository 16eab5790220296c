from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from transforms3d.euler import euler2mat

from steadyhand.observation.rotation_branches import canonical_quaternions, nearest
from steadyhand.observation.rotations import decode_rotation, encode_rotation, encode_rotation_path

BRANCHED = ["quaternion_xyzw", "quaternion_wxyz", "axis_angle", "rpy"]
angles = st.lists(st.floats(-9.0, 9.0), min_size=3, max_size=3).map(np.array)


@settings(max_examples=30, deadline=None)
@given(angles, angles, st.sampled_from(BRANCHED))
def test_the_nearest_value_is_the_same_rotation_and_no_farther(
    rotation: np.ndarray, other: np.ndarray, name: str
) -> None:
    matrix = euler2mat(*rotation, axes="sxyz")
    values = encode_rotation(matrix, name)
    near = other if len(values) == 3 else encode_rotation(euler2mat(*other, axes="sxyz"), name)
    found = nearest(values, near, name)
    assert np.allclose(decode_rotation(found, name), matrix, atol=1e-6)
    assert np.linalg.norm(found - near) <= np.linalg.norm(values - near) + 1e-9
    if name == "axis_angle" and (angle := np.linalg.norm(values)) > 1e-3:
        turns = [values * (1.0 + 2.0 * np.pi * turn / angle) for turn in range(-4, 5)]
        assert np.linalg.norm(found - near) <= min(np.linalg.norm(turn - near) for turn in turns) + 1e-9


@settings(max_examples=30, deadline=None)
@given(st.floats(-3.0, 3.0), st.floats(0.5, 6.0), st.sampled_from(BRANCHED))
def test_a_turn_through_the_seam_is_written_without_a_jump(start: float, turn: float, name: str) -> None:
    # A tool that points down turns about the vertical, and tilts a little to either side of it.
    share = np.linspace(0.0, 1.0, 80)
    path = np.stack([euler2mat(np.pi + 0.05 * np.sin(9 * s), 0.02, start + turn * s, axes="sxyz") for s in share])
    values = encode_rotation_path(path, name)
    assert np.abs(np.diff(values, axis=0)).max() < 0.15
    assert np.allclose(decode_rotation(values, name), path, atol=1e-9)


def test_rounding_does_not_decide_the_sign_of_a_tool_that_points_down() -> None:
    for noise in (1e-16, -1e-16):
        down = np.array([[1.0, 0.0, 0.0, noise], [-1.0, 0.0, 0.0, noise], [0.0, -1.0, 0.0, noise]])
        assert np.allclose(canonical_quaternions(down)[:, :2], [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])


def test_a_rotation_vector_may_be_longer_than_half_a_turn() -> None:
    # LIBERO's states have rotation vectors of a tool that points down on both sides of pi.
    beyond = euler2mat(np.pi + 0.3, 0.0, 0.0, axes="sxyz")
    assert encode_rotation(beyond, "axis_angle") == pytest.approx([-(np.pi - 0.3), 0.0, 0.0])
    assert encode_rotation(beyond, "axis_angle", [3.0, 0.0, 0.0]) == pytest.approx([np.pi + 0.3, 0.0, 0.0])
