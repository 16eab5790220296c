"""Ownership: whether the arm's controller follows what this bridge hands over, and nobody else commands it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.reasons import Reason

Array = NDArray[np.float64]

# A window takes its time to reach the controller; what it followed before is ours as well.
_PATIENCE = 0.15
# Positions that differ by less are one, as far as rounding and the controller's interpolation go [rad or m].
_THE_SAME = 1e-3


@dataclass(frozen=True)
class OwnershipLimits:
    """Limits of a controller state that is listened to: its age [s], and its distance from ours [rad or m]."""

    age: float
    tolerance: float


class Ownership:
    """Notices others on our command topics, and a controller whose reference is not ours.

    Args:
        joint_names: Joints in the order of every vector.
        limits: None where the controller's state is not listened to.
    """

    def __init__(self, joint_names: tuple[str, ...], limits: OwnershipLimits | None = None) -> None:
        self._joint_names = joint_names
        self._limits = limits
        self._others = ""
        self.clear()

    def clear(self) -> None:
        """Forget the controller's state; who publishes is a property of the graph."""
        self._stamp = -np.inf
        self._reference: Array | None = None
        self._apart = ""
        self.renew()

    def renew(self) -> None:
        """Forget what the controller followed until now: from here on it is to be told where it stands."""
        self._apart_since = np.inf

    def hear_publishers(self, others: str) -> None:
        """Take who else publishes on our command topics, in words; empty for nobody."""
        self._others = others

    def hear_controller(self, stamp: float, reference: Array, ours: Array | None) -> None:
        """Take the controller's own reference.

        Args:
            stamp: When it held, ROS clock [s].
            reference: Positions that the controller follows, shape (n,) [rad or m].
            ours: Positions that were commanded for that time, None where the controller was not yet told any.
        """
        self._stamp, self._reference = stamp, reference
        if self._limits is None or ours is None:
            self._apart_since = np.inf
            return
        distance = np.abs(reference - ours)
        if np.all(distance <= self._limits.tolerance):
            self._apart_since = np.inf
            return
        joint = int(np.argmax(distance))
        self._apart_since = min(self._apart_since, stamp)
        self._apart = (
            f"the controller takes {self._joint_names[joint]} {distance[joint]:.3f} away from what it was told here, "
            f"limit {self._limits.tolerance:g}"
        )

    def stands_at(self, now: float, command: Array) -> bool:
        """Return whether the controller itself says that it stands at a command, shape (n,), at ``now`` [s]."""
        if self._limits is None or self._reference is None or not now - self._stamp <= self._limits.age:
            return False
        return bool(np.all(np.abs(self._reference - command) <= _THE_SAME))

    def check(self, now: float) -> None:
        """Check who commands the arm.

        Raises:
            RefusedError: Another publisher is there, the controller follows something else, or its state is too old.
        """
        if self._others:
            raise RefusedError(Reason.FOREIGN_COMMAND, self._others)
        if self._limits is None:
            return
        age = now - self._stamp
        if not age <= self._limits.age:
            said = f"is {age:.2f} s old, limit {self._limits.age:g} s" if age < 1e9 else "has not come"
            raise RefusedError(Reason.CONTROLLER_STATE_STALE, f"the controller's state {said}")
        if self._stamp - self._apart_since > _PATIENCE:
            raise RefusedError(Reason.FOREIGN_COMMAND, self._apart)
