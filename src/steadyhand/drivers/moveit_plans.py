"""MoveItPy's planner as the bridge asks it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steadyhand.drivers.moveit_planner import MoveItPlanner
from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.planning import Plan

Array = NDArray[np.float64]


class MoveItPlans:
    """Plans when it is polled, while the arm rests: MoveItPy keeps the interpreter to itself meanwhile.

    A plan begins where MoveIt sees the robot. How far that is from what is commanded is for the bridge to judge, and so
    are its limits: `steadyhand.execution.planning.planned_reference`.

    Attributes:
        outcome: What the last plan came to, for diagnostics.

    Args:
        planner: Who plans.
    """

    def __init__(self, planner: MoveItPlanner) -> None:
        self._planner = planner
        self._goal: Array | None = None
        self.outcome = "no plan yet"

    def ask(self, start: Array, goal: Array, fraction: float) -> None:
        """Remember the goal, shape (n,) [rad or m]; the bridge retimes what comes to its own limits."""
        del start, fraction
        self._goal = goal

    def take(self) -> Plan | RefusedError | None:
        """Plan, and return the plan or why there is none; None where nothing was asked."""
        goal, self._goal = self._goal, None
        if goal is None:
            return None
        try:
            motion = self._planner.plan(goal)
        except RefusedError as refusal:
            self.outcome = str(refusal)
            return refusal
        self.outcome = f"a plan of {motion.end:.2f} s"
        return Plan(motion.times, motion.positions, motion.velocities, motion.accelerations)

    def forget(self) -> None:
        """Want no plan any longer."""
        self._goal = None

    def close(self) -> None:
        """Do nothing: MoveIt stays for as long as the process."""
