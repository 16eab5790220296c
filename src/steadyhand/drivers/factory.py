"""The drivers that a robot profile asks for."""

from __future__ import annotations

from collections.abc import Callable

from rclpy.node import Node

from steadyhand.drivers.arm import ArmDriver
from steadyhand.drivers.controller_probe import ControllerProbe
from steadyhand.drivers.exceptions import DriverError
from steadyhand.drivers.follow_joint_trajectory import FollowJointTrajectoryDriver
from steadyhand.drivers.forward import ForwardDriver
from steadyhand.drivers.forward_gripper import ForwardGripperDriver
from steadyhand.drivers.gripper import GripperDriver
from steadyhand.drivers.gripper_command import GripperCommandDriver
from steadyhand.drivers.joint_trajectory import JointTrajectoryDriver
from steadyhand.drivers.joint_trajectory_gripper import JointTrajectoryGripperDriver
from steadyhand.drivers.parallel_gripper_command import ParallelGripperCommandDriver
from steadyhand.drivers.several import SeveralArms
from steadyhand.drivers.source import PlanSource, SceneSource
from steadyhand.drivers.twist import TwistDriver
from steadyhand.profiles.binding import arm_joints
from steadyhand.profiles.contract import Contract
from steadyhand.profiles.robot import Gripper

_GRIPPERS: dict[str, Callable[[Node, str, Gripper], GripperDriver]] = {
    "gripper_command": GripperCommandDriver,
    "parallel_gripper_command": ParallelGripperCommandDriver,
    "joint_trajectory": JointTrajectoryGripperDriver,
    "forward_position": ForwardGripperDriver,
}


def make_arm(node: Node, contract: Contract) -> ArmDriver:
    """Return what moves the arm of a deployment, or its arms together, connected through ``node``.

    Raises:
        DriverError: A driver does not exist, or is unsafe on this robot.
    """
    if contract.robot.arms:
        columns = contract.robot.arm_columns
        return SeveralArms({name: (_one_arm(node, one), columns[name]) for name, one in contract.each_arm().items()})
    return _one_arm(node, contract)


def _one_arm(node: Node, contract: Contract) -> ArmDriver:
    """Return what moves the arm of a contract as that arm alone has it; see `make_arm`."""
    arm, safety = contract.robot.arm, contract.robot.safety
    joints = arm_joints(contract.robot, contract.deployment)
    # A motion that MoveIt executes would go on after this process died: its plans go out in windows too.
    if arm.driver in ("joint_trajectory", "move_group"):
        return JointTrajectoryDriver(node, arm.controller, joints)
    if arm.driver == "follow_joint_trajectory":
        return FollowJointTrajectoryDriver(
            node, arm.controller, joints, arm.tolerances, patience=safety.max_unattended_motion
        )
    if arm.driver == "servo":
        # Its messages come with MoveIt, which other drivers do without.
        from steadyhand.drivers.servo import ServoDriver

        return ServoDriver(node, contract)
    if arm.driver in ("forward_position", "forward_velocity"):
        if arm.downstream_timeout is None or arm.downstream_timeout > safety.max_unattended_motion:
            raise DriverError(
                f"arm.downstream_timeout is {arm.downstream_timeout}, and {arm.driver} needs one of at most "
                f"{safety.max_unattended_motion:g} s: nothing else stops the arm when this process dies"
            )
        return ForwardDriver(node, arm.controller, joints, velocity=arm.driver == "forward_velocity", rate=arm.rate)
    raise DriverError(f"arm.driver is {arm.driver}, which cannot be executed yet; use joint_trajectory")


def make_probes(node: Node, contract: Contract) -> dict[str, ControllerProbe]:
    """Return what asks each arm's controller, by the arm's name, for its parameters and its state, through ``node``."""
    return {
        name: ControllerProbe(node, one.robot, arm_joints(one.robot, one.deployment))
        for name, one in contract.each_arm().items()
    }


def make_base(node: Node, contract: Contract) -> TwistDriver | None:
    """Return what drives the mobile base of a deployment, None where it has none or the policy does not drive it."""
    return TwistDriver(node, contract.driven_base) if contract.driven_base is not None else None


def make_grippers(node: Node, contract: Contract) -> dict[str, GripperDriver]:
    """Return what moves each gripper of a deployment by name, connected through ``node``."""
    return {name: _GRIPPERS[gripper.driver](node, name, gripper) for name, gripper in contract.robot.grippers.items()}


def make_scene_source(node: Node, contract: Contract, told: Callable[[], None]) -> SceneSource | None:
    """Return what tells the scene from elsewhere, None where the robot profile's own scene is all.

    ``told`` is called when it is known whether a motion that waits for that is free.
    """
    if contract.robot.scene.check == "move_group":
        from steadyhand.drivers.move_group.scene import MoveGroupScene

        return MoveGroupScene(node, contract, told)
    if contract.robot.scene.check == "moveit_py":
        from steadyhand.drivers.moveit_py import resident
        from steadyhand.drivers.moveit_scene import MoveItScene

        moveit = contract.robot.moveit
        assert moveit is not None
        return MoveItScene(resident(moveit.package), moveit.group, contract.robot.joint_names)
    return None


def make_planner(node: Node, contract: Contract) -> PlanSource | None:
    """Return who plans the way to a start pose, None where nobody is asked."""
    if contract.robot.start.planner == "move_group":
        from steadyhand.drivers.move_group.planner import MoveGroupPlanner

        return MoveGroupPlanner(node, contract)
    if contract.robot.start.planner == "moveit_py":
        from steadyhand.drivers.moveit_planner import MoveItPlanner
        from steadyhand.drivers.moveit_plans import MoveItPlans
        from steadyhand.drivers.moveit_py import resident

        moveit = contract.robot.moveit
        assert moveit is not None
        return MoveItPlans(MoveItPlanner(resident(moveit.package), moveit.group, contract.robot.joint_names))
    return None
