"""Images for training: several renderers and sizes, cameras and light a little different in every demonstration."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from steadyhand.simulation.rendering import Renderer, make_renderer
from steadyhand.simulation.world import World

SIZE = 96
"""Width and height of an image [px]."""
CAMERAS = ("front", "wrist")

# Renderer, size drawn before shrinking, share of the demonstrations.
_MIXTURE = (
    ("egl", (192, 144), 0.55),
    ("egl", (96, 96), 0.15),
    ("egl", (640, 480), 0.06),
    ("raycast", (192, 144), 0.12),
    ("raycast", (96, 96), 0.12),
)
_SHIFT = 0.006  # standard deviation of a camera's place [m]
_TURN = 0.012  # standard deviation of a camera's direction [rad]


class Views:
    """Draws what the cameras see, as a policy is shown it.

    Args:
        backend: ``auto`` for a mixture of all renderers, else the one to use, at 192 x 144.
        vary: Whether cameras and light differ between demonstrations.

    Raises:
        RenderingError: A renderer's libraries are missing.
    """

    def __init__(self, backend: str = "auto", *, vary: bool = True) -> None:
        self._scene = World("pick")
        mixture = _MIXTURE if backend == "auto" else ((backend, (192, 144), 1.0),)
        self._renderers: list[Renderer] = [
            make_renderer(self._scene, width, height, name) for name, (width, height), _ in mixture
        ]
        self._shares = np.array([share for *_, share in mixture])
        self._vary = vary
        self._current = self._renderers[0]
        model = self._scene.model
        self._cameras = [int(model.camera(name).id) for name in CAMERAS]
        self._usual = {name: np.array(self._field(name)) for name in _VARIED}

    def begin(self, random: np.random.Generator) -> str:
        """Choose renderer, camera places and light of the next demonstration; return the renderer's name."""
        self._current = self._renderers[int(random.choice(len(self._renderers), p=self._shares))]
        for name, usual in self._usual.items():
            self._field(name)[:] = usual
        if self._vary:
            self._perturb(random)
        return self._current.backend

    def __call__(self, world: World) -> NDArray[np.uint8]:
        """Return what the cameras see, shape (cameras, 96, 96, 3), RGB."""
        state = world.configuration
        images = [self._current.render(state, camera) for camera in CAMERAS]
        return np.stack([shrink(image) for image in images])

    def close(self) -> None:
        """Give back what the renderers hold."""
        for renderer in self._renderers:
            renderer.close()

    def _field(self, name: str) -> Any:
        model = self._scene.model
        return model.vis.headlight.ambient if name == "ambient" else getattr(model, name)

    def _perturb(self, random: np.random.Generator) -> None:
        model = self._scene.model
        for camera in self._cameras:
            shift = random.normal(0.0, _SHIFT, 3)
            # Backwards lies the camera's own housing, which rays would end in.
            shift[2] = abs(shift[2])
            model.cam_pos[camera] += shift
            model.cam_quat[camera] = _turned(model.cam_quat[camera], random.normal(0.0, _TURN, 3))
        direction = model.light_dir[0] + random.normal(0.0, 0.12, 3)
        model.light_dir[0] = direction / np.linalg.norm(direction)
        model.light_diffuse[0] *= random.uniform(0.8, 1.2)
        model.vis.headlight.ambient[:] *= random.uniform(0.8, 1.2)


_VARIED = ("cam_pos", "cam_quat", "light_dir", "light_diffuse", "ambient")


def shrink(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return an image stretched to 96 x 96 by area, as the observation does."""
    if image.shape[:2] == (SIZE, SIZE):
        return image
    return np.asarray(cv2.resize(image, (SIZE, SIZE), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _turned(quaternion: NDArray[np.float64], vector: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return w x y z after a small turn by a rotation vector [rad] in its own frame."""
    w, x, y, z = quaternion
    a, b, c = vector / 2
    product = np.array(
        [w - x * a - y * b - z * c, x + w * a + y * c - z * b, y + w * b + z * a - x * c, z + w * c + x * b - y * a]
    )
    return np.asarray(product / np.linalg.norm(product))
