"""Observations: what a policy sees at one capture time."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Observation:
    """Images, robot state and instruction that belong to one capture time.

    Where the policy profile has a history of N > 1 steps, images and state have one axis more in front, oldest first.

    Attributes:
        stamp: Capture time, ROS clock [s].
        images: Image key of the policy profile to an image, shape (height, width, 3) or (N, height, width, 3), uint8,
            sized as the profile says.
        state: State vector in the policy profile's layout, shape (S,) or (N, S).
        instruction: What to do, in words.
        joint_names: Names of the elements of ``joint_positions``.
        joint_positions: Measured joint positions at ``stamp``, shape (J,) [rad or m]; relative actions refer to
            them.
        inputs: Capture time of every input used, name to ROS clock [s]; the names are those of ``Selection.inputs``.
    """

    stamp: float
    images: dict[str, NDArray[np.uint8]]
    state: NDArray[np.float64]
    instruction: str
    joint_names: tuple[str, ...]
    joint_positions: NDArray[np.float64]
    inputs: dict[str, float] = field(default_factory=dict)
