"""Do the joint states name the joints that the robot profile has?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from steadyhand.doctor.codes import Code
from steadyhand.doctor.finding import Finding
from steadyhand.doctor.needs import resolved
from steadyhand.doctor.survey import JointMessage, Survey
from steadyhand.profiles.binding import JointMap, message_joints
from steadyhand.profiles.contract import Contract


def judge(survey: Survey, contract: Contract | None) -> Iterator[Finding]:
    """Yield joints that are missing, called otherwise, spread over messages, given twice, or in another order."""
    graph = survey.graph
    if graph is None or contract is None:
        return
    topic = resolved(contract.robot.joint_states.topic, graph.namespace)
    messages = graph.joints.get(topic, ())
    if not messages:
        return
    joints = message_joints(contract.robot, contract.deployment)
    heard = list(dict.fromkeys(name for message in messages for name in message.names))
    missing = [name for name in joints.names if name not in heard]
    if missing:
        yield _missing(topic, joints, missing, heard)
    else:
        yield from _spread(topic, joints, messages, [one.node for one in graph.topics[topic].publishers])
    twice = sorted({name for one in messages for name in one.names if one.names.count(name) > 1})
    if twice:
        yield Finding(
            Code.JOINT_TWICE,
            topic,
            f"one message has {', '.join(twice)} twice",
            "Two drivers are mixed up in one joint state: let each joint be published once.",
            twice,
        )


def _missing(topic: str, joints: JointMap, missing: Sequence[str], heard: Sequence[str]) -> Finding:
    renamed = renaming(missing, [name for name in heard if name not in joints.names])
    if renamed:
        by_name = {binding.name: binding.joint for binding in joints.bindings}
        lines = ", ".join(f"{by_name[name]}: {{message: {new}}}" for name, new in renamed.items())
        return Finding(
            Code.JOINT_PREFIX,
            topic,
            f"joints are called otherwise: {', '.join(renamed.values())} for {', '.join(renamed)}",
            f"Write into the deployment: joints: {{{lines}}}",
            renamed,
        )
    return Finding(
        Code.JOINT_MISSING,
        topic,
        f"{', '.join(missing)} never came; the messages have {', '.join(heard) or 'no joints'}",
        "Start the broadcaster or driver that publishes them, or bind their names under 'joints' in the deployment.",
        list(missing),
    )


def renaming(missing: Sequence[str], heard: Sequence[str]) -> dict[str, str]:
    """Return what names became where one prefix or suffix was put before or after, or taken from all of them.

    Args:
        missing: Names that were expected.
        heard: Names that came and were not expected.
    """
    for name in heard:
        for longer, shorter in ((name, missing[0]), (missing[0], name)):
            if longer == shorter or not shorter:
                continue
            if longer.endswith(shorter):
                cut = longer.removesuffix(shorter)
                changes = {old: _before(old, cut, added=longer == name) for old in missing}
            elif longer.startswith(shorter):
                cut = longer.removeprefix(shorter)
                changes = {old: _after(old, cut, added=longer == name) for old in missing}
            else:
                continue
            if all(new in heard for new in changes.values()):
                return changes
    return {}


def _before(name: str, prefix: str, *, added: bool) -> str:
    return f"{prefix}{name}" if added else name.removeprefix(prefix)


def _after(name: str, suffix: str, *, added: bool) -> str:
    return f"{name}{suffix}" if added else name.removesuffix(suffix)


def _spread(
    topic: str, joints: JointMap, messages: Sequence[JointMessage], publishers: Sequence[str]
) -> Iterator[Finding]:
    partly = [one for one in messages if not set(joints.names) <= set(one.names)]
    if partly:
        yield Finding(
            Code.JOINT_PARTS,
            topic,
            f"{len(partly)} of {len(messages)} messages have only a part of the joints: {', '.join(partly[0].names)}; "
            f"{', '.join(dict.fromkeys(publishers))} publish here",
            "Let one joint_state_broadcaster publish all joints, or name a topic that has all of them "
            "(joint_states.topic in the robot profile); joint_state_publisher's source_list joins several.",
            len(partly),
        )
        return
    wanted = [name for name in messages[-1].names if name in joints.names]
    if wanted != list(joints.names):
        yield Finding(
            Code.JOINT_ORDER,
            topic,
            f"the joints come in another order than the robot profile's: {', '.join(wanted)}",
            "Nothing to do: they are matched by name. Only forwarders (Float64MultiArray) go by order.",
            wanted,
        )
