"""Whole trajectories through MoveItPy."""

from __future__ import annotations

from copy import copy

from steadyhand.drivers.moveit_api import MoveIt
from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.reasons import Reason
from steadyhand.execution.reference import Reference


class MoveItExecution:
    """Executes motions that are whole: a start pose, a retreat. It is no driver for chunks, which are never whole.

    Args:
        moveit: What `steadyhand.drivers.moveit_py.open_moveit` returned.
        group: Planning group of the arm.
        joint_names: Joints of the arm in the motion's order, by name in the description.
    """

    def __init__(self, moveit: MoveIt, group: str, joint_names: tuple[str, ...]) -> None:
        self._moveit = moveit
        self._group = group
        self._joint_names = joint_names

    def execute(self, motion: Reference) -> None:
        """Check a motion against the scene, hand it to the controllers, and wait for its end.

        Call it from a thread of its own, or while nothing else is to be done: MoveIt leaves the interpreter free.

        Args:
            motion: Times count from its first knot. MoveIt refuses one that does not begin where the arm is.

        Raises:
            RefusedError: It would touch something, or was not carried out to its end.
        """
        try:
            trajectory = self._moveit.trajectory(self._moveit.instance.get_robot_model())
            # A trajectory of no group is refused by `execute`.
            trajectory.joint_model_group_name = self._group
            message = self._moveit.message(self._joint_names, motion)
            with self._moveit.instance.get_planning_scene_monitor().read_only() as scene:
                state = copy(scene.current_state)
                state.update()
                # What is returned is a copy; the object itself has changed.
                trajectory.set_robot_trajectory_msg(state, message)
                free = scene.is_path_valid(trajectory, self._group)
            if not free:
                raise RefusedError(Reason.COLLISION, f"MoveIt's planning scene has no room for {self._group}'s motion")
            # Not under the lock: it lasts as long as the motion. No controllers named: MoveIt chooses them.
            status = self._moveit.instance.execute(trajectory, [])
        except RefusedError:
            raise
        except Exception as error:
            raise RefusedError(
                Reason.CONTROLLER_ABORTED, f"MoveIt could not execute the motion: {type(error).__name__}: {error}"
            ) from error
        if not status:
            raise RefusedError(
                Reason.CONTROLLER_ABORTED, f"MoveIt did not execute the motion to its end: {status.status}"
            )

    def stop(self) -> None:
        """Cancel the motion that runs; its controller decides how it brakes."""
        self._moveit.instance.get_trajectory_execution_manager().stop_execution()
