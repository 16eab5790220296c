"""The demonstrator: ground truth of a scene, labels for every instruction, and the mistakes it makes on purpose."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from steadyhand.policies.funnel import LEAD, Funnel, GraspState, plan

Array = NDArray[np.float64]

HORIZON = 16
"""Rows of a label."""
ROW_TIME = 0.1
"""Time between two rows [s]."""


@dataclass(frozen=True)
class Truth:
    """Everything about N moments that labels depend on, in the base frame.

    Attributes:
        tool: Tool centre points, shape (N, 3) [m].
        yaw: Tool yaws, shape (N,) [rad].
        opening: Gripper openings, 0 closed to 1 open, shape (N,).
        objects: Position and yaw of every object, shape (N, K, 4) [m, rad].
    """

    tool: Array
    yaw: Array
    opening: Array
    objects: Array

    def towards(self, index: int | NDArray[np.intp]) -> GraspState:
        """Return the moments with one object as the one to grasp; ``index`` is one or (N,)."""
        rows = np.arange(len(self.tool))
        chosen = self.objects[rows, index]
        return GraspState(self.tool, self.yaw, self.opening, chosen[:, :3], chosen[:, 3])


def labels(truth: Truth, funnel: Funnel | None = None) -> Array:
    """Return what the expert would do from every moment for every object: rows, shape (N, K, HORIZON, 5)."""
    shape = funnel or Funnel()
    count = truth.objects.shape[1]
    chunks = [plan(shape, truth.towards(index), horizon=HORIZON, dt=ROW_TIME, lead=LEAD) for index in range(count)]
    return np.stack(chunks, axis=1)


@dataclass(frozen=True)
class Push:
    """An error that lasts for a while.

    Attributes:
        until: When it ends [s].
        velocity: Drift of the tool, x y z yaw, shape (4,) [m/s, rad/s].
        aim: Where the object is believed to be, less where it is, shape (3,) [m].
        opening: Opening commanded instead of the right one, None for the right one.
    """

    until: float
    velocity: Array
    aim: Array
    opening: float | None


class Clumsiness:
    """Draws the errors of one demonstration: drifts, misjudged places, fingers that close or open too early.

    The errors bring the arm where an imitator will end up; labels never contain them (DART: Laskey et al., 2017).

    Args:
        random: Source of the errors.
        rate: Mean number of errors in a second; 0 for a flawless demonstration.
    """

    def __init__(self, random: np.random.Generator, rate: float) -> None:
        self._random = random
        self._rate = rate
        self._push = Push(-1.0, np.zeros(4), np.zeros(3), None)

    def at(self, time: float, step: float) -> Push:
        """Return the error in force during the ``step`` [s] that begins at ``time`` [s]."""
        if time < self._push.until:
            return self._push
        self._push = Push(-1.0, np.zeros(4), np.zeros(3), None)
        random = self._random
        if random.random() < self._rate * step:
            self._push = self._draw(time)
        return self._push

    def _draw(self, time: float) -> Push:
        random = self._random
        kind = random.random()
        still, right = np.zeros(4), np.zeros(3)
        if kind < 0.5:
            drift = random.normal(0.0, [0.10, 0.10, 0.08, 0.6])
            return Push(time + random.uniform(0.2, 0.6), drift, right, None)
        if kind < 0.85:
            spread = random.choice([0.012, 0.03])
            aim = random.normal(0.0, [spread, spread, 0.008])
            return Push(time + random.uniform(0.5, 1.8), still, aim, None)
        return Push(time + random.uniform(0.2, 0.7), still, right, float(random.integers(2)))


def misjudge(state: GraspState, push: Push) -> GraspState:
    """Return the state as a demonstrator with that error believes it to be."""
    return replace(state, object=state.object + push.aim)
