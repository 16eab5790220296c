"""The way to a start pose or home: by a plan where somebody plans, else straight there."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.executor import Executor
from steadyhand.execution.phase import Phase
from steadyhand.execution.planning import Planner
from steadyhand.execution.preview import joint_changes
from steadyhand.execution.reference import Reference
from steadyhand.execution.scene import SceneCheck
from steadyhand.execution.start import START_FRACTION

Array = NDArray[np.float64]


class Departure:
    """Begins moves to a pose. Times are the reference's [s].

    Args:
        executor: What moves.
        scene: What the arm must not touch, None where nothing is known.
        planner: Who plans the way; None for a limited move straight there.
        names: Joints of the arm.
    """

    def __init__(
        self, executor: Executor, scene: SceneCheck | None, planner: Planner | None, names: Sequence[str]
    ) -> None:
        self._names = names
        self._executor = executor
        self._scene = scene
        self._planner = planner

    def look(self, now: float, measured: Array) -> None:
        """Raise RefusedError where an arm that rests at ``measured``, shape (n,), may not move from there."""
        if self._scene is not None:
            self._scene.supervise(Reference.resting(now, measured), now)

    def begin(
        self, episode_id: str, now: float, measured: Array, speed: float, pose: Array | None, *, confirm: bool = False
    ) -> None:
        """Move to a pose, shape (n,); None to stay. With ``confirm`` rest until the operator consents.

        Raises:
            RefusedError: Why not.
        """
        self.look(now, measured)
        planned = self._planner is not None
        self._executor.open(episode_id, now, measured, speed, pose, planned=planned, withheld=confirm)
        self._set_off(now, pose, confirm=confirm)

    def again(self, now: float, measured: Array, pose: Array | None, *, confirm: bool = False) -> None:
        """Move to the pose of the open episode, from a hold before it was reached. Arguments as for `begin`.

        Raises:
            RefusedError: Why not.
        """
        self.look(now, measured)
        self._executor.depart(now, measured, pose, planned=self._planner is not None, withheld=confirm)
        self._set_off(now, pose, confirm=confirm)

    def _set_off(self, now: float, pose: Array | None, *, confirm: bool) -> None:
        executor = self._executor
        if executor.phase is not Phase.STARTING:
            return
        assert executor.reference is not None and pose is not None
        if confirm:
            changes = pose - executor.reference.sample(now).position
            way = "on a planned way" if executor.planning else f"{executor.reference.end - now:.1f} s"
            executor.withhold(f"to the start pose: {joint_changes(self._names, changes)}; {way}")
        elif self._planner is not None and executor.planning:
            self._planner.ask(executor.reference.final.position, pose, START_FRACTION * executor.speed)

    def follow(self, now: float) -> None:
        """Follow the plan that has come.

        Raises:
            RefusedError: There is none to come, or it may not be followed.
        """
        if self._planner is None:
            return
        if not self._executor.planning:
            self._planner.forget()
            return
        plan = self._planner.take()
        if isinstance(plan, RefusedError):
            raise plan
        if plan is not None:
            self._executor.follow_plan(plan, now)
