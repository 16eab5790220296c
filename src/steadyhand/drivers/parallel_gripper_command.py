"""Grippers behind control_msgs/ParallelGripperCommand, as parallel_gripper_action_controller serves it."""

from __future__ import annotations

from typing import Any

from control_msgs.action import ParallelGripperCommand
from sensor_msgs.msg import JointState

from steadyhand.drivers.gripper_action import GripperActionDriver, reached_or_stalled


class ParallelGripperCommandDriver(GripperActionDriver):
    """A named position, and a largest effort where the profile has one."""

    action_type = ParallelGripperCommand

    def goal(self, position: float) -> Any:
        """Return the goal that moves the gripper's joint to a position [m or rad]."""
        effort = [self.gripper.max_effort] if self.gripper.max_effort > 0.0 else []
        command = JointState(name=[self.gripper.joint], position=[position], effort=effort)
        return ParallelGripperCommand.Goal(command=command)

    def told(self, result: Any) -> str:
        """Return a result in words."""
        state = result.state
        position = state.position[0] if state.position else float("nan")
        return reached_or_stalled(result, position, state.effort[0] if state.effort else 0.0)
