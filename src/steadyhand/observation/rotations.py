"""Rotations as policies write them: every layout, in both directions."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial.transform import Rotation

from steadyhand.observation.exceptions import RotationError
from steadyhand.observation.rotation_branches import canonical_quaternions, nearest
from steadyhand.profiles.rotations import ROTATION_ELEMENTS

Array = NDArray[np.float64]

_WEAK = 0.1
"""Vectors that should have length 1 and are shorter than this say no direction: they are mostly noise."""

_GIMBAL = 1e-9
"""Cosine of the pitch below which roll and yaw turn about the same axis."""


def encode_rotation(matrix: ArrayLike, representation: str, near: ArrayLike | None = None) -> Array:
    """Return the elements of rotations, in the order that the policy profile names them.

    Quaternions have qw >= 0, rotation vectors a length up to pi, angles lie within -pi to pi and the pitch within
    -pi/2 to pi/2, unless ``near`` is given. yaw is the heading of the tool's x axis about base z.

    Args:
        matrix: Rotations of the tool in the base frame, shape (..., 3, 3).
        representation: As in the policy profile.
        near: Elements, shape (K,): of all that stand for the same rotation, those nearest to these are returned.

    Returns:
        Elements, shape (..., K).

    Raises:
        ValueError: The representation is unknown.
    """
    matrices = np.array(matrix, dtype=np.float64)
    flat = matrices.reshape(-1, 3, 3)
    values = _encode(flat, representation)
    if near is not None:
        reference = np.asarray(near, dtype=np.float64)
        values = np.stack([nearest(row, reference, representation) for row in values])
    return values.reshape(*matrices.shape[:-2], values.shape[-1])


def encode_rotation_path(matrices: ArrayLike, representation: str, near: ArrayLike | None = None) -> Array:
    """Return the elements of successive rotations without jumps: each row is the one nearest to the row before.

    Args:
        matrices: Rotations of the tool in the base frame, in order, shape (H, 3, 3).
        representation: As in the policy profile.
        near: Elements that the first row is to be near to, shape (K,).

    Returns:
        Elements, shape (H, K).

    Raises:
        ValueError: The representation is unknown.
    """
    values = _encode(np.array(matrices, dtype=np.float64), representation)
    before = None if near is None else np.asarray(near, dtype=np.float64)
    for row in range(len(values)):
        if before is not None:
            values[row] = nearest(values[row], before, representation)
        before = values[row]
    return values


def decode_rotation(values: ArrayLike, representation: str) -> Array:
    """Return the rotation matrices of elements as a policy gives them.

    Quaternions and sines with cosines need not have length 1; six elements are made orthonormal by the Gram-Schmidt
    process of Zhou et al., "On the Continuity of Rotation Representations in Neural Networks" (2019), the first three
    leading.

    Args:
        values: Elements, shape (..., K).
        representation: As in the policy profile.

    Returns:
        Rotations of the tool in the base frame, shape (..., 3, 3).

    Raises:
        RotationError: There are not K elements, or a row is not finite or stands for no rotation; names the row.
        ValueError: The representation is unknown.
    """
    names = _elements(representation)
    # SciPy cannot read arrays that are read-only, as the rows of chunks are: a copy is not.
    elements = np.array(values, dtype=np.float64)
    if elements.shape[-1] != len(names):
        raise RotationError(f"{representation} has {len(names)} elements, {', '.join(names)}; got {elements.shape[-1]}")
    flat = elements.reshape(-1, len(names))
    _refuse(~np.isfinite(flat).all(axis=1), flat, representation, "is not finite")
    return _decode(flat, representation).reshape(*elements.shape[:-1], 3, 3)


def heading(matrix: Array) -> Array:
    """Return the heading of the tool's x axis about base z, of rotations (..., 3, 3), shape (...) [rad]."""
    return np.asarray(np.arctan2(matrix[..., 1, 0], matrix[..., 0, 0]))


def downward(yaw: ArrayLike) -> Array:
    """Return rotations Rz(yaw) Rx(pi) of a tool that points straight down, of yaws (...), shape (..., 3, 3)."""
    angle = np.asarray(yaw, dtype=np.float64)
    c, s, zero = np.cos(angle), np.sin(angle), np.zeros_like(angle)
    rows = (np.stack([c, s, zero], -1), np.stack([s, -c, zero], -1), np.stack([zero, zero, zero - 1.0], -1))
    return np.stack(rows, axis=-2)


