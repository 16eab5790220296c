"""Grippers behind control_msgs/GripperCommand, as GripperActionController serves it."""

from __future__ import annotations

from typing import Any

from control_msgs.action import GripperCommand

from steadyhand.drivers.gripper_action import GripperActionDriver, reached_or_stalled


class GripperCommandDriver(GripperActionDriver):
    """A position and a largest effort."""

    action_type = GripperCommand

    def goal(self, position: float) -> Any:
        """Return the goal that moves the gripper's joint to a position [m or rad]."""
        goal = GripperCommand.Goal()
        goal.command.position = position
        goal.command.max_effort = self.gripper.max_effort
        return goal

    def told(self, result: Any) -> str:
        """Return a result in words."""
        return reached_or_stalled(result, result.position, result.effort)
