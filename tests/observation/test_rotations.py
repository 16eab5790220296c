from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from transforms3d.axangles import axangle2mat, mat2axangle
from transforms3d.euler import euler2mat, mat2euler
from transforms3d.quaternions import mat2quat, quat2mat

from steadyhand.observation.exceptions import RotationError
from steadyhand.observation.rotations import (
    decode_rotation,
    downward,
    encode_rotation,
    encode_rotation_path,
    heading,
)
from steadyhand.profiles.rotations import ROTATION_ELEMENTS

quaternions = st.lists(st.floats(-1.0, 1.0), min_size=4, max_size=4).filter(lambda q: np.linalg.norm(q) > 0.1)


@settings(deadline=None)
@given(quaternions)
def test_every_representation_agrees_with_transforms3d(quaternion: list[float]) -> None:
    matrix = quat2mat(np.array(quaternion) / np.linalg.norm(quaternion))
    wxyz = mat2quat(matrix)
    encoded = encode_rotation(matrix, "quaternion_wxyz")
    assert min(np.abs(encoded - wxyz).max(), np.abs(encoded + wxyz).max()) < 1e-6
    assert encoded[0] >= -1e-12
    assert np.allclose(encode_rotation(matrix, "quaternion_xyzw"), np.roll(encoded, -1))
    assert np.allclose(encode_rotation(matrix, "rot6d_rows"), [*matrix[0], *matrix[1]])
    assert np.allclose(encode_rotation(matrix, "rot6d_columns"), [*matrix[:, 0], *matrix[:, 1]])
    roll, pitch, yaw = mat2euler(matrix, axes="sxyz")
    if abs(pitch) < 1.5:
        assert np.allclose(
            np.exp(1j * encode_rotation(matrix, "rpy")), np.exp(1j * np.array([roll, pitch, yaw])), atol=1e-6
        )
    vector = encode_rotation(matrix, "axis_angle")
    axis, angle = mat2axangle(matrix)
    if 0.01 < angle < 3.1:
        assert np.allclose(vector, axis * angle, atol=1e-5)


@settings(deadline=None)
@given(st.floats(-3.1, 3.1))
def test_yaw_is_the_heading_of_the_tools_x_axis(yaw: float) -> None:
    c, s = np.cos(yaw), np.sin(yaw)
    downward = np.array([[c, s, 0.0], [s, -c, 0.0], [0.0, 0.0, -1.0]])
    assert encode_rotation(downward, "yaw") == pytest.approx([yaw])
    assert encode_rotation(downward, "yaw_sin_cos") == pytest.approx([s, c])


@pytest.mark.parametrize("name", sorted(ROTATION_ELEMENTS))
def test_every_representation_of_the_profiles_has_its_elements(name: str) -> None:
    assert encode_rotation(np.eye(3), name).shape == (len(ROTATION_ELEMENTS[name]),)


def test_another_representation_is_an_error() -> None:
    with pytest.raises(ValueError, match="mrp"):
        encode_rotation(np.eye(3), "mrp")


WHOLE = sorted(set(ROTATION_ELEMENTS) - {"yaw", "yaw_sin_cos"})
vectors = st.lists(st.floats(-5.0, 5.0), min_size=3, max_size=3).map(np.array)


@settings(max_examples=40, deadline=None)
@given(vectors)
def test_decoding_agrees_with_transforms3d(values: np.ndarray) -> None:
    assert np.allclose(decode_rotation(values, "rpy"), euler2mat(*values, axes="sxyz"), atol=1e-12)
    angle = float(np.linalg.norm(values))
    expected = axangle2mat(values, angle) if angle > 1e-9 else np.eye(3)
    assert np.allclose(decode_rotation(values, "axis_angle"), expected, atol=1e-8)


@settings(max_examples=40, deadline=None)
@given(quaternions, st.floats(0.2, 3.0))
def test_quaternions_of_any_length_and_sign_are_the_same_rotation(quaternion: list[float], length: float) -> None:
    wxyz = np.array(quaternion) / np.linalg.norm(quaternion)
    for values in (length * wxyz, -length * wxyz):
        assert np.allclose(decode_rotation(values, "quaternion_wxyz"), quat2mat(wxyz), atol=1e-12)
        assert np.allclose(decode_rotation(np.roll(values, -1), "quaternion_xyzw"), quat2mat(wxyz), atol=1e-12)


