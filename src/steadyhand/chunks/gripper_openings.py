"""Gripper columns, from the policy's sign and range to openings."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steadyhand.profiles.action import GripperAction

Array = NDArray[np.float64]


class GripperOpenings:
    """A term ``gripper``: opening = (v - closed) / (open - closed), held within 0 closed to 1 open.

    The order of ``closed`` and ``open`` is the sign. Closed and open are 0 and 1 for OpenVLA, 1 and 0 for DROID, 1 and
    -1 for LIBERO, -1 and 1 for CALVIN and WidowX. Both meanings, ``absolute`` and ``binary``, give graded openings
    here: when a binary one changes over is a matter of time, threshold and hysteresis, decided as it is executed.
    """

    def __init__(self, term: GripperAction) -> None:
        """Prepare a term."""
        self.name = term.gripper
        self.graded = term.meaning == "absolute"
        self._closed = term.closed
        self._span = term.open - term.closed

    def decode(self, values: Array) -> Array:
        """Return openings from 0 to 1 of values in the policy's units, both of shape (H,)."""
        return np.clip((values - self._closed) / self._span, 0.0, 1.0)

    def encode(self, openings: Array) -> Array:
        """Return the policy's values of openings from 0 to 1, both of shape (H,)."""
        return np.asarray(self._closed + self._span * openings)
