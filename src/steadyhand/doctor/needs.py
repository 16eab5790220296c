"""What a deployment needs of a graph."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from steadyhand.profiles.contract import Contract
from steadyhand.profiles.robot import Arm, RobotProfile
from steadyhand.profiles.signals import SafetySignal

IMAGE = "sensor_msgs/msg/Image"
COMPRESSED = "sensor_msgs/msg/CompressedImage"
CAMERA_INFO = "sensor_msgs/msg/CameraInfo"
JOINTS = "sensor_msgs/msg/JointState"
CONTROLLER_STATE = "control_msgs/msg/JointTrajectoryControllerState"
BOOL = "std_msgs/msg/Bool"
NUMBER = "std_msgs/msg/Float64"
SAFETY_MODE = "ur_dashboard_msgs/msg/SafetyMode"

OURS = ("policy", "bridge", "pilot")
"""Nodes that carry out a deployment."""


@dataclass(frozen=True)
class Need:
    """A topic that a deployment listens to.

    Attributes:
        topic: Its name.
        kind: Type of its messages.
        what: What it is, for a person.
        node: Node of ours that listens.
        rate: Declared rate, 0 where none is [Hz].
        age: Oldest message to act on, 0 where there is no such limit [s].
        latched: True where only changes are published, the last of which late subscribers get.
    """

    topic: str
    kind: str
    what: str
    node: str
    rate: float = 0.0
    age: float = 0.0
    latched: bool = False


def needs(contract: Contract, namespace: str = "") -> Iterator[Need]:
    """Yield the topics that a deployment listens to.

    Args:
        contract: The deployment.
        namespace: Namespace of our nodes, which names without a leading slash are in.
    """
    for need in _named(contract):
        yield replace(need, topic=resolved(need.topic, namespace))


def resolved(topic: str, namespace: str) -> str:
    """Return the absolute name of a topic that nodes of a namespace, empty for none, listen to."""
    return topic if topic.startswith("/") else "/".join(("", *filter(None, (namespace, topic))))


def _named(contract: Contract) -> Iterator[Need]:
    robot, deployment = contract.robot, contract.deployment
    states, limit = robot.joint_states, robot.safety
    yield Need(states.topic, JOINTS, "joint states", "bridge", states.rate, limit.joint_state_age)
    for key, binding in deployment.images.items():
        if binding.masked:
            continue
        kind = COMPRESSED if binding.transport == "compressed" else IMAGE
        rate = robot.cameras[binding.camera].rate if binding.camera in robot.cameras else 0.0
        yield Need(binding.topic, kind, f"image '{key}'", "policy", rate, limit.observation_age)
    scaling, enable, state = robot.speed_scaling, robot.enable, robot.controller_state
    if scaling is not None:
        kind = CONTROLLER_STATE if scaling.kind == "controller_state" else NUMBER
        yield Need(scaling.topic, kind, "speed scaling", "bridge")
    for name, signal in robot.safety_state.items():
        yield _safety(name, signal)
    if enable is not None:
        yield Need(enable.topic, BOOL, "enable signal", "bridge")
    if state is not None:
        yield Need(state.topic, CONTROLLER_STATE, "controller state", "bridge", age=state.age)


def _safety(name: str, signal: SafetySignal) -> Need:
    kind = BOOL if signal.kind == "bool" else SAFETY_MODE
    return Need(signal.topic, kind, f"safety signal '{name}'", "bridge", latched=signal.age is None)


def command_topics(robot: RobotProfile) -> dict[str, str]:
    """Return the topics that only our bridge may publish on, by name, with the controller that listens there.

    Those of Servo are its own parameters and are not known here.
    """
    topics = {}
    for profile in robot.each_arm.values():
        topic = _command_topic(profile.arm)
        if topic:
            topics[topic] = profile.arm.controller
    for gripper in robot.grippers.values():
        if gripper.driver == "forward_position":
            topics[f"/{gripper.controller.strip('/')}/commands"] = gripper.controller
    return topics


def _command_topic(arm: Arm) -> str:
    if arm.driver == "servo":
        return ""
    controller = arm.controller.strip("/")
    return f"/{controller}/commands" if arm.driver.startswith("forward") else f"/{controller}/joint_trajectory"


def action_servers(robot: RobotProfile) -> dict[str, str]:
    """Return the actions that the grippers' and arms' controllers must serve, by name, with the word for the driver."""
    servers = {}
    for profile in robot.each_arm.values():
        if profile.arm.driver == "follow_joint_trajectory":
            servers[f"/{profile.arm.controller.strip('/')}/follow_joint_trajectory"] = "joint_trajectory"
    for gripper in robot.grippers.values():
        name = gripper.controller.strip("/")
        if gripper.driver == "joint_trajectory":
            servers[f"/{name}/follow_joint_trajectory"] = gripper.driver
        elif gripper.driver != "forward_position":
            servers[f"/{name}/gripper_cmd"] = gripper.driver
    return servers
