"""Splines through the rows of a motion."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline
from scipy.spatial.transform import Rotation, RotationSpline

Array = NDArray[np.float64]


def spline(times: Array, values: Array, at: Array) -> Array:
    """Return the natural C2 cubic spline through rows, the last and first row beyond their ends.

    Args:
        times: Of the rows, increasing [s], shape (H,).
        values: Rows, shape (H, K).
        at: Where it is wanted [s], shape (N,).

    Returns:
        Shape (N, K).
    """
    if len(times) == 1:
        return np.repeat(values, len(at), axis=0)
    return np.asarray(CubicSpline(times, values, bc_type="natural")(np.clip(at, times[0], times[-1])))


def rotation_spline(times: Array, rotations: Array, at: Array) -> Array:
    """Return the C2 spline of rotations through rows, the first and last row beyond their ends.

    The cubic spline of rotation vectors between rows with continuous angular velocity and acceleration (SciPy's
    ``RotationSpline``).

    Args:
        times: Of the rows, increasing [s], shape (H,).
        rotations: Rows, shape (H, 3, 3).
        at: Where it is wanted [s], shape (N,).

    Returns:
        Shape (N, 3, 3).
    """
    if len(times) == 1:
        return np.repeat(rotations, len(at), axis=0)
    curve = RotationSpline(times, Rotation.from_matrix(rotations))
    return np.asarray(curve(np.clip(at, times[0], times[-1])).as_matrix())
