"""What servo_node of MoveIt 2.12 and 2.14 does with commands, without MoveIt.

It is a stand-in: names, parameters, dropped commands, staleness, pause and status are those of servo_node's sources.
What it finds in the scene and near singularities is told by the parameter ``finds``. Velocities become positions in a
rolling window ahead of time, as there; but over the time that has passed, for a loop of Python does not keep its rate.
"""

import array
from contextlib import suppress
from functools import partial

import numpy as np
import rclpy
from control_msgs.msg import JointJog
from geometry_msgs.msg import PoseStamped, TwistStamped
from moveit_msgs.msg import ServoStatus
from moveit_msgs.srv import ServoCommandType
from rclpy.duration import Duration
from rclpy.executors import ExternalShutdownException
from rclpy.node import Node
from rclpy.time import Time
from sensor_msgs.msg import JointState
from std_srvs.srv import SetBool
from trajectory_msgs.msg import JointTrajectory, JointTrajectoryPoint
from transforms3d.axangles import mat2axangle
from transforms3d.quaternions import quat2mat

from steadyhand.kinematics.model import ArmModel
from steadyhand.profiles.contract import load_deployment

LATENCY = 0.05
"""moveit_servo.max_expected_latency [s]."""

SLOWING = 8.0
"""What its smoothing makes of a halt: deceleration [rad/s^2]."""

HALTS = (ServoStatus.HALT_FOR_SINGULARITY, ServoStatus.JOINT_BOUND)
SILENT = (ServoStatus.INVALID, ServoStatus.HALT_FOR_COLLISION)
SLOW = (
    ServoStatus.DECELERATE_FOR_APPROACHING_SINGULARITY,
    ServoStatus.DECELERATE_FOR_LEAVING_SINGULARITY,
    ServoStatus.DECELERATE_FOR_COLLISION,
)
JOG, TWIST, POSE = (ServoCommandType.Request.JOINT_JOG, ServoCommandType.Request.TWIST, ServoCommandType.Request.POSE)


def seconds(stamp) -> float:
    return stamp.sec + 1e-9 * stamp.nanosec


