"""Images by OpenGL, off screen: EGL or OSMesa."""

from __future__ import annotations

import atexit
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakSet

import numpy as np
from numpy.typing import NDArray

from steadyhand.simulation.drawing import as_data, camera_id
from steadyhand.simulation.engine import mujoco
from steadyhand.simulation.exceptions import RenderingError
from steadyhand.simulation.scene import VISIBLE_GROUPS

PACKAGES = {"egl": "libegl1 libgl1", "osmesa": "libosmesa6"}
"""Debian and Ubuntu packages that a backend needs."""

_MAX_GEOMETRIES = 200
_tried: list[str] = []
_open: WeakSet[GlRenderer] = WeakSet()


class GlRenderer:
    """Draws by OpenGL in the thread that made it. A process can use one of EGL and OSMesa, not both."""

    def __init__(self, model: Any, width: int, height: int, backend: str) -> None:
        """Opens an off-screen context.

        Args:
            model: The ``MjModel``.
            width: Of the images [pixel].
            height: Of the images [pixel].
            backend: ``egl`` or ``osmesa``.

        Raises:
            RenderingError: The libraries are missing, or no context can be had from them.
        """
        self.backend = backend
        self.width, self.height = width, height
        self._mjr: Any = None
        self._model = model
        self._data = mujoco.MjData(model)
        model.vis.global_.offwidth = max(width, model.vis.global_.offwidth)
        model.vis.global_.offheight = max(height, model.vis.global_.offheight)
        with _library(backend):
            self._context = _open_context(backend, width, height)
            try:
                self._mjr = mujoco.MjrContext(model, mujoco.mjtFontScale.mjFONTSCALE_100.value)
            except mujoco.FatalError as error:
                self._context.free()
                raise RenderingError(_advice(backend, error)) from error
        mujoco.mjr_setBuffer(mujoco.mjtFramebuffer.mjFB_OFFSCREEN.value, self._mjr)
        self._scene = mujoco.MjvScene(model, maxgeom=_MAX_GEOMETRIES)
        for flag in (mujoco.mjtRndFlag.mjRND_SHADOW, mujoco.mjtRndFlag.mjRND_REFLECTION, mujoco.mjtRndFlag.mjRND_HAZE):
            self._scene.flags[flag] = False
        self._option = mujoco.MjvOption()
        self._option.geomgroup[:] = VISIBLE_GROUPS
        self._viewpoint = mujoco.MjvCamera()
        self._viewpoint.type = mujoco.mjtCamera.mjCAMERA_FIXED
        self._rectangle = mujoco.MjrRect(0, 0, width, height)
        self._pixels = np.empty((height, width, 3), dtype=np.uint8)
        _open.add(self)

    def render(self, state: Any, camera: str) -> NDArray[np.uint8]:
        """Draws what a camera sees.

        Args:
            state: The ``MjData``, or a configuration of the world, shape (nq,).
            camera: ``front`` or ``wrist``.

        Returns:
            RGB, shape (height, width, 3).

        Raises:
            RenderingError: The renderer is closed, or there is no such camera or configuration.
        """
        if self._mjr is None:
            raise RenderingError("this renderer is closed. Make another one.")
        data = as_data(self._model, self._data, state)
        self._viewpoint.fixedcamid = camera_id(self._model, camera)
        mujoco.mjv_updateScene(
            self._model, data, self._option, None, self._viewpoint, mujoco.mjtCatBit.mjCAT_ALL.value, self._scene
        )
        self._context.make_current()
        mujoco.mjr_render(self._rectangle, self._scene, self._mjr)
        mujoco.mjr_readPixels(self._pixels, None, self._rectangle, self._mjr)
        return np.ascontiguousarray(self._pixels[::-1])

    def close(self) -> None:
        """Gives the context back; the renderer cannot be used afterwards."""
        if self._mjr is not None:
            self._context.make_current()
            self._mjr.free()
            self._context.free()
            self._mjr = None

    def __del__(self) -> None:
        # MuJoCo's own finaliser would free these objects in whichever context is current then, another renderer's.
        if not sys.is_finalizing():
            self.close()


def _close_all() -> None:
    for renderer in list(_open):
        renderer.close()


@contextmanager
def _library(backend: str) -> Iterator[None]:
    """Names the library to open where PyOpenGL and MuJoCo look for it, without leaving the names to child processes."""
    _tried.append(backend)
    if _tried[0] != backend:
        raise RenderingError(
            f"this process has chosen {_tried[0]} for OpenGL and cannot change to {backend}. Start another process."
        )
    names = ("MUJOCO_GL", "PYOPENGL_PLATFORM")
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(dict.fromkeys(names, backend))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _open_context(backend: str, width: int, height: int) -> Any:
    try:
        if backend == "egl":
            from mujoco.egl import GLContext
        else:
            from mujoco.osmesa import GLContext
        context = GLContext(width, height)
        context.make_current()
    except Exception as error:  # missing libraries surface as ImportError, AttributeError, OSError or a GL error
        raise RenderingError(_advice(backend, error)) from error
    # Before the display is closed by mujoco.egl, which has registered for the interpreter's end by now.
    atexit.unregister(_close_all)
    atexit.register(_close_all)
    return context


def _advice(backend: str, error: Exception) -> str:
    return (
        f"cannot render with {backend}: {type(error).__name__}: {error}. On Debian or Ubuntu: "
        f"apt-get install {PACKAGES[backend]}. Or choose the renderer 'raycast', which needs no graphics library."
    )
