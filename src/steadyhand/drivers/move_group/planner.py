"""The planner of a running move_group: ways between two joint positions around what is in its scene."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from moveit_msgs.msg import Constraints, JointConstraint, MotionPlanResponse
from moveit_msgs.srv import GetMotionPlan
from numpy.typing import NDArray
from rclpy.node import Node
from rclpy.task import Future

from steadyhand.drivers.move_group.names import resolve
from steadyhand.drivers.moveit_error_codes import SUCCESS, describe
from steadyhand.drivers.planned_trajectory import read_plan
from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.planning import Plan
from steadyhand.execution.reasons import Reason
from steadyhand.kinematics.model import ArmModel
from steadyhand.profiles.contract import Contract

Array = NDArray[np.float64]

_TOLERANCE = 1e-3  # of the goal, about each joint [rad or m]
# move_group plans within the timeout; the answer may take this much longer [s].
_TRANSPORT = 1.0


class MoveGroupPlanner:
    """Calls plan_kinematic_path, which plans and moves nothing.

    Args:
        node: The node that asks.
        contract: The resolved deployment.
    """

    def __init__(self, node: Node, contract: Contract) -> None:
        robot = contract.robot
        assert robot.moveit is not None
        self._node = node
        self._group = robot.moveit.group
        self._names = list(robot.joint_names)
        self._timeout = robot.start.timeout
        self._attempts = robot.start.attempts
        # What the description allows is what MoveIt scales, where its joint_limits.yaml says nothing lower.
        rated = ArmModel(contract.urdf, robot.joint_names, robot.frames.base, robot.frames.tip).velocity
        self._share = float(np.min(robot.velocity / np.where(rated > 0.0, rated, np.inf), initial=1.0))
        self._service = resolve(robot.moveit.namespace, "plan_kinematic_path")
        self._client = node.create_client(GetMotionPlan, self._service)
        self._pending: Future[Any] | None = None
        self._deadline = np.inf
        self._answer: Plan | RefusedError | None = None
        self.outcome = "not asked yet"

    def ask(self, start: Array, goal: Array, fraction: float) -> None:
        """Begin to plan; see `Planner.ask`."""
        self.forget()
        if not self._client.service_is_ready():
            self._refuse(f"{self._service} is not there: start move_group, or mend moveit.namespace")
            return
        request = GetMotionPlan.Request()
        asked = request.motion_plan_request
        asked.group_name = self._group
        asked.start_state.joint_state.name = self._names
        asked.start_state.joint_state.position = [float(value) for value in start]
        # Whatever else the robot has is where MoveIt sees it.
        asked.start_state.is_diff = True
        asked.goal_constraints = [self._constraints(goal)]
        asked.num_planning_attempts = self._attempts
        asked.allowed_planning_time = self._timeout
        # 0 would mean full speed.
        asked.max_velocity_scaling_factor = float(np.clip(fraction * self._share, 0.01, 1.0))
        asked.max_acceleration_scaling_factor = float(np.clip(fraction, 0.01, 1.0))
        self._deadline = time.monotonic() + self._timeout + _TRANSPORT
        self.outcome = "planning"
        self._pending = self._client.call_async(request)
        self._pending.add_done_callback(self._on_answer)

    def take(self) -> Plan | RefusedError | None:
        """Return what has come of the question; see `Planner.take`."""
        if self._pending is not None:
            if not self._client.service_is_ready():
                self._refuse(f"{self._service} went away while it planned")
            elif time.monotonic() > self._deadline:
                self._refuse(f"{self._service} gave no plan within {self._timeout:g} s")
        answer, self._answer = self._answer, None
        return answer

    def forget(self) -> None:
        """Want no plan any longer; see `Planner.forget`."""
        if self._pending is not None:
            self._client.remove_pending_request(self._pending)
        self._pending = self._answer = None

    def close(self) -> None:
        """Give up every connection."""
        self.forget()
        self._node.destroy_client(self._client)

    def _constraints(self, goal: Array) -> Constraints:
        joints = [
            JointConstraint(
                joint_name=name,
                position=float(position),
                tolerance_above=_TOLERANCE,
                tolerance_below=_TOLERANCE,
                weight=1.0,
            )
            for name, position in zip(self._names, goal, strict=True)
        ]
        return Constraints(joint_constraints=joints)

    def _on_answer(self, answer: Future[Any]) -> None:
        if self._pending is None or answer is not self._pending:
            return
        self._pending = None
        response = answer.result()
        if response is None:
            self._refuse(f"{self._service} gave no answer")
            return
        self._take(response.motion_plan_response)

    def _take(self, response: MotionPlanResponse) -> None:
        code = response.error_code
        if code.val != SUCCESS:
            # Humble's error codes have no message.
            self._refuse(describe(code.val, getattr(code, "message", "")))
            return
        try:
            plan = read_plan(response.trajectory.joint_trajectory, self._names)
        except RefusedError as refusal:
            self._refuse(f"group '{self._group}': {refusal}")
            return
        self._answer = plan
        self.outcome = f"planned {len(plan.times)} points in {response.planning_time:.2f} s"

    def _refuse(self, message: str) -> None:
        self.forget()
        self._answer = RefusedError(Reason.PLANNING_FAILED, message)
        self.outcome = message
