"""The hand's gripper controller as ROS shows it: an action, of one of two types."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from control_msgs.action import GripperCommand, ParallelGripperCommand
from rclpy.action import ActionServer, CancelResponse, GoalResponse
from rclpy.action.server import ServerGoalHandle
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node
from sensor_msgs.msg import JointState

from steadyhand.nodes.simulated.goals import PendingGoal
from steadyhand.simulation.controllers.exceptions import ControllerError
from steadyhand.simulation.controllers.gripper import GripperController, GripperGoal, GripperResult


class SimulatedGripper(ABC):
    """Serves a gripper controller under its name.

    Attributes:
        action_type: The action served.
        controller: The controller; use it under the lock.
        active: False while it takes no goals.
    """

    action_type: ClassVar[Any]

    def __init__(
        self,
        node: Node,
        name: str,
        joint_name: str,
        controller: GripperController,
        lock: threading.RLock,
        clock: Callable[[], float],
    ) -> None:
        """Open the action.

        Args:
            node: The node that serves.
            name: Absolute name of the controller.
            joint_name: The joint that it moves.
            controller: What moves the fingers.
            lock: Held by whoever uses the controller.
            clock: The time on the ROS clock [s].
        """
        self.controller = controller
        self.active = True
        self.joint_name = joint_name
        self._node = node
        self._lock = lock
        self._clock = clock
        self._goals: dict[bytes, GripperGoal] = {}
        self._server = ActionServer(
            node,
            self.action_type,
            f"{name}/gripper_cmd",
            execute_callback=lambda _handle: self.action_type.Result(),  # each goal brings its own
            goal_callback=self._on_goal,
            handle_accepted_callback=self._on_accepted,
            cancel_callback=self._on_cancel,
            callback_group=ReentrantCallbackGroup(),
        )

    @abstractmethod
    def goal_values(self, request: Any) -> tuple[float, float]:
        """Return position [m] and largest effort [N] of a request.

        Raises:
            ControllerError: The request lacks them.
        """

    @abstractmethod
    def result_message(self, result: GripperResult) -> Any:
        """Return the result of the action."""

    def _on_goal(self, request: Any) -> GoalResponse:
        if not self.active:
            self._node.get_logger().warning("gripper goal refused: the controller is not active")
            return GoalResponse.REJECT
        try:
            GripperGoal(*self.goal_values(request))
        except ControllerError as error:
            self._node.get_logger().warning(f"gripper goal refused: {error}")
            return GoalResponse.REJECT
        return GoalResponse.ACCEPT

    def _on_accepted(self, handle: ServerGoalHandle) -> None:
        pending: PendingGoal[GripperResult] = PendingGoal(self._node, handle)
        goal = GripperGoal(*self.goal_values(handle.request), pending.on_finish)
        with self._lock:
            self._goals[bytes(handle.goal_id.uuid)] = goal
            self.controller.start(goal, self._clock())
        handle.execute(partial(self._execute, pending))

    def _on_cancel(self, handle: ServerGoalHandle) -> CancelResponse:
        with self._lock:
            goal = self._goals.get(bytes(handle.goal_id.uuid))
            if goal is not None:
                self.controller.cancel(goal)
        return CancelResponse.ACCEPT

    async def _execute(self, pending: PendingGoal[GripperResult], handle: ServerGoalHandle) -> Any:
        result = await pending.outcome()
        del self._goals[bytes(handle.goal_id.uuid)]
        return self.result_message(result)


class GripperCommandServer(SimulatedGripper):
    """Serves GripperCommand, as position_controllers/GripperActionController does."""

    action_type = GripperCommand

    def goal_values(self, request: Any) -> tuple[float, float]:
        """Return position [m] and largest effort [N] of a request."""
        return float(request.command.position), float(request.command.max_effort)

    def result_message(self, result: GripperResult) -> Any:
        """Return the result of the action."""
        return GripperCommand.Result(
            position=result.position,
            effort=result.effort,
            stalled=result.stalled,
            reached_goal=result.reached_goal,
        )


class ParallelGripperCommandServer(SimulatedGripper):
    """Serves ParallelGripperCommand, as parallel_gripper_action_controller/GripperActionController does."""

    action_type = ParallelGripperCommand

    def goal_values(self, request: Any) -> tuple[float, float]:
        """Return position [m] and largest effort [N] of a request.

        Raises:
            ControllerError: There is not exactly one position.
        """
        command = request.command
        if len(command.position) != 1:
            raise ControllerError(
                f"the command carries {len(command.position)} positions; give one, for {self.joint_name}"
            )
        return float(command.position[0]), float(command.effort[0]) if command.effort else 0.0

    def result_message(self, result: GripperResult) -> Any:
        """Return the result of the action."""
        state = JointState(name=[self.joint_name], position=[result.position], effort=[result.effort])
        return ParallelGripperCommand.Result(state=state, stalled=result.stalled, reached_goal=result.reached_goal)


GRIPPER_ACTIONS: dict[str, type[SimulatedGripper]] = {
    "gripper_command": GripperCommandServer,
    "parallel_gripper_command": ParallelGripperCommandServer,
}
"""Action types by the name of the parameter value that chooses them."""
