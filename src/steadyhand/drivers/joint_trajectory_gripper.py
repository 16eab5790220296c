"""Grippers behind a JointTrajectoryController: one point, to be reached in the time of a full stroke."""

from __future__ import annotations

from typing import Any

from control_msgs.action import FollowJointTrajectory
from rclpy.duration import Duration
from trajectory_msgs.msg import JointTrajectory, JointTrajectoryPoint

from steadyhand.drivers.gripper_action import GripperActionDriver


class JointTrajectoryGripperDriver(GripperActionDriver):
    """A trajectory of one point without a stamp: it begins on arrival, from wherever the gripper is."""

    action_type = FollowJointTrajectory

    def goal(self, position: float) -> Any:
        """Return the goal that moves the gripper's joint to a position [m or rad]."""
        point = JointTrajectoryPoint(
            positions=[position],
            velocities=[0.0],
            time_from_start=Duration(nanoseconds=round(self.gripper.travel * 1e9)).to_msg(),
        )
        return FollowJointTrajectory.Goal(trajectory=JointTrajectory(joint_names=[self.gripper.joint], points=[point]))

    def told(self, result: Any) -> str:
        """Return a result in words; a violated tolerance is how this controller stalls on an object."""
        violated = (
            FollowJointTrajectory.Result.PATH_TOLERANCE_VIOLATED,
            FollowJointTrajectory.Result.GOAL_TOLERANCE_VIOLATED,
        )
        if result.error_code == FollowJointTrajectory.Result.SUCCESSFUL:
            return "reached"
        how = "stalled" if result.error_code in violated else f"ended with code {result.error_code}"
        return f"{how}: {result.error_string}" if result.error_string else how
