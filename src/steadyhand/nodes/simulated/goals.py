"""Action goals that end when a simulated controller says so."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from rclpy.action.server import ServerGoalHandle
from rclpy.node import Node
from rclpy.task import Future

from steadyhand.simulation.controllers.goal import Goal, GoalStatus

ResultT = TypeVar("ResultT")


class PendingGoal(Generic[ResultT]):
    """Joins a controller's goal to the handle of its client.

    Attributes:
        handle: The server's side of the client's goal.
    """

    def __init__(self, node: Node, handle: ServerGoalHandle) -> None:
        """Wait for the outcome of a goal whose ``on_finish`` is this object's."""
        self.handle = handle
        self._node = node
        self._finished: Future = Future()

    def on_finish(self, goal: Goal[ResultT]) -> None:
        """Take the outcome, in whatever thread the controller runs."""
        self._finished.set_result(goal)
        # The task that awaits it is resumed only by an executor that is awake.
        if self._node.executor is not None:
            self._node.executor.wake()

    async def outcome(self) -> ResultT:
        """Wait for the outcome, give the handle its status, and return the controller's result.

        A goal that its controller preempts as canceled is aborted here: rclpy lets only the client cancel.
        """
        goal: Any = await self._finished
        if goal.status is GoalStatus.SUCCEEDED:
            self.handle.succeed()
        elif goal.status is GoalStatus.CANCELED and self.handle.is_cancel_requested:
            self.handle.canceled()
        else:
            self.handle.abort()
        result: ResultT = goal.result
        return result
