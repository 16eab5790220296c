"""What a deployment needs of a graph."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from steadyhand.doctor.survey import ArmController
from steadyhand.drivers.names import arm_topic, gripper_server, gripper_topic, trajectory_action
from steadyhand.profiles.contract import Contract
from steadyhand.profiles.robot import RobotProfile
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

BASE = "the base"
"""Who listens where a mobile base does."""


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


def command_topics(contract: Contract, arms: Mapping[str, ArmController], namespace: str = "") -> dict[str, str]:
    """Return the topics that only our bridge may publish on, by name, with who listens there.

    Args:
        contract: The deployment.
        arms: What arms' controllers said; without Servo's word its topics are not known.
        namespace: Namespace of our nodes.
    """
    robot, base = contract.robot, contract.driven_base
    topics = {}
    for profile in robot.each_arm.values():
        controller = profile.arm.controller
        told = arms.get(controller.strip("/"), ArmController())
        topics[arm_topic(profile.arm) or told.topic] = profile.arm.servo.node if told.topic else controller
    for gripper in robot.grippers.values():
        topics[gripper_topic(gripper)] = gripper.controller
    if base is not None:
        topics[resolved(base.topic, namespace)] = BASE
    topics.pop("", None)
    return topics


def action_servers(robot: RobotProfile) -> dict[str, str]:
    """Return the actions that the grippers' and arms' controllers must serve, by name, with the word for the driver."""
    servers = {}
    for profile in robot.each_arm.values():
        if profile.arm.driver == "follow_joint_trajectory":
            servers[trajectory_action(profile.arm.controller)] = "joint_trajectory"
    for gripper in robot.grippers.values():
        servers[gripper_server(gripper)] = gripper.driver
    servers.pop("", None)
    return servers
