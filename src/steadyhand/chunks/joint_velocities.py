"""Joint velocities, integrated from the observed positions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steadyhand.chunks.joint_columns import JointColumns

Array = NDArray[np.float64]


class JointVelocities:
    """A term ``joint_velocity``: pi0 on DROID. Each velocity is held until its own row's time.

    With values v, observed positions o and factor f, rows at first_row dt, (first_row + 1) dt, ... after the
    observation: q_0 = o + first_row dt f v_0 and q_i = q_(i-1) + dt f v_i.

    DROID's velocities are not in rad/s: 1 is 0.2 rad in a step of 1/15 s. Its joints are bound with ``scale: 3.0``.
    """

    def __init__(self, columns: JointColumns, dt: float, first_row: float) -> None:
        """Prepare a term.

        Args:
            columns: The joints of its columns.
            dt: Time between two rows [s].
            first_row: Time from the observation to row 0, in rows.
        """
        self.columns = columns
        self._dt = dt
        self._first = first_row * dt

    def decode(self, values: Array, observed: Array) -> Array:
        """Return the positions of the columns' joints at the rows' times, shape (H, C) [rad or m].

        Args:
            values: In the policy's units, shape (H, C).
            observed: Positions of the same joints at the observation, shape (C,) [rad or m].
        """
        return observed + np.cumsum(self.columns.factor * values * self._steps(len(values)), axis=0)

    def encode(self, positions: Array, observed: Array) -> Array:
        """Return the velocities that lead through positions: the inverse of `decode`, of the same shapes.

        A first row at the observation's own time has no time to move in: its velocity is 0.
        """
        differences = np.diff(positions, axis=0, prepend=observed[None])
        steps = self._steps(len(positions))
        return np.divide(differences, self.columns.factor * steps, out=np.zeros_like(differences), where=steps > 0.0)

    def _steps(self, rows: int) -> Array:
        steps = np.full((rows, 1), self._dt)
        steps[:1] = self._first
        return steps
