"""Where objects appear in the images: targets for the attention."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from steadyhand.learning.expert import Truth
from steadyhand.simulation.cameras import CAMERAS, OPTICAL_FRAMES, tangents
from steadyhand.simulation.world import World

Array = NDArray[np.float64]

TOOL_LENGTH = 0.1034
"""From the hand's frame to the tool centre point, along the hand's z axis [m]."""

_NEAREST = 0.03  # objects nearer to a camera than this are not seen [m]
_EDGE = 0.97


def project(truth: Truth) -> tuple[Array, NDArray[np.bool_]]:
    """Return where the objects' centres appear, and whether they are within the image.

    The cameras are taken to be where the description has them, the tool to point straight down; what is in front
    of an object is not looked at.

    Returns:
        x (right) and y (down) from -1 to 1 between the image's edges, shape (N, K, cameras, 2), and shape
        (N, K, cameras).
    """
    points = truth.objects[..., :3]
    places = np.empty((*points.shape[:2], len(CAMERAS), 2))
    seen = np.empty(places.shape[:3], dtype=bool)
    for index, camera in enumerate(CAMERAS):
        fixed, mount = _poses()[camera]
        rotation, origin = (mount[:3, :3][None], mount[:3, 3][None]) if fixed else _carried(truth, mount)
        local = np.einsum("nij,nki->nkj", np.broadcast_to(rotation, (len(points), 3, 3)), points - origin[:, None])
        depth = local[..., 2]
        safe = np.where(depth > _NEAREST, depth, 1.0)
        places[:, :, index] = local[..., :2] / safe[..., None] / np.array(tangents(camera))
        inside = np.abs(places[:, :, index]).max(axis=-1) < _EDGE
        seen[:, :, index] = inside & (depth > _NEAREST)
    return places, seen


@cache
def _poses() -> dict[str, tuple[bool, Array]]:
    """Return for each camera whether it stands still, and its pose in the base frame or else in the hand's."""
    world = World("pick")
    hand = np.linalg.inv(world.frame_pose("panda_hand"))
    poses = {camera: world.frame_pose(frame) for camera, frame in OPTICAL_FRAMES.items()}
    return {camera: (camera == "front", pose if camera == "front" else hand @ pose) for camera, pose in poses.items()}


def _carried(truth: Truth, mount: Array) -> tuple[Array, Array]:
    c, s, zero = np.cos(truth.yaw), np.sin(truth.yaw), np.zeros_like(truth.yaw)
    hand = np.stack(
        [np.stack([c, s, zero], -1), np.stack([s, -c, zero], -1), np.stack([zero, zero, zero - 1.0], -1)], axis=-2
    )
    origin = truth.tool + np.array([0.0, 0.0, TOOL_LENGTH])
    return hand @ mount[:3, :3], origin + hand @ mount[:3, 3]
