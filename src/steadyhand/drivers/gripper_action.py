"""What all grippers behind an action share: one goal for each change of the opening, and what became of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import partial
from typing import Any, ClassVar

from action_msgs.msg import GoalStatus
from rclpy.action import ActionClient
from rclpy.node import Node

from steadyhand.drivers.names import gripper_server
from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.reasons import Reason
from steadyhand.profiles.robot import Gripper


class GripperActionDriver(ABC):
    """Sends one goal for each change of the opening; a new goal preempts the one before.

    A gripper that stalls has most often grasped something: that is told, and is no fault.

    Attributes:
        action_type: The action.
        gripper: What the robot profile says of the gripper.
        outcome: What the controller said last, for diagnostics.
    """

    action_type: ClassVar[Any]

    def __init__(self, node: Node, name: str, gripper: Gripper) -> None:
        """Connect to the gripper called ``name`` in the robot profile."""
        self.gripper = gripper
        self.outcome = "no command yet"
        self._node = node
        self._name = name
        self._server = gripper_server(gripper)
        self._client = ActionClient(node, self.action_type, self._server)
        self._newest = 0
        self._fault: RefusedError | None = None

    @abstractmethod
    def goal(self, position: float) -> Any:
        """Return the goal that moves the gripper's joint to a position [m or rad]."""

    @abstractmethod
    def told(self, result: Any) -> str:
        """Return a result in words."""

    @property
    def connected(self) -> bool:
        """True while the controller's action server is there."""
        return bool(self._client.server_is_ready())

    def take_fault(self) -> RefusedError | None:
        """Return, once, why a command was not taken; None where it was."""
        fault, self._fault = self._fault, None
        return fault

    def command(self, opening: float) -> None:
        """Move to ``opening``, 0 closed to 1 open."""
        if not self.connected:
            self._fail(f"opening {opening:.2f} not sent: {self._server} is not there; start its controller")
            return
        position = self.gripper.closed + opening * (self.gripper.open - self.gripper.closed)
        self._newest += 1
        self.outcome = f"opening {opening:.2f} sent"
        self._client.send_goal_async(self.goal(position)).add_done_callback(partial(self._on_answer, self._newest))

    def close(self) -> None:
        """Give the action client up; the gripper keeps its last command."""
        self._client.destroy()

    def _on_answer(self, number: int, future: Any) -> None:
        handle = future.result()
        if handle is None or not handle.accepted:
            self._fail(f"goal refused by {self._server}")
            return
        handle.get_result_async().add_done_callback(partial(self._on_result, number))

    def _on_result(self, number: int, future: Any) -> None:
        answer = future.result()
        if answer is None or number != self._newest:
            return
        ended = {GoalStatus.STATUS_ABORTED: "aborted, ", GoalStatus.STATUS_CANCELED: "canceled, "}
        self.outcome = ended.get(answer.status, "") + self.told(answer.result)

    def _fail(self, message: str) -> None:
        self.outcome = message
        self._fault = RefusedError(Reason.GRIPPER_REFUSED, f"gripper {self._name}: {message}")
        self._node.get_logger().error(str(self._fault))


def reached_or_stalled(result: Any, position: float, effort: float) -> str:
    """Return in words where a gripper controller's goal ended, [m or rad] and [N or N m]."""
    how = "reached" if result.reached_goal else "stalled" if result.stalled else "ended"
    return f"{how} at {position:.4f} with effort {effort:.1f}"
