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
        base: Forward [m/s] and turning [rad/s] velocity of the mobile base at each row, shape (H, 2); None where it is
            not driven.
    """

    times: NDArray[np.float64]
    positions: NDArray[np.float64]
    grippers: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    base: NDArray[np.float64] | None = None

    def delayed(self, delay: float) -> JointTargets:
        """Return the same targets, meant for ``delay`` later [s]."""
        return JointTargets(self.times + delay, self.positions, self.grippers, self.base)
