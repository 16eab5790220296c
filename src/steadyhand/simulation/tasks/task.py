"""What every task of the simulator must do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class TaskStatus:
    """Ground truth about one instruction.

    Attributes:
        understood: The task knows what the instruction asks.
        success: It has been carried out, and held for as long as the task asks.
        failed: It can no longer succeed in this scene.
        message: The same for a person.
    """

    understood: bool
    success: bool
    failed: bool
    message: str


@dataclass(frozen=True)
class SceneObject:
    """A free box.

    Attributes:
        name: Unique in the scene.
        size: Full side lengths, shape (3,) [m].
        colour: Red, green, blue from 0 to 1.
        mass: Mass [kg].
    """

    name: str
    size: tuple[float, float, float]
    colour: tuple[float, float, float]
    mass: float


@dataclass(frozen=True)
class ObjectPose:
    """Where an object is, in the base frame.

    Attributes:
        position: Centre, shape (3,) [m].
        quaternion: Orientation as w x y z, shape (4,).
    """

    position: NDArray[np.float64]
    quaternion: NDArray[np.float64]


class Task(Protocol):
    """A scene, and the judgement of what happens in it."""

    name: str
    objects: tuple[SceneObject, ...]

    def layout(self, rng: np.random.Generator) -> dict[str, ObjectPose]:
        """Draws a pose for every object, at rest on the table, and begins judging anew."""

    def observe(self, time: float, poses: dict[str, ObjectPose]) -> None:
        """Takes note of where the objects are at a simulated time [s]; called in order, at least every 10 ms."""

    def status(self, instruction: str) -> TaskStatus:
        """Judges what has happened since the layout against an instruction."""
