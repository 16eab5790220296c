"""Joint targets: a chunk after its meaning has been worked out."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class JointTargets:
    """Absolute joint positions at absolute times.

    Attributes:
        times: Time each row is meant for, ROS clock [s], shape (H,), increasing.
        positions: Arm joint positions in the robot profile's order, shape (H, n) [rad or m].
        grippers: Gripper name to opening of each row, 0 closed to 1 open, shape (H,).
    """

    times: NDArray[np.float64]
    positions: NDArray[np.float64]
    grippers: dict[str, NDArray[np.float64]] = field(default_factory=dict)

    def delayed(self, delay: float) -> JointTargets:
        """Return the same targets, meant for ``delay`` later [s]."""
        return JointTargets(self.times + delay, self.positions, self.grippers)
