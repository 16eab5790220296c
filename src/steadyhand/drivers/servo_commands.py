"""Messages to MoveIt Servo: joint velocities, or the motion or pose of its tip."""

from __future__ import annotations

import array
from collections.abc import Callable
from typing import Any

import numpy as np
from control_msgs.msg import JointJog
from geometry_msgs.msg import PoseStamped, TwistStamped
from numpy.typing import NDArray
from rclpy.node import Node
from rclpy.qos import QoSProfile
from rclpy.time import Time
from transforms3d.quaternions import mat2quat

from steadyhand.drivers.retirement import retire
from steadyhand.drivers.servo_settings import ServoSettings
from steadyhand.drivers.servo_tracking import VelocityTracking, jog, twist
from steadyhand.execution.reference import Reference, State
from steadyhand.kinematics.model import ArmModel
from steadyhand.profiles.binding import arm_joints
from steadyhand.profiles.contract import Contract

Array = NDArray[np.float64]
Measured = tuple[float, Array]

COMMAND_TYPES = {"joint_jog": 0, "twist": 1, "pose": 2}
"""Of moveit_msgs/ServoCommandType."""


class ServoCommands:
    """Publishes commands, each with its stamp: Servo takes one without for stale.

    Args:
        node: The node that publishes.
        contract: The deployment.
        settings: Servo's own.
    """

    def __init__(self, node: Node, contract: Contract, settings: ServoSettings) -> None:
        robot = contract.robot
        servo = robot.arm.servo
        self._node = node
        self._settings = settings
        self._tracking = VelocityTracking(robot.velocity, servo.gain, robot.arm.latency)
        self._frame = robot.frames.base
        joints = arm_joints(robot, contract.deployment)
        self._names = list(joints.names)
        self._factors = np.array([binding.factor for binding in joints.bindings])
        if servo.command != "joint_jog":
            tip = servo.tip or robot.frames.tip
            self._model = ArmModel(contract.urdf, robot.joint_names, robot.frames.base, tip)
        kinds: dict[str, tuple[Any, Callable[[Reference, State, Measured | None], Any]]] = {
            "joint_jog": (JointJog, self._jog),
            "twist": (TwistStamped, self._twist),
            "pose": (PoseStamped, self._pose),
        }
        kind, self._compose = kinds[servo.command]
        self.topic = settings.command_topic(servo.command)
        self._publisher = node.create_publisher(kind, self.topic, QoSProfile(depth=1))

    @property
    def heard(self) -> bool:
        """True while somebody listens."""
        return bool(self._publisher.get_subscription_count() > 0)

    def publish(self, now: float, window: Reference, state: State, measured: Measured | None) -> None:
        """Send the command for ``now`` on the ROS clock [s]; see `VelocityTracking.velocities` for the others."""
        message = self._compose(window, state, measured)
        message.header.stamp = Time(nanoseconds=round(now * 1e9)).to_msg()
        self._publisher.publish(message)

    def close(self) -> None:
        """Give the publisher up."""
        retire(self._node, self._publisher)

    def _jog(self, window: Reference, state: State, measured: Measured | None) -> JointJog:
        velocities = jog(self._tracking.velocities(window, state, measured), self._settings)
        return JointJog(joint_names=self._names, velocities=array.array("d", velocities / self._factors))

    def _twist(self, window: Reference, state: State, measured: Measured | None) -> TwistStamped:
        velocities = self._tracking.velocities(window, state, measured)
        positions = state.position if measured is None else measured[1]
        motion = twist(self._model, positions, velocities, self._settings).tolist()
        message = TwistStamped()
        message.header.frame_id = self._frame
        linear, angular = message.twist.linear, message.twist.angular
        linear.x, linear.y, linear.z, angular.x, angular.y, angular.z = motion
        return message

    def _pose(self, _window: Reference, state: State, _measured: Measured | None) -> PoseStamped:
        pose = self._model.forward(state.position)
        message = PoseStamped()
        message.header.frame_id = self._frame
        place, turn = message.pose.position, message.pose.orientation
        place.x, place.y, place.z = pose[:3, 3].tolist()
        turn.w, turn.x, turn.y, turn.z = mat2quat(pose[:3, :3]).tolist()
        return message
