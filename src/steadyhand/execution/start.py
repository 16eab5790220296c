"""The start of an episode: where the arm may begin, and how fast it is brought there."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.limits import JointLimits
from steadyhand.execution.phase import Phase
from steadyhand.execution.reasons import Reason

Array = NDArray[np.float64]

START_FRACTION = 0.5
"""Part of the velocity limits that a move to a start pose uses: nobody asked for haste."""

_AT_START = 1e-3


def at_start(measured: Array, goal: Array) -> bool:
    """Return whether the arm stands where it is to begin; positions of shape (n,)."""
    return bool(np.all(np.abs(goal - measured) <= _AT_START))


def check_opening(episode_id: str, phase: Phase, speed: float) -> None:
    """Check that an episode may be opened.

    Raises:
        RefusedError: ``episode_id`` is open, the arm moves, or the speed is not above 0 and up to 1.
    """
    if episode_id:
        raise RefusedError(Reason.WRONG_EPISODE, f"episode {episode_id} is still open")
    if phase in (Phase.STARTING, Phase.RUNNING, Phase.BRAKING):
        raise RefusedError(Reason.WRONG_EPISODE, f"the arm still moves: it is {phase.value}")
    if not 0.0 < speed <= 1.0:
        raise RefusedError(Reason.MODE_UNKNOWN, f"speed {speed} is outside of 0 (excluded) to 1")


def check_start(goal: Array, limits: JointLimits) -> None:
    """Check where the arm is to begin, shape (n,).

    Raises:
        RefusedError: A joint would be outside of its limits.
    """
    outside = (goal < limits.lower) | (goal > limits.upper)
    if np.any(outside):
        joint = int(np.argmax(outside))
        raise RefusedError(
            Reason.POSITION_LIMIT,
            f"{limits.names[joint]} would start at {goal[joint]:.4f}, "
            f"limits {limits.lower[joint]:g} to {limits.upper[joint]:g}; move the arm inside of its limits first",
        )
