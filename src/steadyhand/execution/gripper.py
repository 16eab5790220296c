"""When a gripper is told to move: the chunk's openings over time, with hysteresis."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steadyhand.profiles.action import GripperAction
from steadyhand.profiles.contract import Contract

Array = NDArray[np.float64]


@dataclass(frozen=True)
class GripperRule:
    """How openings become commands.

    Attributes:
        binary: Command fully open or fully closed only.
        threshold: Opening above which the gripper opens.
        hysteresis: Distance from the threshold within which nothing changes; for continuous commands the smallest
            change worth a new command.
        latency: From a command's publication to motion [s].
    """

    binary: bool
    threshold: float
    hysteresis: float
    latency: float


class GripperSchedule:
    """Tells the opening to command at a time; says nothing while the last command still stands."""

    def __init__(self, rule: GripperRule) -> None:
        self._rule = rule
        self._times: Array = np.empty(0)
        self._openings: Array = np.empty(0)
        self._commanded: float | None = None

    def load(self, times: Array, openings: Array) -> None:
        """Follow ``openings`` (H,), 0 closed to 1 open, meant for ``times`` (H,) on the ROS clock [s]."""
        self._times, self._openings = times, openings

    def reschedule(self, times: Array) -> None:
        """Follow the same openings at other times (H,): the chunk has become slower."""
        if times.shape == self._times.shape:
            self._times = times

    def clear(self) -> None:
        """Forget the openings to come; the gripper stays as it is."""
        self._times = np.empty(0)

    def forget(self) -> None:
        """Forget the last command too, so that the next opening is commanded whatever it is."""
        self.clear()
        self._commanded = None

    def due(self, now: float) -> float | None:
        """Return the opening to command at ``now``, None where nothing changes."""
        passed = self._times <= now + self._rule.latency
        if not np.any(passed):
            return None
        wanted = float(self._openings[np.flatnonzero(passed)[-1]])
        rule = self._rule
        if rule.binary:
            if abs(wanted - rule.threshold) <= rule.hysteresis and self._commanded is not None:
                return None
            wanted = 1.0 if wanted > rule.threshold else 0.0
            changed = wanted != self._commanded
        else:
            changed = self._commanded is None or abs(wanted - self._commanded) >= max(rule.hysteresis, 1e-3)
        if not changed:
            return None
        self._commanded = wanted
        return wanted


def make_schedules(contract: Contract) -> dict[str, GripperSchedule]:
    """Return a schedule for every gripper that the policy moves, by name."""
    return {
        term.gripper: GripperSchedule(
            GripperRule(
                binary=True,
                threshold=term.threshold,
                hysteresis=term.hysteresis,
                latency=contract.robot.grippers[term.gripper].latency,
            )
        )
        for term in contract.policy.action
        if isinstance(term, GripperAction)
    }
