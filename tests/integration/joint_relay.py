"""Publishes joint states as another robot's driver would: joints in reverse order, among joints of other devices.

The simulator, which waits for the bridge's reports in lockstep, gets them through this node, so that the time cannot
run ahead of the joint states.
"""

import array
from contextlib import suppress

import rclpy
from rclpy.executors import ExternalShutdownException
from rclpy.node import Node
from sensor_msgs.msg import JointState
from steadyhand.msg import ExecutionState

from steadyhand.nodes.backlog import backlog
from steadyhand.nodes.qos import EXECUTION_STATE, JOINT_STATES


class JointRelay(Node):
    def __init__(self) -> None:
        super().__init__("joint_relay")
        self._joints = self.create_publisher(JointState, "/joint_states", 50)
        self._reports = self.create_publisher(ExecutionState, "/relayed/execution_state", EXECUTION_STATE)
        self._measured = self.create_subscription(JointState, "/robot/joint_states", self._on_joints, JOINT_STATES)
        self.create_subscription(ExecutionState, "execution_state", self._on_report, EXECUTION_STATE)

    def _on_joints(self, message: JointState) -> None:
        self._publish(message)
        for waiting in backlog(self._measured):
            self._publish(waiting)

    def _publish(self, message: JointState) -> None:
        message.name = ["lift_joint", *reversed(message.name), "panda_joint8"]
        for field in ("position", "velocity", "effort"):
            values = array.array("d", [7.0, *reversed(getattr(message, field)), -7.0])
            setattr(message, field, values)
        self._joints.publish(message)
        # A second driver on the same topic, whose joints are none of the arm's.
        other = JointState(header=message.header, name=["wheel_left", "wheel_right"], position=[1.0, 2.0])
        self._joints.publish(other)

    def _on_report(self, report: ExecutionState) -> None:
        for waiting in backlog(self._measured):
            self._publish(waiting)
        self._reports.publish(report)


if __name__ == "__main__":
    rclpy.init()
    with suppress(KeyboardInterrupt, ExternalShutdownException):
        rclpy.spin(JointRelay())
