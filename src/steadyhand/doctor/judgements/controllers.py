"""Will the controllers take what our bridge sends, and does nobody else send it?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from steadyhand.doctor.codes import Code
from steadyhand.doctor.finding import Finding
from steadyhand.doctor.needs import BASE, action_servers, command_topics, resolved
from steadyhand.doctor.survey import ArmController, GraphSurvey, SeenController, Survey, Topic
from steadyhand.drivers.names import arm_topic
from steadyhand.execution.reasons import Reason
from steadyhand.profiles.binding import arm_joints
from steadyhand.profiles.contract import Contract
from steadyhand.profiles.mobile_base import MobileBase
from steadyhand.profiles.robot import RobotProfile

_REMEDIES = {
    Code.CONTROLLER_ABSENT: "Load and start it: ros2 run controller_manager spawner {name}",
    Code.CONTROLLER_INACTIVE: "Activate it: ros2 control switch_controllers --activate {name}{others}",
    Code.CONTROLLER_MISMATCH: "Make the controller's joints those of the robot profile, in the same order, or name "
    "another controller.",
}
_SERVO_REMEDY = "Start MoveIt Servo, with moveit_msgs installed here, or correct arm.servo.node in the robot profile."
_OF_REASONS = {
    str(Reason.CONTROLLER_ABSENT): Code.CONTROLLER_ABSENT,
    str(Reason.CONTROLLER_INACTIVE): Code.CONTROLLER_INACTIVE,
    str(Reason.CONTROLLER_MISMATCH): Code.CONTROLLER_MISMATCH,
}


def judge(survey: Survey, contract: Contract | None) -> Iterator[Finding]:
    """Yield controllers that would not take motion, actions without a server, and others who command the arm."""
    graph = survey.graph
    if graph is None or graph.empty or contract is None:
        return
    for profile in contract.robot.each_arm.values():
        yield from (_servo if profile.arm.driver == "servo" else _arm)(graph, contract, profile)
    for action, driver in action_servers(contract.robot).items():
        if not graph.servers.get(action, False):
            yield Finding(
                Code.GRIPPER_ABSENT if driver != "joint_trajectory" else Code.CONTROLLER_ABSENT,
                action,
                f"no {driver} action server is there",
                "Start its controller, and compare the profile's driver with the controller's type and its namespace.",
            )
    if contract.driven_base is not None:
        yield from _base(graph, contract.driven_base)
    yield from _others(graph, contract)


def _arm(graph: GraphSurvey, contract: Contract, profile: RobotProfile) -> Iterator[Finding]:
    name = profile.arm.controller.strip("/")
    told = graph.arms.get(name, ArmController(silent=True))
    joints = [f"{joint}/" for joint in arm_joints(profile, contract.deployment).names]
    if told.refusal:
        code = _OF_REASONS.get(told.refusal, Code.CONTROLLER_MISMATCH)
        holders = _holders(graph.controllers, joints, name)
        others = f" --deactivate {' '.join(holders)}" if holders else ""
        yield Finding(code, name, told.complaint, _REMEDIES[code].format(name=name, others=others), told.refusal)
        return
    topic = arm_topic(profile.arm)
    if not _heard(graph, topic) and profile.arm.driver != "follow_joint_trajectory":
        yield Finding(
            Code.CONTROLLER_ABSENT,
            name,
            f"nobody listens to {topic}",
            _REMEDIES[Code.CONTROLLER_ABSENT].format(name=name),
        )
        return
    for advice in told.advice:
        yield Finding(Code.CONTROLLER_ADVICE, name, advice, "docs/drivers.md says what each parameter does.")
    listed = (graph.controllers or {}).get(name)
    if listed is not None and listed.state == "active":
        lacking = [joint.rstrip("/") for joint in joints if not any(one.startswith(joint) for one in listed.claimed)]
        if lacking and listed.claimed:
            yield Finding(
                Code.CONTROLLER_CLAIMS,
                name,
                f"it is active and has no interface of {', '.join(lacking)}; it has {', '.join(listed.claimed)}",
                "Give the controller the joints of the robot profile, or name the controller that has them.",
                lacking,
            )
    elif listed is None and told.silent:
        yield Finding(
            Code.CONTROLLER_UNKNOWN,
            name,
            "no controller manager and no parameters of the controller answered: neither its state nor its joints are "
            "known",
            "Nothing to do where the robot has no ros2_control; else see whether controller_manager runs in the "
            "controller's namespace, and controller_manager_msgs is installed.",
        )


def _servo(graph: GraphSurvey, _contract: Contract, profile: RobotProfile) -> Iterator[Finding]:
    """Yield what is wrong with Servo, and with the controller that it commands."""
    node, name = profile.arm.servo.node, profile.arm.controller.strip("/")
    told = graph.arms.get(name)
    if told is None:
        words = "MoveIt Servo is not there, or did not tell its parameters"
        yield Finding(Code.CONTROLLER_ABSENT, node, words, _SERVO_REMEDY)
    elif told.refusal:
        remedy = "Correct Servo's parameters or the robot profile: docs/moveit.md says what is asked of each."
        yield Finding(Code.CONTROLLER_MISMATCH, node, told.complaint, remedy, told.refusal)
    elif not _heard(graph, told.topic):
        yield Finding(Code.CONTROLLER_ABSENT, node, f"nobody listens to {told.topic}", _SERVO_REMEDY)
    listed = graph.controllers
    if listed is None or (name in listed and listed[name].state == "active"):
        return
    code = Code.CONTROLLER_INACTIVE if name in listed else Code.CONTROLLER_ABSENT
    words = f"Servo's controller is {listed[name].state if name in listed else 'not loaded'}"
    yield Finding(code, name, words, _REMEDIES[code].format(name=name, others=""))


def _base(graph: GraphSurvey, base: MobileBase) -> Iterator[Finding]:
    topic = resolved(base.topic, graph.namespace)
    found = sorted({listener.kind for listener in graph.topics.get(topic, Topic()).subscriptions})
    kind = f"geometry_msgs/msg/{'TwistStamped' if base.message == 'twist_stamped' else 'Twist'}"
    if not found:
        remedy = "Start the base's controller or driver, or correct base.topic in the robot profile."
        yield Finding(Code.CONTROLLER_ABSENT, topic, "nobody listens to the base's velocities", remedy)
    elif kind not in found:
        remedy = "Correct base.message in the robot profile: twist or twist_stamped."
        yield Finding(Code.CONTROLLER_MISMATCH, topic, f"the base takes {', '.join(found)}, not {kind}", remedy, found)


def _heard(graph: GraphSurvey, topic: str) -> bool:
    return bool(graph.topics.get(topic, Topic()).subscriptions)


def _holders(controllers: Mapping[str, SeenController] | None, joints: list[str], name: str) -> list[str]:
    """Return the active controllers that have the arm's joints in the place of ours."""
    return sorted(
        other
        for other, one in (controllers or {}).items()
        if other != name and one.state == "active" and any(claim.startswith(tuple(joints)) for claim in one.claimed)
    )


def _others(graph: GraphSurvey, contract: Contract) -> Iterator[Finding]:
    bridge = graph.named("bridge")
    for topic, controller in command_topics(contract, graph.arms, graph.namespace).items():
        publishers = [publisher.node for publisher in graph.topics.get(topic, Topic()).publishers]
        others = sorted({node for node in publishers if node != bridge})
        if publishers.count(bridge) > 1:
            others.append(f"a second {bridge}")
        if others:
            yield Finding(
                Code.OTHER_PUBLISHER,
                topic,
                f"{', '.join(others)} can command {controller} too",
                "End it, or let twist_mux choose: the bridge does not notice others who drive the base."
                if controller == BASE
                else "End it, or remap its topic: the bridge brakes and holds while another may move the arm.",
                others,
            )
