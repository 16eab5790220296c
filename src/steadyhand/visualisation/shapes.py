"""Shapes in space, as RViz, Foxglove and our own picture draw them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Colour = tuple[float, float, float, float]

COMMITTED: Colour = (0.10, 0.75, 0.30, 1.0)
PREDICTED: Colour = (1.00, 0.60, 0.10, 0.9)
PASSED: Colour = (0.60, 0.60, 0.60, 0.6)
REFUSED: Colour = (0.90, 0.15, 0.15, 1.0)
REFERENCE: Colour = (0.85, 0.85, 0.85, 0.9)
MEASURED: Colour = (0.20, 0.55, 1.00, 1.0)
CALM: Colour = (1.0, 1.0, 1.0, 1.0)
WORKSPACE: Colour = (0.55, 0.45, 0.90, 0.7)
OBSTACLE: Colour = (0.65, 0.50, 0.35, 0.5)

_EDGES = ((0, 1), (1, 3), (3, 2), (2, 0), (4, 5), (5, 7), (7, 6), (6, 4), (0, 4), (1, 5), (2, 6), (3, 7))


@dataclass(frozen=True)
class Shape:
    """One thing to draw.

    Attributes:
        kind: ``line`` through all points, ``lines`` between pairs of them, ``dots``, a ``box`` or a ``text``.
        name: What it is; the same at all times, and of one shape only.
        frame: Frame that all coordinates are in.
        colour: Red, green, blue, opacity, 0 to 1.
        points: Shape (N, 3) [m]; the one centre of a box or a text.
        size: Width of a line, diameter of dots, height of a text: one number; edge lengths of a box, three [m].
        turn: Rotation of a box, quaternion x y z w.
        text: What a text says.
    """

    kind: Literal["line", "lines", "dots", "box", "text"]
    name: str
    frame: str
    colour: Colour
    points: Array
    size: tuple[float, ...]
    turn: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 1.0)
    text: str = ""


def edges(lower: Array, upper: Array) -> Array:
    """Return the twelve edges of a box as pairs of points, shape (24, 3) [m].

    Args:
        lower: Smallest x, y, z, shape (3,) [m].
        upper: Largest x, y, z, shape (3,) [m].
    """
    corners = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)], dtype=np.float64)
    corners = lower + corners * (np.asarray(upper) - lower)
    return np.array([corners[corner] for edge in _EDGES for corner in edge])