class ServoStandIn(Node):
    def __init__(self) -> None:
        super().__init__("servo_node")
        contract = load_deployment(self.declare_parameter("deployment", "").value)
        robot = contract.robot
        self._frame = robot.frames.base
        self._joints = list(robot.joint_names)
        tip = robot.arm.servo.tip or robot.frames.tip
        self._model = ArmModel(contract.urdf, robot.joint_names, robot.frames.base, tip)
        own = {
            "publish_period": 0.01,
            "incoming_command_timeout": 0.3,
            "command_in_type": "unitless",
            "scale.linear": 0.4,
            "scale.rotational": 0.8,
            "scale.joint": 0.5,
            "move_group_name": robot.moveit.group,
            "joint_command_in_topic": "~/delta_joint_cmds",
            "cartesian_command_in_topic": "~/delta_twist_cmds",
            "pose_command_in_topic": "~/pose_target_cmds",
            "status_topic": "~/status",
        }
        # What is declared with a value may be given another one when it is started.
        self._own = {name: self.declare_parameter(f"moveit_servo.{name}", value).value for name, value in own.items()}
        self.declare_parameter("finds", ServoStatus.NO_WARNING)
        self.declare_parameter("refuses", "")
        self._measured = np.empty(0)
        self._type = -1
        self._paused = False
        self._newest = dict.fromkeys((JOG, TWIST, POSE))
        self._window: list[tuple[float, np.ndarray, np.ndarray]] = []
        self._last = (np.empty(0), np.empty(0))
        self._code = ServoStatus.NO_WARNING
        self._looped, self._period = 0.0, self._own["publish_period"]
        for kind, message, parameter in (
            (JOG, JointJog, "joint_command_in_topic"),
            (TWIST, TwistStamped, "cartesian_command_in_topic"),
            (POSE, PoseStamped, "pose_command_in_topic"),
        ):
            self.create_subscription(message, self._own[parameter], partial(self._newest.__setitem__, kind), 1)
        self.create_subscription(JointState, "/joint_states", self._on_joints, 1)
        self._status = self.create_publisher(ServoStatus, self._own["status_topic"], 10)
        self._out = self.create_publisher(JointTrajectory, f"/{robot.arm.controller}/joint_trajectory", 10)
        self.create_service(ServoCommandType, "~/switch_command_type", self._on_switch)
        self.create_service(SetBool, "~/pause_servo", self._on_pause)
        self.create_timer(self._own["publish_period"], self._loop)

    def _on_joints(self, message) -> None:
        self._measured = np.array([message.position[message.name.index(name)] for name in self._joints])

    def _on_switch(self, request, response):
        if self.get_parameter("refuses").value == "switch":
            self._type = -1
        elif JOG <= request.command_type <= POSE:
            self._type = request.command_type
        response.success = self._type == request.command_type
        return response

    def _on_pause(self, request, response):
        if self.get_parameter("refuses").value == "pause":
            return response
        response.success = True
        if self._paused == request.data:
            response.message = "Requested pause state is already active."
            return response
        self._paused = request.data
        self._window.clear()
        response.message = "Servoing disabled" if self._paused else "Servoing enabled"
        return response

    def _loop(self) -> None:
        if self._paused or not len(self._measured):
            return
        now = self.get_clock().now().nanoseconds * 1e-9
        self._period = min(max(now - self._looped, 1e-4), LATENCY)
        self._looped = now
        if self._window and self._window[-1][0] > now:
            _, position, _ = self._window[-1]
        else:
            self._window.clear()
            position = self._measured
        following = None
        if self._type >= 0 and self._newest[self._type] is not None:
            command = self._newest[self._type]
            self._forget(but=command)
            following = self._follow(command, now, position)
        elif any(self._newest.values()):
            self._forget()
            self.get_logger().warning("Command type has not been set, cannot accept input")
        if following is not None and self._code not in SILENT:
            self._publish(now, *following)
            self._last = following
        else:
            self._last = (self._measured, np.zeros(len(self._joints)))
            self._window.clear()
        self._status.publish(ServoStatus(code=self._code, message="as the test says"))

    def _forget(self, but=None) -> None:
        for kind, command in self._newest.items():
            if command is not but:
                self._newest[kind] = None

    def _follow(self, command, now: float, position: np.ndarray):
        period = self._period
        if now - seconds(command.header.stamp) >= self._own["incoming_command_timeout"]:
            # The status stays what it was.
            halting, speed = self._last
            if not np.any(np.abs(speed) > 1e-3):
                self._newest[self._type] = None
                return None
            speed = np.sign(speed) * np.maximum(np.abs(speed) - SLOWING * period, 0.0)
            return halting + speed * period, speed
        self._code = self.get_parameter("finds").value
        velocity = {JOG: self._jogged, TWIST: self._twisted, POSE: self._posed}[self._type](command, position)
        if velocity is None or not np.isfinite(velocity).all():
            self._code = ServoStatus.INVALID
            self._newest[self._type] = None
            return None
        if self._code in HALTS:
            velocity = 0.0 * velocity
        elif self._code in SLOW:
            velocity = 0.3 * velocity
        return position + velocity * period, velocity

    def _jogged(self, command: JointJog, _position):
        if command.displacements:
            self.get_logger().warning("Joint jog command displacements field is not yet supported, ignoring.")
        names = list(command.joint_names)
        if len(names) != len(command.velocities) or not set(names) <= set(self._joints):
            return None
        found = dict(zip(names, command.velocities, strict=True))
        return self._scale("joint") * np.array([found.get(name, 0.0) for name in self._joints])

    def _twisted(self, command: TwistStamped, position):
        if command.header.frame_id != self._frame:
            return None
        linear, angular = command.twist.linear, command.twist.angular
        tip = np.array([linear.x, linear.y, linear.z, angular.x, angular.y, angular.z])
        tip *= np.repeat([self._scale("linear"), self._scale("rotational")], 3)
        return np.linalg.pinv(self._model.jacobian(position)) @ tip

    def _posed(self, command: PoseStamped, position):
        if command.header.frame_id != self._frame:
            return None
        place, turn = command.pose.position, command.pose.orientation
        current, jacobian = self._model.forward_and_jacobian(position)
        axis, angle = mat2axangle(quat2mat([turn.w, turn.x, turn.y, turn.z]) @ current[:3, :3].T)
        parts = (np.array([place.x, place.y, place.z]) - current[:3, 3], axis * angle)
        period = self._period
        tip = []
        for part, scale in zip(parts, ("scale.linear", "scale.rotational"), strict=True):
            excess = np.linalg.norm(part) / period / self._own[scale]
            tip.append(part / period / max(1.0, excess))
        return np.linalg.pinv(jacobian) @ np.concatenate(tip)

    def _scale(self, name: str) -> float:
        return self._own[f"scale.{name}"] if self._own["command_in_type"] == "unitless" else 1.0

    def _publish(self, now: float, position: np.ndarray, velocity: np.ndarray) -> None:
        self._window = [entry for entry in self._window if entry[0] >= now - LATENCY]
        self._window.append((now + LATENCY, position, velocity))
        first = self._window[0][0]
        message = JointTrajectory(joint_names=self._joints)
        message.header.stamp = Time(nanoseconds=round(first * 1e9)).to_msg()
        for time, at, speed in self._window:
            point = JointTrajectoryPoint(positions=array.array("d", at), velocities=array.array("d", speed))
            point.time_from_start = Duration(nanoseconds=round((time - first) * 1e9)).to_msg()
            message.points.append(point)
        self._out.publish(message)


if __name__ == "__main__":
    rclpy.init()
    with suppress(KeyboardInterrupt, ExternalShutdownException):
        rclpy.spin(ServoStandIn())
