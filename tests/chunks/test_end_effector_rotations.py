from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.spatial.transform import Rotation
from transforms3d.euler import euler2mat

from steadyhand.chunks.end_effector_rotations import EndEffectorRotations
from steadyhand.chunks.exceptions import MeaningError
from steadyhand.profiles.action import EndEffectorRotationAction

from .poses import MEANINGS, WHOLE, YAWS, paths, poses


def term(meaning: str, frame: str, representation: str) -> EndEffectorRotations:
    keys = {"meaning": meaning, "frame": frame, "representation": representation}
    return EndEffectorRotations(EndEffectorRotationAction.model_validate({"kind": "end_effector_rotation"} | keys))


@settings(max_examples=80, deadline=None)
@given(paths, poses, st.sampled_from(MEANINGS), st.sampled_from(WHOLE))
def test_rotations_come_back_from_every_meaning_and_representation(
    path: np.ndarray, observed: np.ndarray, meaning: tuple[str, str], representation: str
) -> None:
    rotations = term(*meaning, representation)
    values = rotations.encode(path[:, :3, :3], observed[:3, :3])
    assert_allclose(rotations.decode(values, observed[:3, :3]), path[:, :3, :3], atol=1e-6)


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.floats(-3.0, 3.0), min_size=1, max_size=5),
    st.floats(-3.0, 3.0),
    st.sampled_from(["absolute", "delta_to_observation", "delta_per_step"]),
    st.sampled_from(YAWS),
)
def test_yaws_come_back_from_every_meaning(yaws: list[float], observed: float, meaning: str, name: str) -> None:
    down = np.stack([euler2mat(np.pi, 0.0, yaw, axes="sxyz") for yaw in (observed, *yaws)])
    rotations = term(meaning, "base", name)
    assert_allclose(rotations.decode(rotations.encode(down[1:], down[0]), down[0]), down[1:], atol=1e-9)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(st.floats(-1.0, 1.0), min_size=3, max_size=3), min_size=2, max_size=4), poses)
def test_base_axes_multiply_from_the_left_and_tool_axes_from_the_right(
    vectors: list[list[float]], pose: np.ndarray
) -> None:
    values, start = np.array(vectors), Rotation.from_matrix(pose[:3, :3])
    changes = [Rotation.from_rotvec(vector) for vector in vectors]
    expected = {
        ("absolute", "base"): changes,
        ("delta_to_observation", "base"): [change * start for change in changes],
        ("delta_to_observation", "tool"): [start * change for change in changes],
        ("relative", "tool"): [start * change for change in changes],
    }
    left, right = [start], [start]
    for change in changes:
        left.append(change * left[-1])
        right.append(right[-1] * change)
    expected[("delta_per_step", "base")], expected[("delta_per_step", "tool")] = left[1:], right[1:]
    for meaning, wanted in expected.items():
        found = term(*meaning, "axis_angle").decode(values, pose[:3, :3])
        assert_allclose(found, [rotation.as_matrix() for rotation in wanted], atol=1e-9)


def test_a_small_turn_in_base_axes_is_a_spatial_angular_velocity() -> None:
    """robosuite's OSC_POSE: the rotation vector, seen from the base, times the present orientation."""
    now = euler2mat(3.0, 0.2, -0.7, axes="sxyz")
    after = term("delta_per_step", "base", "axis_angle").decode(np.array([[0.0, 0.0, 1e-4]]), now)[0]
    assert_allclose((after - now) / 1e-4, np.cross([0.0, 0.0, 1.0], now.T).T, atol=1e-4)


def test_the_tilt_of_a_tool_is_not_kept_by_a_yaw() -> None:
    tilted = euler2mat(np.pi - 0.1, 0.05, 0.4, axes="sxyz")
    found = term("delta_to_observation", "base", "yaw").decode(np.array([[0.2]]), tilted)[0]
    assert_allclose(found, euler2mat(np.pi, 0.0, np.arctan2(tilted[1, 0], tilted[0, 0]) + 0.2, axes="sxyz"), atol=1e-12)


@settings(max_examples=30, deadline=None)
@given(paths, poses, poses, st.sampled_from(["relative", "delta_to_observation", "delta_per_step"]))
def test_values_in_tool_axes_do_not_know_the_base_frame(
    path: np.ndarray, observed: np.ndarray, base: np.ndarray, meaning: str
) -> None:
    rotations, moved = term(meaning, "tool", "rot6d_rows"), base[:3, :3]
    seen = rotations.encode(moved @ path[:, :3, :3], moved @ observed[:3, :3])
    assert_allclose(seen, rotations.encode(path[:, :3, :3], observed[:3, :3]), atol=1e-9)


@pytest.mark.parametrize("name", ["quaternion_xyzw", "quaternion_wxyz"])
def test_written_quaternions_keep_to_one_hemisphere(name: str) -> None:
    path = np.stack([euler2mat(np.pi + turn, 0.0, 0.0, axes="sxyz") for turn in np.linspace(-0.5, 0.5, 21)])
    values = term("absolute", "base", name).encode(path, path[0])
    assert np.abs(np.diff(values, axis=0)).max() < 0.05


@pytest.mark.parametrize(
    ("meaning", "frame", "representation"),
    [
        ("absolute", "tool", "rpy"),
        ("relative", "base", "rpy"),
        ("delta_per_step", "tool", "yaw"),
        ("relative", "tool", "yaw"),
    ],
)
def test_terms_that_contradict_themselves_are_refused(meaning: str, frame: str, representation: str) -> None:
    with pytest.raises(MeaningError, match="no meaning"):
        term(meaning, frame, representation)


def test_a_row_that_stands_for_no_rotation_is_named() -> None:
    with pytest.raises(MeaningError, match="row 1"):
        term("absolute", "base", "rot6d_rows").decode(np.vstack([np.eye(3)[:2].reshape(6), np.zeros(6)]), np.eye(3))
