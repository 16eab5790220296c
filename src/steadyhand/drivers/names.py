"""Names under which controllers listen: what drivers publish on and call, and what the doctor looks for."""

from __future__ import annotations

from steadyhand.profiles.robot import Arm, Gripper


def trajectory_topic(controller: str) -> str:
    """Return where a JointTrajectoryController takes trajectories."""
    return _below(controller, "joint_trajectory")


def trajectory_action(controller: str) -> str:
    """Return where a JointTrajectoryController takes goals."""
    return _below(controller, "follow_joint_trajectory")


def values_topic(controller: str) -> str:
    """Return where a forward_command_controller takes values."""
    return _below(controller, "commands")


def gripper_action(controller: str) -> str:
    """Return where a gripper controller takes goals."""
    return _below(controller, "gripper_cmd")


def arm_topic(arm: Arm) -> str:
    """Return the topic that moves an arm; empty of Servo, whose topics are its own parameters."""
    if arm.driver == "servo":
        return ""
    return values_topic(arm.controller) if arm.driver.startswith("forward") else trajectory_topic(arm.controller)


def gripper_topic(gripper: Gripper) -> str:
    """Return the topic that moves a gripper; empty where it takes goals."""
    return values_topic(gripper.controller) if gripper.driver == "forward_position" else ""


def gripper_server(gripper: Gripper) -> str:
    """Return the action that moves a gripper; empty where it takes values."""
    if gripper.driver == "forward_position":
        return ""
    return (trajectory_action if gripper.driver == "joint_trajectory" else gripper_action)(gripper.controller)


def _below(controller: str, name: str) -> str:
    return f"/{controller.strip('/')}/{name}"
