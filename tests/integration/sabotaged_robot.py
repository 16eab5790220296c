"""A healthy robot for the doctor, which parameters spoil one way at a time.

Publishes joint states, two small cameras with camera_info, a description, frames and a latched safety signal; serves a
controller manager, the arm controller's parameters, and the gripper's action. Parameter ``sabotage`` names what is
wrong, empty for nothing.
"""

from __future__ import annotations

import array
import sys
from contextlib import suppress

import rclpy
from control_msgs.action import GripperCommand
from controller_manager_msgs.msg import ControllerState
from controller_manager_msgs.srv import ListControllers
from geometry_msgs.msg import TransformStamped
from rcl_interfaces.srv import GetParameters, ListParameters
from rclpy.action import ActionServer
from rclpy.node import Node
from rclpy.parameter import Parameter
from rclpy.qos import QoSProfile
from rclpy.signals import SignalHandlerOptions
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import CameraInfo, Image, JointState
from std_msgs.msg import Bool, String
from tf2_msgs.msg import TFMessage
from trajectory_msgs.msg import JointTrajectory

from steadyhand.nodes.conversions import to_time
from steadyhand.nodes.qos import IMAGES, LATCHED
from steadyhand.profiles.contract import load_deployment

PERIOD = 0.05
DEGREES = 57.29577951308232


