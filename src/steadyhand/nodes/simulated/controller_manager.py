"""What ROS shows of the simulated arm's controller besides its own interfaces: its state and its parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from controller_manager_msgs.msg import ControllerState
from controller_manager_msgs.srv import ListControllers
from rcl_interfaces.srv import GetParameters, ListParameters
from rclpy.node import Node
from rclpy.parameter import Parameter

from steadyhand.simulation.controllers.joint_trajectory import JointTrajectoryOptions

_ARM_TYPE = "joint_trajectory_controller/JointTrajectoryController"
_GRIPPER_TYPES = {
    "gripper_command": "position_controllers/GripperActionController",
    "parallel_gripper_command": "parallel_gripper_action_controller/GripperActionController",
}


class SimulatedGripperController(NamedTuple):
    """Name of the gripper's controller, the word for its action in profiles, and its joint."""

    name: str
    action: str
    joint: str


class SimulatedControllerManager:
    """Serves list_controllers, and the parameter services of the arm's controller.

    Args:
        node: The node that serves.
        arm: Absolute name of the arm's controller.
        options: Its parameters.
        active: Whether it is active.
        gripper: The gripper's controller.
        gripper_active: Whether that is active.
    """

    def __init__(
        self,
        node: Node,
        arm: str,
        options: JointTrajectoryOptions,
        active: Callable[[], bool],
        gripper: SimulatedGripperController,
        gripper_active: Callable[[], bool],
    ) -> None:
        self._listed = (
            (arm.strip("/"), _ARM_TYPE, options.joint_names, active),
            (gripper.name.strip("/"), _GRIPPER_TYPES[gripper.action], (gripper.joint,), gripper_active),
        )
        self._parameters = _parameters(options)
        node.create_service(ListControllers, "/controller_manager/list_controllers", self._on_list)
        node.create_service(ListParameters, f"{arm}/list_parameters", self._on_names)
        node.create_service(GetParameters, f"{arm}/get_parameters", self._on_values)

    def _on_list(self, _request: Any, response: ListControllers.Response) -> ListControllers.Response:
        response.controller = [
            ControllerState(
                name=name,
                type=kind,
                state="active" if active() else "inactive",
                claimed_interfaces=[f"{joint}/position" for joint in joints] if active() else [],
            )
            for name, kind, joints, active in self._listed
        ]
        return response

    def _on_names(self, _request: Any, response: ListParameters.Response) -> ListParameters.Response:
        response.result.names = list(self._parameters)
        return response

    def _on_values(self, request: GetParameters.Request, response: GetParameters.Response) -> GetParameters.Response:
        # As rclcpp: one name that is not there, and nothing is answered.
        if all(name in self._parameters for name in request.names):
            values = (Parameter(name, value=self._parameters[name]) for name in request.names)
            response.values = [parameter.get_parameter_value() for parameter in values]
        return response


def _parameters(options: JointTrajectoryOptions) -> dict[str, Any]:
    tolerances = options.default_tolerances
    constraints = {
        f"constraints.{joint}.{kind}": float(values[index])
        for kind, values in (("trajectory", tolerances.path), ("goal", tolerances.goal))
        for index, joint in enumerate(options.joint_names)
    }
    return {
        "joints": list(options.joint_names),
        "allow_partial_joints_goal": options.allow_partial_joints_goal,
        "allow_nonzero_velocity_at_trajectory_end": options.allow_nonzero_velocity_at_trajectory_end,
        "interpolate_from_desired_state": options.interpolate_from_desired_state,
        "constraints.goal_time": tolerances.goal_time,
        **constraints,
    }
