"""Joint positions, written absolutely or as differences."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steadyhand.chunks.joint_columns import JointColumns
from steadyhand.profiles.action import JointMeaning

Array = NDArray[np.float64]


class JointPositions:
    """A term ``joint_position``.

    With values v, observed positions o, factor f and offset z of each column:

    - ``absolute``: q_i = f (v_i - z). ACT, Diffusion Policy in joint space, SmolVLA on LeRobot's arms.
    - ``delta_to_observation``: q_i = o + f v_i. pi0 on ALOHA (Black et al., 2024), whose grippers stay absolute.
    - ``delta_per_step``: q_i = q_(i-1) + f v_i, q_(-1) = o. Policies for controllers that take increments.
    """

    def __init__(self, meaning: JointMeaning, columns: JointColumns) -> None:
        """Prepare a term.

        Args:
            meaning: As in the policy profile.
            columns: The joints of its columns.
        """
        self._meaning = meaning
        self.columns = columns

    def decode(self, values: Array, observed: Array) -> Array:
        """Return the positions of the columns' joints, shape (H, C) [rad or m].

        Args:
            values: In the policy's units, shape (H, C).
            observed: Positions of the same joints at the observation, shape (C,) [rad or m].
        """
        if self._meaning == "absolute":
            return self.columns.factor * (values - self.columns.offset)
        differences = self.columns.factor * values
        return observed + (np.cumsum(differences, axis=0) if self._meaning == "delta_per_step" else differences)

    def encode(self, positions: Array, observed: Array) -> Array:
        """Return the values that stand for positions: the inverse of `decode`, of the same shapes."""
        if self._meaning == "absolute":
            return positions / self.columns.factor + self.columns.offset
        before = np.vstack([observed[None], positions[:-1]]) if self._meaning == "delta_per_step" else observed
        return np.asarray((positions - before) / self.columns.factor)
