"""Scene checks against the planning scene of MoveItPy."""

from __future__ import annotations

from copy import copy

import numpy as np

from steadyhand.drivers.moveit_api import MoveIt
from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.reasons import Reason
from steadyhand.execution.reference import Reference
from steadyhand.execution.scene import SceneCheck

# As often as the local check looks.
_PERIOD = 0.04
# What is left of a motion is looked at again this often [s]: each look keeps the interpreter to itself.
_SUPERVISION = 0.25


class MoveItScene(SceneCheck):
    """A `steadyhand.execution.scene.SceneCheck` by MoveIt's own planning scene, in this process.

    Joints that are none of the arm's, and attached objects, are as the scene has them now. The scene is locked while a
    reference is checked, so that all of it is checked against one scene; the interpreter does nothing else meanwhile.

    Args:
        moveit: What `steadyhand.drivers.moveit_py.open_moveit` returned.
        group: Planning group of the arm.
        joint_names: Joints of the arm in the reference's order, by name in the description.

    Attributes:
        outcome: What the last check came to, for diagnostics.
    """

    def __init__(self, moveit: MoveIt, group: str, joint_names: tuple[str, ...]) -> None:
        self._monitor = moveit.instance.get_planning_scene_monitor()
        self._group = group
        self._joint_names = joint_names
        self._supervised = -np.inf
        self.outcome = "MoveIt in this process"

    def close(self) -> None:
        """Do nothing: MoveIt stays for as long as the process."""

    def check(self, reference: Reference) -> None:
        """Check a reference at its ends and every 40 ms.

        Raises:
            RefusedError: It would touch something, or MoveIt cannot tell: what is not checked is not free.
        """
        count = max(2, int(np.ceil((reference.end - reference.start) / _PERIOD)) + 1)
        times = np.linspace(reference.start, reference.end, count)
        try:
            touching = self._first_touching(reference.sample_many(times)[0].tolist())
        except Exception as error:
            self.outcome = f"{type(error).__name__}: {error}"
            raise RefusedError(
                Reason.SCENE_UNAVAILABLE, f"MoveIt could not check the motion: {self.outcome}"
            ) from error
        self.outcome = "MoveIt in this process"
        if touching is not None:
            raise RefusedError(
                Reason.COLLISION,
                f"group {self._group} would touch something {times[touching] - reference.start:.2f} s ahead, says "
                "MoveIt's planning scene",
            )

    def supervise(self, reference: Reference, now: float) -> None:
        """Check again, four times a second, what is left of a reference that was free: the scene may have changed.

        Raises:
            RefusedError: As `check`, for the part from ``now`` on, ROS clock [s].
        """
        if 0.0 <= now - self._supervised < _SUPERVISION or now >= reference.end:
            return
        self._supervised = now
        self.check(reference.between(now, reference.end))

    def _first_touching(self, rows: list[list[float]]) -> int | None:
        """Return the first row of positions in which the group touches something, None where none does."""
        with self._monitor.read_only() as scene:
            # The scene's own state would be changed by what is tried in it, lock or not.
            state = copy(scene.current_state)
            for index, row in enumerate(rows):
                state.joint_positions = dict(zip(self._joint_names, row, strict=True))
                state.update()
                if scene.is_state_colliding(robot_state=state, joint_model_group_name=self._group):
                    return index
        return None
