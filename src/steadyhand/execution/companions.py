"""The companions of the arm: grippers and a mobile base, which do what the chunk that moves the arm asks of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steadyhand.chunks.targets import JointTargets
from steadyhand.execution.base import BaseSchedule, BaseVelocity
from steadyhand.execution.gripper import make_schedules
from steadyhand.profiles.contract import Contract

Array = NDArray[np.float64]


class Companions:
    """Tells when to command which gripper, and how the base is to drive.

    Grippers follow the reference's time, the base the ROS clock: `since` is by how much the one is behind the other.

    Args:
        contract: The resolved deployment.
    """

    def __init__(self, contract: Contract) -> None:
        robot = contract.robot
        self._grippers = make_schedules(contract)
        self._base = None if robot.base is None else BaseSchedule(robot.base)

    def load(self, targets: JointTargets, row_times: Array, stretch: float, since: float) -> None:
        """Follow a chunk.

        Args:
            targets: What it asks for.
            row_times: When each of its rows is due, the reference's time [s], shape (H,).
            stretch: Factor by which its timing was slowed: the base drives the same way, slower.
            since: ROS clock less the reference's time [s].
        """
        for name, openings in targets.grippers.items():
            self._grippers[name].load(row_times, openings)
        if targets.base is not None and self._base is not None:
            self._base.load(row_times + since, targets.base / stretch)

    def slow_down(self, row_times: Array, ratio: float, since: float) -> None:
        """Follow the same chunk at other times, at ``ratio`` of its speed; see `load`."""
        for gripper in self._grippers.values():
            gripper.reschedule(row_times)
        if self._base is not None and ratio < 1.0:
            self._base.slow_down(row_times + since, ratio)

    def openings(self, now: float) -> dict[str, float]:
        """Return the openings to command at ``now``, the reference's time [s], by gripper; 0 closed to 1 open."""
        due = {name: gripper.due(now) for name, gripper in self._grippers.items()}
        return {name: opening for name, opening in due.items() if opening is not None}

    def drive(self, now: float, *, follow: bool) -> BaseVelocity | None:
        """Return what to tell the base: to follow its chunk, or to come to rest; None where it is told nothing."""
        return None if self._base is None else self._base.due(now, follow=follow)

    def clear(self) -> None:
        """Forget the openings to come; grippers stay as they are."""
        for gripper in self._grippers.values():
            gripper.clear()

    def forget(self, name: str | None = None) -> None:
        """Forget what a gripper was commanded last, of all where None, so that it is commanded anew."""
        for own, gripper in self._grippers.items():
            if name is None or own == name:
                gripper.forget()

    def restart_at(self, now: float) -> None:
        """Forget every time of the base: the clock went back to ``now`` [s]."""
        if self._base is not None:
            self._base.restart_at(now)
