"""Tolerances of a trajectory: how far the joints may stray on the way and at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from steadyhand.simulation.controllers.exceptions import ControllerError
from steadyhand.simulation.controllers.trajectory import Array, read_only

ERASE = -1.0
"""Requested tolerance that lifts a default."""


@dataclass(frozen=True)
class Tolerances:
    """Largest position errors; 0 is unchecked.

    A controller with a position command interface compares positions only: it has no velocity or acceleration error.

    Attributes:
        path: While moving, shape (n,) [rad or m].
        goal: From the last point on, shape (n,) [rad or m].
        goal_time: Time after the last point in which the goal must be reached [s]; 0 waits for ever.
    """

    path: Array
    goal: Array
    goal_time: float = 0.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "path", read_only(self.path))
        object.__setattr__(self, "goal", read_only(self.goal))

    @classmethod
    def unchecked(cls, joints: int) -> Tolerances:
        """Return what a controller without constraints uses."""
        return cls(np.zeros(joints), np.zeros(joints))

    def requested(
        self,
        joint_names: Sequence[str],
        path: Mapping[str, float],
        goal: Mapping[str, float],
        goal_time: float,
    ) -> Tolerances:
        """Return these tolerances with what an action goal asks for.

        A value of 0 keeps the default, -1 lifts it.

        Args:
            joint_names: Joints of the controller, in order.
            path: Joint to position tolerance while moving [rad or m].
            goal: Joint to position tolerance at the end [rad or m].
            goal_time: [s].

        Raises:
            ControllerError: A request names an unknown joint or is negative otherwise.
        """
        return replace(
            self,
            path=self._merge(joint_names, self.path, path, "path_tolerance"),
            goal=self._merge(joint_names, self.goal, goal, "goal_tolerance"),
            goal_time=_resolve(self.goal_time, goal_time, "goal_time_tolerance"),
        )

    @staticmethod
    def _merge(names: Sequence[str], default: Array, requests: Mapping[str, float], field: str) -> Array:
        merged: Array = default.copy()
        for name, value in requests.items():
            if name not in names:
                raise ControllerError(
                    f"{field} names joint {name}, which the controller does not have; use {', '.join(names)}"
                )
            index = list(names).index(name)
            merged[index] = _resolve(float(default[index]), value, f"{field} of joint {name}")
        return merged


def _resolve(default: float, value: float, field: str) -> float:
    if value > 0.0:
        return value
    if value == 0.0:
        return default
    if abs(value - ERASE) < np.finfo(np.float32).eps:
        return 0.0
    raise ControllerError(f"{field} is {value:g}; give a positive value, 0 for the default or -1 for no limit")


def exceeded(error: Array, tolerance: Array) -> bool:
    """True where any error is beyond its tolerance, shapes (n,)."""
    return bool(np.any((tolerance > 0.0) & (np.abs(error) > tolerance)))
