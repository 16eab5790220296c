"""The drivers that a robot profile asks for."""

from __future__ import annotations

from rclpy.node import Node

from steadyhand.drivers.arm import ArmDriver
from steadyhand.drivers.gripper import GripperDriver
from steadyhand.drivers.gripper_command import GripperCommandDriver
from steadyhand.drivers.joint_trajectory import JointTrajectoryDriver
from steadyhand.drivers.source import PlanSource, SceneSource
from steadyhand.profiles.binding import arm_joints
from steadyhand.profiles.contract import Contract


def make_arm(node: Node, contract: Contract) -> ArmDriver:
    """Return what moves the arm of a deployment, connected through ``node``."""
    return JointTrajectoryDriver(node, contract.robot.arm.controller, arm_joints(contract.robot, contract.deployment))


def make_grippers(node: Node, contract: Contract) -> dict[str, GripperDriver]:
    """Return what moves each gripper of a deployment by name, connected through ``node``."""
    return {name: GripperCommandDriver(node, name, gripper) for name, gripper in contract.robot.grippers.items()}


def make_scene_source(node: Node, contract: Contract) -> SceneSource | None:
    """Return what tells the scene from elsewhere, None where the robot profile's own scene is all."""
    if contract.robot.scene.check == "move_group":
        from steadyhand.drivers.move_group.scene import MoveGroupScene

        return MoveGroupScene(node, contract)
    return None


def make_planner(node: Node, contract: Contract) -> PlanSource | None:
    """Return who plans the way to a start pose, None where nobody is asked."""
    if contract.robot.start.planner == "move_group":
        from steadyhand.drivers.move_group.planner import MoveGroupPlanner

        return MoveGroupPlanner(node, contract)
    return None
