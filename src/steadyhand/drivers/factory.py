"""The drivers that a robot profile asks for."""

from __future__ import annotations

from rclpy.node import Node

from steadyhand.drivers.arm import ArmDriver
from steadyhand.drivers.gripper import GripperDriver
from steadyhand.drivers.gripper_command import GripperCommandDriver
from steadyhand.drivers.joint_trajectory import JointTrajectoryDriver
from steadyhand.profiles.binding import arm_joints
from steadyhand.profiles.contract import Contract


def make_arm(node: Node, contract: Contract) -> ArmDriver:
    """Return what moves the arm of a deployment, connected through ``node``.

    Raises:
        DriverError: What the driver needs is not installed.
    """
    if contract.robot.arm.driver == "servo":
        # Its messages come with MoveIt, which other drivers do without.
        from steadyhand.drivers.servo import ServoDriver

        return ServoDriver(node, contract)
    return JointTrajectoryDriver(node, contract.robot.arm.controller, arm_joints(contract.robot, contract.deployment))


def make_grippers(node: Node, contract: Contract) -> dict[str, GripperDriver]:
    """Return what moves each gripper of a deployment by name, connected through ``node``."""
    return {name: GripperCommandDriver(node, name, gripper) for name, gripper in contract.robot.grippers.items()}
