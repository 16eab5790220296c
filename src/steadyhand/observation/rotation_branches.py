"""Several numbers stand for one rotation in some layouts; this chooses among them, so that values do not jump."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_TURN = 2.0 * np.pi
_VANISHING = 1e-12


def canonical_quaternions(quaternions: Array) -> Array:
    """Return quaternions x y z w, shape (H, 4), with w >= 0.

    Where w vanishes, as for every tool that points straight down, the first of x, y, z that does not is positive: the
    sign of rounding errors decides nothing.
    """
    ordered = np.roll(quaternions, 1, axis=-1)
    leading = np.argmax(np.abs(ordered) > _VANISHING, axis=-1)
    signs = np.sign(np.take_along_axis(ordered, leading[:, None], axis=-1))
    canonical = quaternions * np.where(signs == 0.0, 1.0, signs)
    canonical[:, 3] = np.maximum(canonical[:, 3], 0.0)
    return np.asarray(canonical)


def nearest(values: Array, near: Array, representation: str) -> Array:
    """Return the elements nearest to ``near`` among those that stand for the same rotation.

    A quaternion may change its sign, a rotation vector its length by whole turns along its axis, an angle its value by
    whole turns, and roll, pitch, yaw all three: (r, p, y) is (r + pi, pi - p, y + pi).

    Args:
        values: Elements of one rotation, shape (K,).
        near: Elements, shape (K,).
        representation: As in the policy profile.
    """
    if representation in ("quaternion_xyzw", "quaternion_wxyz"):
        return values if float(values @ near) >= 0.0 else -values
    if representation == "axis_angle":
        return _nearest_vector(values, near)
    if representation == "yaw":
        return _unwound(values, near)
    if representation == "rpy":
        roll, pitch, yaw = values
        one = _unwound(values, near)
        other = _unwound(np.array([roll + np.pi, np.pi - pitch, yaw + np.pi]), near)
        return one if np.linalg.norm(one - near) <= np.linalg.norm(other - near) else other
    return values


def _nearest_vector(vector: Array, near: Array) -> Array:
    angle = float(np.linalg.norm(vector))
    # Without a turn any axis will do, and only the wanted one can come near.
    axis = vector / angle if angle > _VANISHING else near / max(float(np.linalg.norm(near)), _VANISHING)
    turns = np.round((float(near @ axis) - angle) / _TURN)
    return vector if turns == 0.0 else np.asarray(vector + turns * _TURN * axis)


def _unwound(angles: Array, near: Array) -> Array:
    return np.asarray(angles + _TURN * np.round((near - angles) / _TURN))