def _elements(representation: str) -> tuple[str, ...]:
    if representation not in ROTATION_ELEMENTS:
        raise ValueError(f"rotation representation {representation!r} is none of {', '.join(ROTATION_ELEMENTS)}")
    return ROTATION_ELEMENTS[representation]


def _encode(matrices: Array, representation: str) -> Array:
    _elements(representation)
    if representation == "rot6d_rows":
        return np.array(matrices[:, :2, :].reshape(-1, 6))
    if representation == "rot6d_columns":
        return np.array(matrices[:, :, :2].transpose(0, 2, 1).reshape(-1, 6))
    if representation in ("yaw", "yaw_sin_cos"):
        yaw = heading(matrices)
        return yaw[:, None] if representation == "yaw" else np.stack([np.sin(yaw), np.cos(yaw)], axis=-1)
    if representation == "rpy":
        return _roll_pitch_yaw(matrices)
    quaternions = canonical_quaternions(np.asarray(Rotation.from_matrix(matrices).as_quat(), dtype=np.float64))
    if representation == "axis_angle":
        return np.asarray(Rotation.from_quat(quaternions).as_rotvec(), dtype=np.float64)
    return quaternions if representation == "quaternion_xyzw" else np.roll(quaternions, 1, axis=-1)


def _roll_pitch_yaw(matrices: Array) -> Array:
    """Return angles about fixed x, y, z in this order: R = Rz(yaw) Ry(pitch) Rx(roll); at the gimbal lock yaw is 0."""
    cosine = np.hypot(matrices[:, 0, 0], matrices[:, 1, 0])
    locked = cosine < _GIMBAL
    roll = np.arctan2(matrices[:, 2, 1], matrices[:, 2, 2])
    alone = np.arctan2(-matrices[:, 1, 2], matrices[:, 1, 1])
    pitch = np.arctan2(-matrices[:, 2, 0], cosine)
    return np.stack([np.where(locked, alone, roll), pitch, np.where(locked, 0.0, heading(matrices))], axis=-1)


def _decode(values: Array, representation: str) -> Array:
    if representation in ("rot6d_rows", "rot6d_columns"):
        axes = _orthonormal(values, representation)
        return axes if representation == "rot6d_rows" else axes.transpose(0, 2, 1)
    if representation == "yaw":
        return downward(values[:, 0])
    if representation == "axis_angle":
        return np.asarray(Rotation.from_rotvec(values).as_matrix(), dtype=np.float64)
    if representation == "rpy":
        return np.asarray(Rotation.from_euler("xyz", values).as_matrix(), dtype=np.float64)
    _refuse(np.linalg.norm(values, axis=1) < _WEAK, values, representation, "has no direction")
    if representation == "yaw_sin_cos":
        return downward(np.arctan2(values[:, 0], values[:, 1]))
    quaternions = values if representation == "quaternion_xyzw" else np.roll(values, -1, axis=-1)
    return np.asarray(Rotation.from_quat(quaternions).as_matrix(), dtype=np.float64)


def _orthonormal(values: Array, representation: str) -> Array:
    """Return three orthonormal vectors, shape (H, 3, 3), out of two by the Gram-Schmidt process."""
    first, second = values[:, :3], values[:, 3:]
    length = np.linalg.norm(first, axis=1, keepdims=True)
    _refuse((length < _WEAK)[:, 0], values, representation, "has a first vector without direction")
    one = first / length
    rest = second - np.sum(one * second, axis=1, keepdims=True) * one
    length = np.linalg.norm(rest, axis=1, keepdims=True)
    _refuse((length < _WEAK)[:, 0], values, representation, "has a second vector along the first")
    two = rest / length
    return np.stack([one, two, np.cross(one, two)], axis=1)


def _refuse(wrong: ArrayLike, values: Array, representation: str, why: str) -> None:
    if np.any(wrong):
        row = int(np.argmax(wrong))
        raise RotationError(
            f"{representation} {np.round(values[row], 4).tolist()} in row {row} {why}: "
            "see that the profile's representation and normalisation are those that the policy was trained with"
        )