class SabotagedRobot(Node):
    def __init__(self, deployment: str) -> None:
        super().__init__("robot")
        self.declare_parameter("sabotage", "")
        self.sabotage = ""
        self._contract = contract = load_deployment(deployment)
        self._robot = robot = contract.robot
        self._joints = self.create_publisher(JointState, robot.joint_states.topic, 10)
        topics = [binding.topic for binding in contract.deployment.images.values()]
        self._cameras = [
            (
                self.create_publisher(Image, topic, IMAGES),
                self.create_publisher(CameraInfo, f"{topic.rpartition('/')[0]}/camera_info", IMAGES),
                robot.cameras[binding.camera],
            )
            for topic, binding in zip(topics, contract.deployment.images.values(), strict=True)
        ]
        self._frames = self.create_publisher(TFMessage, "/tf_static", LATCHED)
        self._description = self.create_publisher(String, "robot_description", LATCHED)
        self._spoilt: list = []
        self.create_service(ListControllers, "/controller_manager/list_controllers", self._on_list)
        name = f"/{robot.arm.controller}"
        self.create_service(ListParameters, f"{name}/list_parameters", self._on_names)
        self.create_service(GetParameters, f"{name}/get_parameters", self._on_values)
        self.create_subscription(JointTrajectory, f"{name}/joint_trajectory", lambda _message: None, 10)
        self._apply()
        self.create_timer(PERIOD, self._tick)
        self.add_post_set_parameters_callback(self._on_parameters)

    def _on_parameters(self, parameters: list[Parameter]) -> None:
        for parameter in parameters:
            if parameter.name == "sabotage":
                self.sabotage = str(parameter.value)
                self._apply()

    def _apply(self) -> None:
        """Let what stands while a sabotage lasts be so: publishers, the action server, latched messages."""
        for undo in self._spoilt:
            undo()
        self._spoilt.clear()
        controller = self._robot.arm.controller
        spoilt, create = self._spoilt, self.create_publisher
        if self.sabotage == "second_publisher":
            publisher = create(JointTrajectory, f"/{controller}/joint_trajectory", 10)
            spoilt.append(lambda: self.destroy_publisher(publisher))
        if self.sabotage == "sim_time":
            self._time = create(Clock, "/clock", 10)
            spoilt.append(lambda: self.destroy_publisher(self._time))
        if self.sabotage != "gripper_absent":
            gripper = next(iter(self._robot.grippers.values()))
            server = ActionServer(self, GripperCommand, f"/{gripper.controller}/gripper_cmd", lambda _goal: None)
            spoilt.append(server.destroy)
        qos = QoSProfile(depth=1) if self.sabotage == "qos" else LATCHED
        safe = create(Bool, "/safe", qos)
        safe.publish(Bool(data=True))
        spoilt.append(lambda: self.destroy_publisher(safe))
        urdf = self._contract.urdf
        if self.sabotage == "description_limits":
            urdf = urdf.replace("2.9671", "1.0")
        self._description.publish(String(data=urdf))
        parts = ["panda_link0", "panda_hand", *(camera.frame for _, _, camera in self._cameras)]
        self._frames.publish(TFMessage(transforms=[_transform("world", part) for part in parts]))

    def _tick(self) -> None:
        now = self.get_clock().now().nanoseconds * 1e-9
        if self.sabotage == "sim_time":
            self._time.publish(Clock(clock=to_time(now % 1000.0)))
        age = {"stale": 1.0, "future": -0.5, "other_clock": 3600.0}.get(self.sabotage, 0.0)
        stamp = to_time(0.0 if self.sabotage == "zero_stamps" else now - age)
        self._publish_joints(stamp)
        for index, (images, infos, camera) in enumerate(self._cameras):
            self._publish_image(images, infos, camera, stamp, spoilt=index == 0)

    def _publish_joints(self, stamp) -> None:
        names = [*self._robot.joints, *(one.joint for one in self._robot.grippers.values())]
        values = [*self._robot.home, *(one.open for one in self._robot.grippers.values())]
        sabotage = self.sabotage
        if sabotage == "degrees":
            values = [DEGREES * value for value in values[:-1]] + values[-1:]
        elif sabotage == "prefix":
            names = [f"left_{name}" for name in names]
        elif sabotage == "joint_names":
            names = ["shoulder", *names[1:]]
        elif sabotage == "joint_order":
            names, values = names[::-1], values[::-1]
        elif sabotage == "beyond_limits":
            values = [3.1, *values[1:]]
        elif sabotage == "gripper_millimetres":
            values[-1] *= 1000.0
        elif sabotage == "not_finite":
            values = [float("nan"), *values[1:]]
        message = JointState(name=names, position=[float(value) for value in values])
        message.header.stamp = stamp
        self._joints.publish(message)

    def _publish_image(self, images, infos, camera, stamp, *, spoilt: bool) -> None:
        if spoilt and self.sabotage == "camera_dead":
            return
        width, height = camera.width, camera.height
        if spoilt and self.sabotage == "camera_size":
            width, height = height, width
        encoding = "16UC1" if spoilt and self.sabotage == "camera_depth" else "rgb8"
        size = 2 if encoding == "16UC1" else 3
        info = CameraInfo(width=width, height=height)
        image = Image(width=width, height=height, encoding=encoding, step=size * width)
        image.data = array.array("B", bytes(size * width * height))
        for message in (image, info):
            message.header.stamp = stamp
            message.header.frame_id = camera.frame
        infos.publish(info)
        images.publish(image)

    def _on_list(self, _request, response):
        joints = list(self._robot.joints)
        inactive = self.sabotage == "controller_inactive"
        claims = [f"{joint}/position" for joint in joints]
        name = self._robot.arm.controller
        kind = "joint_trajectory_controller/JointTrajectoryController"
        states = [(name, not inactive), ("other_controller", inactive)]
        if self.sabotage == "controller_absent":
            states = states[1:]
        response.controller = [
            ControllerState(
                name=one, type=kind, state="active" if active else "inactive", claimed_interfaces=claims * active
            )
            for one, active in states
        ]
        return response

    def _on_names(self, _request, response):
        response.result.names = ["joints"]
        return response

    def _on_values(self, _request, response):
        joints = list(self._robot.joints)
        told = ["elbow", *joints[1:]] if self.sabotage == "controller_joints" else joints
        response.values = [Parameter("joints", value=told).get_parameter_value()]
        return response


def _transform(parent: str, child: str) -> TransformStamped:
    transform = TransformStamped(child_frame_id=child)
    transform.header.frame_id = parent
    transform.transform.rotation.w = 1.0
    return transform


def main() -> None:
    rclpy.init(signal_handler_options=SignalHandlerOptions.NO)
    node = SabotagedRobot(sys.argv[1])
    with suppress(KeyboardInterrupt):
        rclpy.spin(node)


if __name__ == "__main__":
    main()
