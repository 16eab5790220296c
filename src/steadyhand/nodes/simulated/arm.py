"""The arm's trajectory controller as ROS shows it: a topic, an action, and the controller's state."""

from __future__ import annotations

import array
import threading
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from control_msgs.action import FollowJointTrajectory
from control_msgs.msg import JointTolerance, JointTrajectoryControllerState
from rclpy.action import ActionServer, CancelResponse, GoalResponse
from rclpy.action.server import ServerGoalHandle
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node
from rclpy.qos import QoSProfile
from trajectory_msgs.msg import JointTrajectory as JointTrajectoryMessage
from trajectory_msgs.msg import JointTrajectoryPoint

from steadyhand.nodes.conversions import to_duration, to_seconds, to_time
from steadyhand.nodes.simulated.goals import PendingGoal
from steadyhand.simulation.controllers.exceptions import RefusedTrajectoryError
from steadyhand.simulation.controllers.goal import GoalStatus
from steadyhand.simulation.controllers.joint_trajectory import JointTrajectoryController, TrackingState
from steadyhand.simulation.controllers.trajectory import Array, JointTrajectory, TrajectoryPoint
from steadyhand.simulation.controllers.trajectory_goal import TrajectoryGoal, TrajectoryResult


def trajectory_from_message(message: JointTrajectoryMessage) -> JointTrajectory:
    """Return the trajectory that a message carries; values are not judged here."""

    def values(field: Sequence[float]) -> Array | None:
        return np.array(field) if len(field) else None

    return JointTrajectory(
        stamp=to_seconds(message.header.stamp),
        joint_names=tuple(message.joint_names),
        points=tuple(
            TrajectoryPoint(
                time=to_seconds(point.time_from_start),
                positions=np.array(point.positions),
                velocities=values(point.velocities),
                accelerations=values(point.accelerations),
            )
            for point in message.points
        ),
    )


