"""Grippers behind control_msgs/GripperCommand, as GripperActionController serves it."""

from __future__ import annotations

from typing import Any

from control_msgs.action import GripperCommand
from rclpy.action import ActionClient
from rclpy.node import Node

from steadyhand.profiles.robot import Gripper


class GripperCommandDriver:
    """Sends one goal for each change of the opening; a new goal preempts the one before.

    Attributes:
        outcome: What the controller said last, for diagnostics.
    """

    def __init__(self, node: Node, name: str, gripper: Gripper) -> None:
        self._node = node
        self._name = name
        self._gripper = gripper
        self._client = ActionClient(node, GripperCommand, f"/{gripper.controller}/gripper_cmd")
        self.outcome = "no command yet"

    @property
    def connected(self) -> bool:
        """True while the controller's action server is there."""
        return bool(self._client.server_is_ready())

    def command(self, opening: float) -> None:
        """Move to ``opening``, 0 closed to 1 open."""
        goal = GripperCommand.Goal()
        goal.command.position = self._gripper.closed + opening * (self._gripper.open - self._gripper.closed)
        goal.command.max_effort = self._gripper.max_effort
        if not self.connected:
            self.outcome = f"opening {opening:.2f} not sent: /{self._gripper.controller}/gripper_cmd is not there"
            self._node.get_logger().error(f"gripper {self._name}: {self.outcome}; start its controller")
            return
        self.outcome = f"opening {opening:.2f} sent"
        self._client.send_goal_async(goal).add_done_callback(self._on_answer)

    def close(self) -> None:
        """Give the action client up."""
        self._client.destroy()

    def _on_answer(self, future: Any) -> None:
        handle = future.result()
        if handle is None or not handle.accepted:
            self.outcome = "goal refused by the controller"
            self._node.get_logger().error(f"gripper {self._name}: {self.outcome}")
            return
        handle.get_result_async().add_done_callback(self._on_result)

    def _on_result(self, future: Any) -> None:
        result = future.result().result
        reached = "reached" if result.reached_goal else "stalled" if result.stalled else "ended"
        self.outcome = f"{reached} at {result.position:.4f} with effort {result.effort:.1f}"
