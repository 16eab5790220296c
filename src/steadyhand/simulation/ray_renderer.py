"""Images by ray casting: no graphics library, only MuJoCo's ray intersections and NumPy."""

from __future__ import annotations

import copy
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from steadyhand.simulation.drawing import as_data, camera_id
from steadyhand.simulation.engine import mujoco
from steadyhand.simulation.ray_tracing import Hits, trace, trace_box
from steadyhand.simulation.scene import SKY, VISIBLE_GROUPS

_CORNERS = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], dtype=np.float64)
_EDGES = np.array([[i, j] for i in range(8) for j in range(i) if bin(i ^ j).count("1") == 1])
_NEAR = 1e-3  # what is nearer than this before the camera's plane cannot be projected [m]


class RayRenderer:
    """Draws flat-coloured geometry under the scene's lights, as OpenGL's fixed pipeline does without shadows.

    Rays are traced on a grid of at most ``max_rays`` and the result is stretched to the image's size. MuJoCo follows
    only those that pass near the smaller things; the large boxes behind them are cheaper by hand, and what a camera
    that does not move sees of things that do not move is kept.
    """

    backend = "raycast"

    def __init__(self, model: Any, width: int, height: int, max_rays: int) -> None:
        """Prepares the rays.

        Args:
            model: The ``MjModel``.
            width: Of the images [pixel].
            height: Of the images [pixel].
            max_rays: Most rays traced for one image.
        """
        self.width, self.height = width, height
        self._model = model
        self._data = mujoco.MjData(model)
        shrink = min(1.0, (max_rays / (width * height)) ** 0.5)
        self._grid = (max(1, round(width * shrink)), max(1, round(height * shrink)))
        still = model.body_weldid[model.geom_bodyid] == 0
        visible = np.array(VISIBLE_GROUPS, dtype=bool)[model.geom_group]
        boxes = model.geom_type == mujoco.mjtGeom.mjGEOM_BOX
        self._backdrop = np.flatnonzero(visible & boxes & (model.geom_bodyid == 0))
        self._others = np.setdiff1d(np.flatnonzero(visible), self._backdrop)
        self._moving = np.flatnonzero(visible & ~still)
        self._still_model = copy.copy(model)
        self._still_model.geom_group[self._moving] = VISIBLE_GROUPS.index(0)
        self._rays: dict[int, NDArray[np.float32]] = {}
        self._behind: dict[int, tuple[bytes, Hits]] = {}

    def render(self, state: Any, camera: str) -> NDArray[np.uint8]:
        """Draws what a camera sees.

        Args:
            state: The ``MjData``, or a configuration of the world, shape (nq,).
            camera: ``front`` or ``wrist``.

        Returns:
            RGB, shape (height, width, 3).

        Raises:
            RenderingError: There is no such camera or configuration.
        """
        data = as_data(self._model, self._data, state)
        identity = camera_id(self._model, camera)
        eye = np.array(data.cam_xpos[identity])
        rays = self._directions(identity) @ data.cam_xmat[identity].reshape(3, 3).T.astype(np.float32)
        hits, small = self._background(data, identity, eye, rays)
        near = np.flatnonzero(self._near(data, identity, small))
        still = small is self._others
        hits.put(near, trace(self._model, data, eye, rays[near], still=still))
        image = self._shade(data, hits).reshape(self._grid[1], self._grid[0], 3)
        if self._grid != (self.width, self.height):
            image = cv2.resize(image, (self.width, self.height), interpolation=cv2.INTER_LINEAR)
        return image

    def close(self) -> None:
        """Nothing is held that must be given back."""

    def _tangents(self, camera: int) -> tuple[float, float]:
        """Half of the width and half of the height seen at a distance of 1 m [m]."""
        horizontal, vertical = self._model.cam_sensorsize[camera] / 2 / self._model.cam_intrinsic[camera, :2]
        return float(horizontal), float(vertical)

    def _directions(self, camera: int) -> NDArray[np.float32]:
        """Unit vectors through the pixels' centres in the camera's frame (looking along -z, y up), shape (rays, 3)."""
        if camera not in self._rays:
            columns, rows = self._grid
            horizontal, vertical = self._tangents(camera)
            across = (2 * (np.arange(columns) + 0.5) / columns - 1) * horizontal
            up = (1 - 2 * (np.arange(rows) + 0.5) / rows) * vertical
            vectors = np.dstack([*np.meshgrid(across, up), np.full((rows, columns), -1.0)]).reshape(-1, 3)
            self._rays[camera] = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
        return self._rays[camera]

    def _background(
        self, data: Any, camera: int, eye: NDArray[np.float64], rays: NDArray[np.float32]
    ) -> tuple[Hits, NDArray[np.intp]]:
        """What is behind everything else, and the geometries still to be drawn over it."""
        if self._model.body_weldid[self._model.cam_bodyid[camera]] != 0:
            return self._trace_backdrop(eye, rays), self._others
        key = eye.tobytes() + data.cam_xmat[camera].tobytes()
        if camera not in self._behind or self._behind[camera][0] != key:
            hits = self._trace_backdrop(eye, rays)
            hits.put(np.arange(len(rays)), trace(self._still_model, data, eye, rays, still=True))
            self._behind[camera] = (key, hits)
        return self._behind[camera][1].copy(), self._moving

    def _trace_backdrop(self, eye: NDArray[np.float64], rays: NDArray[np.float32]) -> Hits:
        hits = Hits.none(len(rays))
        every = np.arange(len(rays))
        for geometry in self._backdrop:
            hits.put(every, trace_box(self._model, int(geometry), eye, rays))
        return hits

    def _near(self, data: Any, camera: int, geometries: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Which rays pass through the rectangles around the geometries' bounding boxes, shape (rays,)."""
        columns, rows = self._grid
        horizontal, vertical = self._tangents(camera)
        marked = np.zeros((rows, columns), dtype=bool)
        boxes = self._model.geom_aabb[geometries]
        corners = boxes[:, None, :3] + _CORNERS * boxes[:, None, 3:]
        corners = np.einsum("gij,gcj->gci", data.geom_xmat[geometries].reshape(-1, 3, 3), corners)
        corners += data.geom_xpos[geometries][:, None] - data.cam_xpos[camera]
        corners = corners @ data.cam_xmat[camera].reshape(3, 3)
        starts, ends = _clip(corners[:, _EDGES[:, 0]], corners[:, _EDGES[:, 1]])
        points = np.concatenate([starts, ends], axis=1)
        points = points[(points[..., 2] < 0.0).any(axis=1)]
        depth = np.where(points[..., 2] < 0.0, -points[..., 2], np.nan)
        across = (points[..., 0] / depth / horizontal + 1) / 2 * columns
        down = (1 - points[..., 1] / depth / vertical) / 2 * rows
        edges = np.stack([np.nanmin(across, 1), np.nanmax(across, 1) + 1, np.nanmin(down, 1), np.nanmax(down, 1) + 1])
        edges = np.clip(edges, 0, [[columns], [columns], [rows], [rows]]).astype(int)
        for first, last, top, bottom in edges.T:
            marked[top:bottom, first:last] = True
        return marked.reshape(-1)

    def _shade(self, data: Any, hits: Hits) -> NDArray[np.uint8]:
        """Ambient light plus Lambert's cosine law for every directional light."""
        light = np.empty((len(hits.geometry), 3), dtype=np.float32)
        light[:] = self._model.vis.headlight.ambient
        for index in range(self._model.nlight):
            cosine = np.maximum(0, hits.normal @ -data.light_xdir[index].astype(np.float32))
            light += self._model.light_ambient[index] + cosine[:, None] * self._model.light_diffuse[index]
        light[hits.geometry < 0] = 1
        light *= np.vstack([self._model.geom_rgba[:, :3], SKY]).astype(np.float32)[hits.geometry]
        np.minimum(light, 1, out=light)
        light *= 255
        light += 0.5
        return light.astype(np.uint8)


def _clip(starts: NDArray[np.float64], ends: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Cuts segments, in the camera's frame, at the plane just before the camera; those behind it end up at z = 0."""
    first, second = -starts[..., 2:], -ends[..., 2:]
    behind = np.maximum(first, second) <= _NEAR
    span = np.where(first == second, 1.0, second - first)
    cut = starts + np.clip((_NEAR - first) / span, 0.0, 1.0) * (ends - starts)
    clipped_starts = np.where(first < _NEAR, cut, starts)
    clipped_ends = np.where(second < _NEAR, cut, ends)
    return np.where(behind, 0.0, clipped_starts), np.where(behind, 0.0, clipped_ends)
