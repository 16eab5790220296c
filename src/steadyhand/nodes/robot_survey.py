"""What a live robot says of itself: description, controllers, joint states, cameras. It commands nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from rcl_interfaces.msg import ParameterType
from rcl_interfaces.srv import GetParameters
from rclpy.action import get_action_names_and_types
from sensor_msgs.msg import CameraInfo, JointState
from std_msgs.msg import String

from steadyhand.chunks.messages import to_seconds
from steadyhand.nodes.exceptions import NodeError
from steadyhand.nodes.listening_node import ListeningNode
from steadyhand.nodes.qos import IMAGES, JOINT_STATES, LATCHED
from steadyhand.profiles.from_robot.live import LiveCamera, LiveController, LiveRobot

_DRIVERS = (
    ("parallel", "parallel_gripper_command"),
    ("gripperaction", "gripper_command"),
    ("trajectorycontroller", "joint_trajectory"),
    ("positioncontroller", "forward_position"),
    ("forward", "forward_position"),
)
"""Parts of a controller's type in small letters, and the word for it in profiles."""

_ACTIONS = {
    "control_msgs/action/FollowJointTrajectory": "joint_trajectory",
    "control_msgs/action/GripperCommand": "gripper_command",
    "control_msgs/action/ParallelGripperCommand": "parallel_gripper_command",
}


class NoDescriptionError(NodeError):
    """No robot description came in time."""


class RobotSurvey(ListeningNode):
    """A node that listens to a robot.

    Args:
        namespace: Namespace of the robot, empty for none.
    """

    def __init__(self, namespace: str = "") -> None:
        super().__init__("robot_survey", namespace)
        self._texts: dict[str, str] = {}
        for topic in ("robot_description", "robot_description_semantic"):
            self._node.create_subscription(String, topic, self._keep(topic), LATCHED)

    def look(self, timeout: float, duration: float) -> LiveRobot:
        """Wait for the description, then listen to the rest.

        Args:
            timeout: Longest wait for the description [s].
            duration: Time to listen to joint states and cameras [s].

        Raises:
            NoDescriptionError: No description came.
        """
        if not self._until(lambda: "robot_description" in self._texts, timeout):
            topic = self._node.resolve_topic_name("robot_description")
            raise NoDescriptionError(
                f"no description on {topic} within {timeout:g} s. Start robot_state_publisher, compare ROS_DOMAIN_ID, "
                "or name the robot's namespace with --namespace."
            )
        self._until(lambda: "robot_description_semantic" in self._texts, 1.0)
        joints: dict[str, list[JointState]] = {topic: [] for topic in self._topics("sensor_msgs/msg/JointState")}
        for topic, states in joints.items():
            self._node.create_subscription(JointState, topic, states.append, JOINT_STATES)
        cameras: dict[str, list[CameraInfo]] = {}
        for topic in self._topics("sensor_msgs/msg/Image"):
            cameras[topic] = []
            info = f"{topic.rpartition('/')[0]}/camera_info"
            self._node.create_subscription(CameraInfo, info, cameras[topic].append, IMAGES)
        self._until(lambda: False, duration)
        urdf = self._texts["robot_description"]
        # Of several topics with joint states the one with most joints; other broadcasters tell parts of it.
        topic = max(joints, key=lambda one: len({name for state in joints[one] for name in state.name}), default="")
        heard = joints.get(topic, [])
        return LiveRobot(
            urdf,
            self._texts.get("robot_description_semantic", ""),
            tuple(self._controllers()),
            topic if heard else "",
            _rate(heard),
            {name: position for state in heard for name, position in zip(state.name, state.position, strict=False)},
            tuple(_camera(topic, infos) for topic, infos in sorted(cameras.items())),
        )

    def _controllers(self) -> Iterator[LiveController]:
        """Give what controller managers list; where there is none that can be asked, what topics and actions show."""
        listed = list(self._listed())
        if listed:
            yield from listed
            return
        found: dict[str, str] = {}
        for action, types in get_action_names_and_types(self._node):
            driver = next((_ACTIONS[kind] for kind in types if kind in _ACTIONS), None)
            if driver is not None:
                found[action.rpartition("/")[0].strip("/")] = driver
        for topic in self._topics("trajectory_msgs/msg/JointTrajectory"):
            if topic.endswith("/joint_trajectory"):
                found.setdefault(topic.rpartition("/")[0].strip("/"), "joint_trajectory")
        for name, driver in sorted(found.items()):
            yield LiveController(name, driver, self._joints_of(name))

    def _listed(self) -> Iterator[LiveController]:
        for namespace, controllers in self._managed():
            # Active ones first: an arm may have several controllers, of which one at a time has its joints.
            for one in sorted(controllers, key=lambda one: one.state != "active"):
                kind = one.type.lower().replace("_", "")
                driver = next((word for part, word in _DRIVERS if part in kind), None)
                if driver is None:
                    continue
                name = f"{namespace}/{one.name}".strip("/")
                claimed = [claim.rpartition("/")[0] for claim in one.claimed_interfaces]
                yield LiveController(name, driver, self._joints_of(name) or tuple(dict.fromkeys(claimed)))

    def _joints_of(self, controller: str) -> tuple[str, ...]:
        """Return the joints that a controller has as its parameter, none where it cannot be asked."""
        # One by one: where a controller lacks a parameter, it answers none of those that are asked together.
        for name in ("joints", "joint"):
            request = GetParameters.Request(names=[name])
            answer = self._call(GetParameters, f"/{controller}/get_parameters", request, wait=False)
            for value in answer.values if answer is not None else ():
                if value.type == ParameterType.PARAMETER_STRING_ARRAY and value.string_array_value:
                    return tuple(value.string_array_value)
                if value.type == ParameterType.PARAMETER_STRING and value.string_value:
                    return (value.string_value,)
        return ()

    def _topics(self, kind: str) -> list[str]:
        """Return the topics of a type that somebody publishes or, for commands, listens to, in alphabetical order."""
        prefix = self._node.get_namespace().rstrip("/") + "/"
        known = self._node.get_topic_names_and_types()
        return sorted(topic for topic, types in known if kind in types and topic.startswith(prefix))

    def _keep(self, topic: str) -> Callable[[String], None]:
        def keep(message: String) -> None:
            self._texts[topic] = message.data

        return keep


def _rate(messages: list[Any]) -> float:
    """Return the rate of messages by their stamps, 0 where they do not tell [Hz]."""
    stamps = [to_seconds(message.header.stamp) for message in messages]
    duration = max(stamps) - min(stamps) if stamps else 0.0
    return (len(stamps) - 1) / duration if duration > 0.0 else 0.0


def _camera(topic: str, infos: list[CameraInfo]) -> LiveCamera:
    if not infos:
        return LiveCamera(topic)
    newest = infos[-1]
    return LiveCamera(topic, newest.header.frame_id, newest.width, newest.height, _rate(infos))