class SimulatedArm:
    """Serves a JointTrajectoryController under its name.

    Attributes:
        controller: The controller; use it under the lock.
        active: False while it takes no commands and holds; see `activate`.
    """

    def __init__(
        self,
        node: Node,
        name: str,
        controller: JointTrajectoryController,
        lock: threading.RLock,
        clock: Callable[[], float],
    ) -> None:
        """Open the topic and the action.

        Args:
            node: The node that serves.
            name: Absolute name of the controller.
            controller: What follows the trajectories.
            lock: Held by whoever uses the controller.
            clock: The time on the ROS clock [s].
        """
        self.controller = controller
        self.active = True
        self._node = node
        self._lock = lock
        self._clock = clock
        self._handle: ServerGoalHandle | None = None
        self._goal: TrajectoryGoal | None = None
        group = ReentrantCallbackGroup()
        self._states = node.create_publisher(
            JointTrajectoryControllerState, f"{name}/controller_state", QoSProfile(depth=1)
        )
        node.create_subscription(
            JointTrajectoryMessage,
            f"{name}/joint_trajectory",
            self._on_message,
            QoSProfile(depth=1),
            callback_group=group,
        )
        self._server = ActionServer(
            node,
            FollowJointTrajectory,
            f"{name}/follow_joint_trajectory",
            execute_callback=lambda _handle: FollowJointTrajectory.Result(),  # each goal brings its own
            goal_callback=self._on_goal,
            handle_accepted_callback=self._on_accepted,
            cancel_callback=self._on_cancel,
            callback_group=group,
        )

    def activate(self, active: bool) -> None:
        """Let the controller take commands, or hold the measured position and take none, as its manager would."""
        with self._lock:
            if active != self.active and self.controller.tracking is not None:
                self.controller.activate(self.controller.tracking.positions)
            self.active = active

    def publish(self) -> None:
        """Publish the controller's state, and feedback where a goal is active; nothing while it is not active."""
        if not self.active:
            return
        with self._lock:
            tracking, goal, handle = self.controller.tracking, self.controller.goal, self._handle
            command = self.controller.command
        if tracking is None:
            return
        if self._states.get_subscription_count():
            self._states.publish(self._state(tracking, command))
        if goal is not None and goal is self._goal and handle is not None and handle.is_active:
            handle.publish_feedback(self._feedback(tracking))

    def _on_message(self, message: JointTrajectoryMessage) -> None:
        if not self.active:
            return
        trajectory = trajectory_from_message(message)
        try:
            with self._lock:
                self.controller.follow(trajectory, self._clock())
        except RefusedTrajectoryError as error:
            self._node.get_logger().warning(f"trajectory refused with code {error.code}: {error}")

    def _on_goal(self, request: FollowJointTrajectory.Goal) -> GoalResponse:
        if not self.active:
            self._node.get_logger().warning("goal refused: the controller is not active")
            return GoalResponse.REJECT
        try:
            with self._lock:
                self.controller.check(trajectory_from_message(request.trajectory), self._clock())
        except RefusedTrajectoryError as error:
            self._node.get_logger().warning(f"goal refused with code {error.code}: {error}")
            return GoalResponse.REJECT
        return GoalResponse.ACCEPT

    def _on_accepted(self, handle: ServerGoalHandle) -> None:
        request = handle.request
        pending: PendingGoal[TrajectoryResult] = PendingGoal(self._node, handle)
        with self._lock:
            tolerances, wrong = self.controller.goal_tolerances(
                _positions(request.path_tolerance),
                _positions(request.goal_tolerance),
                to_seconds(request.goal_time_tolerance),
            )
            goal = TrajectoryGoal(trajectory_from_message(request.trajectory), tolerances, pending.on_finish)
            try:
                self.controller.start(goal, self._clock())
                self._goal, self._handle = goal, handle
            except RefusedTrajectoryError as error:
                # It ended in the past between the check and now.
                goal.finish(GoalStatus.ABORTED, TrajectoryResult(error.code, str(error)))
        if wrong:
            self._node.get_logger().warning(f"the goal's tolerances are not used: {wrong}")
        handle.execute(partial(self._execute, pending))

    def _on_cancel(self, handle: ServerGoalHandle) -> CancelResponse:
        with self._lock:
            if handle is self._handle and self._goal is not None:
                self.controller.cancel(self._goal)
        return CancelResponse.ACCEPT

    async def _execute(
        self, pending: PendingGoal[TrajectoryResult], _handle: ServerGoalHandle
    ) -> FollowJointTrajectory.Result:
        result = await pending.outcome()
        return FollowJointTrajectory.Result(error_code=result.error_code, error_string=result.error_string)

    def _state(self, tracking: TrackingState, command: Array) -> JointTrajectoryControllerState:
        message = JointTrajectoryControllerState()
        message.header.stamp = to_time(tracking.time)
        message.joint_names = list(self.controller.options.joint_names)
        message.reference, message.feedback, message.error = _points(tracking)
        message.output.positions = _array(command)
        message.speed_scaling_factor = self.controller.speed_scaling
        return message

    def _feedback(self, tracking: TrackingState) -> FollowJointTrajectory.Feedback:
        message = FollowJointTrajectory.Feedback()
        message.header.stamp = to_time(tracking.time)
        message.joint_names = list(self.controller.options.joint_names)
        message.desired, message.actual, message.error = _points(tracking)
        if hasattr(message, "index"):  # control_msgs from 6.3.0 on
            message.index = tracking.next_index
        return message


def _positions(tolerances: Sequence[JointTolerance]) -> dict[str, float]:
    return {tolerance.name: tolerance.position for tolerance in tolerances}


def _array(values: Array) -> array.array[float]:
    return array.array("d", values.tobytes())


def _points(tracking: TrackingState) -> tuple[JointTrajectoryPoint, JointTrajectoryPoint, JointTrajectoryPoint]:
    """Desired, measured, and desired less measured."""
    elapsed = to_duration(tracking.time_from_start)
    desired = JointTrajectoryPoint(
        positions=_array(tracking.desired.positions),
        velocities=_array(tracking.desired.velocities),
        accelerations=_array(tracking.desired.accelerations),
        time_from_start=elapsed,
    )
    actual = JointTrajectoryPoint(
        positions=_array(tracking.positions), velocities=_array(tracking.velocities), time_from_start=elapsed
    )
    error = JointTrajectoryPoint(positions=_array(tracking.error), time_from_start=elapsed)
    return desired, actual, error
