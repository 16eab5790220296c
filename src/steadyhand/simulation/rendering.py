"""Choosing how the simulator's images are drawn."""

from __future__ import annotations

import os
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from steadyhand.simulation.exceptions import RenderingError
from steadyhand.simulation.gl_renderer import GlRenderer
from steadyhand.simulation.ray_renderer import RayRenderer
from steadyhand.simulation.world import World

BACKENDS = ("auto", "egl", "osmesa", "raycast")
MAX_RAYS = 192 * 144
"""Rays traced for one image, unless told otherwise: a grid of 192 x 144 for 640 x 480 images."""

_NAMED = {"osmesa": "osmesa", "disable": "raycast", "disabled": "raycast", "off": "raycast"}


class Renderer(Protocol):
    """Draws what the world's cameras see.

    Attributes:
        backend: ``egl``, ``osmesa`` or ``raycast``.
        width: Of the images [pixel].
        height: Of the images [pixel].
    """

    backend: str
    width: int
    height: int

    def render(self, state: Any, camera: str) -> NDArray[np.uint8]:
        """Draws an ``MjData`` or a configuration, shape (nq,), as RGB of shape (height, width, 3)."""

    def close(self) -> None:
        """Gives back what the renderer holds."""


def make_renderer(
    world: World | Any, width: int, height: int, backend: str = "auto", *, max_rays: int = MAX_RAYS
) -> Renderer:
    """Makes a renderer, to be used in the thread that makes it.

    The images of all backends agree but for edges and curved surfaces, which OpenGL shades corner by corner: mean
    absolute difference of EGL and ray casting 0.2 of 255 (front camera) and 0.0 (wrist camera). Every size shows the
    same field of view: 96 x 96 is the stretched 640 x 480. No image is multisampled.

    Args:
        world: The ``World``, or its ``MjModel``.
        width: Of the images [pixel].
        height: Of the images [pixel].
        backend: ``egl``, ``osmesa``, ``raycast`` (no graphics library), or ``auto``: EGL, or
            OSMesa or ray casting where MUJOCO_GL is ``osmesa`` or ``disable``; ray casting where it is missing.
        max_rays: Most rays traced for one image by ``raycast``.

    Raises:
        RenderingError: No such backend, or its libraries are missing.
    """
    if backend not in BACKENDS:
        raise RenderingError(f"no renderer {backend!r}. Renderers: {', '.join(BACKENDS)}.")
    if width < 1 or height < 1:
        raise RenderingError(f"image size {width} x {height}: both must be positive.")
    model = world.model if isinstance(world, World) else world
    chosen = backend
    if backend == "auto":
        chosen = _NAMED.get(os.environ.get("MUJOCO_GL", "").lower(), "egl")
    if chosen == "raycast":
        return RayRenderer(model, width, height, max_rays)
    try:
        return GlRenderer(model, width, height, chosen)
    except RenderingError:
        if backend != "auto":
            raise
        return RayRenderer(model, width, height, max_rays)
