"""The drivers that a robot profile asks for."""

from __future__ import annotations

from rclpy.node import Node

from steadyhand.drivers.arm import ArmDriver
from steadyhand.drivers.gripper import GripperDriver
from steadyhand.drivers.gripper_command import GripperCommandDriver
from steadyhand.drivers.joint_trajectory import JointTrajectoryDriver
from steadyhand.drivers.several import SeveralArms
from steadyhand.drivers.twist import TwistDriver
from steadyhand.profiles.binding import arm_joints
from steadyhand.profiles.contract import Contract


def make_arm(node: Node, contract: Contract) -> ArmDriver:
    """Return what moves the arm of a deployment, or its arms together, connected through ``node``."""
    if contract.robot.arms:
        columns = contract.robot.arm_columns
        return SeveralArms({name: (_one_arm(node, one), columns[name]) for name, one in contract.each_arm().items()})
    return _one_arm(node, contract)


def _one_arm(node: Node, contract: Contract) -> ArmDriver:
    """Return what moves the arm of a contract as that arm alone has it."""
    return JointTrajectoryDriver(node, contract.robot.arm.controller, arm_joints(contract.robot, contract.deployment))


def make_base(node: Node, contract: Contract) -> TwistDriver | None:
    """Return what drives the mobile base of a deployment, None where it has none or the policy does not drive it."""
    driven = any(term.kind == "base_velocity" for term in contract.policy.action)
    return TwistDriver(node, contract.robot.base) if driven and contract.robot.base is not None else None


def make_grippers(node: Node, contract: Contract) -> dict[str, GripperDriver]:
    """Return what moves each gripper of a deployment by name, connected through ``node``."""
    return {name: GripperCommandDriver(node, name, gripper) for name, gripper in contract.robot.grippers.items()}
