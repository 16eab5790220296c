"""What the renderers share: the state to draw, and the camera to draw it from."""

from __future__ import annotations

from typing import Any

import numpy as np

from steadyhand.simulation.engine import mujoco
from steadyhand.simulation.exceptions import RenderingError


def as_data(model: Any, scratch: Any, state: Any) -> Any:
    """Gives the state to draw with every body, camera and light in its place.

    Args:
        model: The ``MjModel``.
        scratch: An ``MjData`` of the model that may be overwritten.
        state: An ``MjData``, used as it is, or a configuration, shape (nq,), posed in ``scratch``.

    Raises:
        RenderingError: The configuration has the wrong length or is not finite.
    """
    if isinstance(state, mujoco.MjData):
        return state
    configuration = np.asarray(state, dtype=np.float64)
    if configuration.shape != (model.nq,) or not np.isfinite(configuration).all():
        raise RenderingError(
            f"configuration of shape {configuration.shape}, expected {model.nq} finite coordinates. "
            "Give World.configuration of a world with the same task."
        )
    scratch.qpos[:] = configuration
    mujoco.mj_kinematics(model, scratch)
    mujoco.mj_camlight(model, scratch)
    return scratch


def camera_id(model: Any, camera: str) -> int:
    """Index of a camera in the model.

    Raises:
        RenderingError: There is no such camera.
    """
    found: int = mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_CAMERA, camera)
    if found < 0:
        names = ", ".join(model.camera(index).name for index in range(model.ncam))
        raise RenderingError(f"no camera {camera!r}. Cameras: {names}.")
    return found
