"""What rays from one point hit first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steadyhand.simulation.engine import mujoco
from steadyhand.simulation.scene import VISIBLE_GROUPS

FAR = 1e6
"""Distance of what no ray has hit [m]."""


@dataclass(frozen=True)
class Hits:
    """What each of n rays hits first.

    Attributes:
        geometry: Index of the geometry, -1 for none, shape (n,).
        distance: From the eye, ``FAR`` for none, shape (n,) [m].
        normal: Outward unit normal in the world frame, zero for none, shape (n, 3).
    """

    geometry: NDArray[np.int32]
    distance: NDArray[np.float32]
    normal: NDArray[np.float32]

    @classmethod
    def none(cls, count: int) -> Hits:
        """Rays that have hit nothing."""
        return cls(
            np.full(count, -1, dtype=np.int32), np.full(count, FAR, np.float32), np.zeros((count, 3), np.float32)
        )

    def copy(self) -> Hits:
        """Arrays of its own."""
        return Hits(self.geometry.copy(), self.distance.copy(), self.normal.copy())

    def put(self, rays: NDArray[np.intp], other: Hits) -> None:
        """Takes over, in place, what ``other`` has hit nearer; ``rays`` are the indices of its rays among these."""
        nearer = other.distance < self.distance[rays]
        taken = rays[nearer]
        self.geometry[taken] = other.geometry[nearer]
        self.distance[taken] = other.distance[nearer]
        self.normal[taken] = other.normal[nearer]


def trace(model: Any, data: Any, eye: NDArray[np.float64], rays: NDArray[np.float32], *, still: bool) -> Hits:
    """Follows rays to whatever is visible, by MuJoCo.

    Args:
        model: The ``MjModel``.
        data: The ``MjData``.
        eye: Where the rays start, shape (3,) [m].
        rays: Unit vectors, world frame, shape (n, 3).
        still: Whether things fixed to the world can be hit.
    """
    count = len(rays)
    if count == 0:
        return Hits.none(0)
    groups = np.array(VISIBLE_GROUPS, dtype=np.uint8)
    geometry, distance, normal = np.empty(count, dtype=np.int32), np.empty(count), np.zeros(3 * count)
    flat = np.ascontiguousarray(rays, dtype=np.float64).reshape(-1)
    mujoco.mj_multiRay(model, data, eye, flat, groups, still, -1, geometry, distance, normal, count, FAR)
    distance[geometry < 0] = FAR
    return Hits(geometry, distance.astype(np.float32), normal.reshape(count, 3).astype(np.float32))


def trace_box(model: Any, geometry: int, eye: NDArray[np.float64], rays: NDArray[np.float32]) -> Hits:
    """Follows rays to one box that is fixed to the world and aligned with its axes, by the slab method.

    MuJoCo does the same, slower, when most rays hit a few large boxes.
    """
    centre, half = model.geom_pos[geometry], model.geom_size[geometry]
    hits = Hits.none(len(rays))
    entry = np.zeros(len(rays), np.float32)
    leave = np.full(len(rays), FAR, np.float32)
    face = np.zeros(len(rays), dtype=np.int8)
    for axis in range(3):
        component = rays[:, axis]
        slope = 1 / np.where(component == 0, np.float32(1e-9), component)
        reach = np.float32(half[axis]) * np.abs(slope)
        middle = np.float32(centre[axis] - eye[axis]) * slope
        face[middle - reach > entry] = axis
        np.maximum(entry, middle - reach, out=entry)
        np.minimum(leave, middle + reach, out=leave)
    struck = np.flatnonzero((entry < leave) & (entry > 0))
    hits.geometry[struck] = geometry
    hits.distance[struck] = entry[struck]
    hits.normal[struck, face[struck]] = -np.sign(rays[struck, face[struck]])
    return hits