@settings(max_examples=40, deadline=None)
@given(st.lists(quaternions, min_size=1, max_size=5), st.sampled_from(WHOLE))
def test_what_is_encoded_decodes_to_itself(rotations: list[list[float]], name: str) -> None:
    matrices = np.stack([quat2mat(np.array(q) / np.linalg.norm(q)) for q in rotations])
    assert np.allclose(decode_rotation(encode_rotation(matrices, name), name), matrices, atol=1e-6)
    assert np.allclose(decode_rotation(encode_rotation_path(matrices, name), name), matrices, atol=1e-6)
    assert np.allclose(encode_rotation(matrices, name)[0], encode_rotation(matrices[0], name))


@settings(max_examples=40, deadline=None)
@given(st.floats(-3.1, 3.1), st.sampled_from(["yaw", "yaw_sin_cos"]))
def test_yaws_decode_to_a_tool_that_points_down(yaw: float, name: str) -> None:
    matrix = decode_rotation(encode_rotation(downward(yaw), name), name)
    assert np.allclose(matrix, euler2mat(np.pi, 0.0, yaw, axes="sxyz"), atol=1e-12)
    assert heading(matrix) == pytest.approx(yaw)


@settings(max_examples=40, deadline=None)
@given(quaternions, st.lists(st.floats(-0.2, 0.2), min_size=6, max_size=6))
def test_six_elements_are_made_orthonormal_the_first_three_leading(quaternion: list[float], noise: list[float]) -> None:
    matrix = quat2mat(np.array(quaternion) / np.linalg.norm(quaternion))
    pair = np.stack([matrix[:, 0], matrix[:, 1]], axis=1) + np.array(noise).reshape(3, 2)
    # A QR decomposition with a positive diagonal is the Gram-Schmidt process.
    orthogonal, upper = np.linalg.qr(pair)
    axes = orthogonal * np.sign(np.diag(upper))
    expected = np.column_stack([axes, np.cross(axes[:, 0], axes[:, 1])])
    six = pair.T.reshape(6)
    assert np.allclose(decode_rotation(six, "rot6d_columns"), expected, atol=1e-9)
    assert np.allclose(decode_rotation(six, "rot6d_rows"), expected.T, atol=1e-9)


def test_rows_for_columns_is_the_inverse_rotation() -> None:
    matrix = euler2mat(0.3, -0.4, 1.2, axes="sxyz")
    assert np.allclose(decode_rotation(encode_rotation(matrix, "rot6d_rows"), "rot6d_columns"), matrix.T)


@pytest.mark.parametrize(
    ("name", "values", "complaint"),
    [
        ("quaternion_xyzw", [0.0, 0.0, 0.0, 0.01], "no direction"),
        ("yaw_sin_cos", [0.0, 0.0], "no direction"),
        ("rot6d_rows", [0.0] * 6, "first vector"),
        ("rot6d_columns", [1.0, 0.0, 0.0, -2.0, 0.0, 0.0], "along the first"),
        ("rpy", [0.0, np.nan, 0.0], "not finite"),
    ],
)
def test_what_stands_for_no_rotation_is_refused_with_its_row(name: str, values: list[float], complaint: str) -> None:
    rows = np.vstack([encode_rotation(np.eye(3), name), values])
    with pytest.raises(RotationError, match=f"{name}.*row 1.*{complaint}"):
        decode_rotation(rows, name)


def test_another_number_of_elements_is_refused() -> None:
    with pytest.raises(RotationError, match="has 4 elements, qx, qy, qz, qw; got 3"):
        decode_rotation(np.zeros(3), "quaternion_xyzw")


@pytest.mark.parametrize("name", sorted(ROTATION_ELEMENTS))
def test_arrays_that_are_read_only_are_read(name: str) -> None:
    values = encode_rotation_path(np.repeat(downward(0.3)[None], 2, axis=0), name)
    values.setflags(write=False)
    matrices = decode_rotation(values, name)
    matrices.setflags(write=False)
    assert np.allclose(encode_rotation(matrices, name), values, atol=1e-9)


def test_roll_and_yaw_at_the_gimbal_lock_are_one_angle() -> None:
    for pitch in (np.pi / 2, -np.pi / 2):
        matrix = euler2mat(0.4, pitch, 0.9, axes="sxyz")
        assert np.allclose(decode_rotation(encode_rotation(matrix, "rpy"), "rpy"), matrix, atol=1e-8)
