"""Is the robot that is described the robot of the profile?"""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree

from steadyhand.doctor.codes import Code
from steadyhand.doctor.finding import Finding
from steadyhand.doctor.survey import Survey
from steadyhand.profiles.contract import Contract
from steadyhand.profiles.urdf import Description, kinematic_content, parse_description

TOPIC = "robot_description"
_SLACK = 1e-6


def judge(survey: Survey, contract: Contract | None) -> Iterator[Finding]:
    """Yield joints that the published description lacks, limits beyond its own, and other geometry."""
    graph = survey.graph
    if graph is None or graph.empty or contract is None:
        return
    where = graph.named(TOPIC)
    if not graph.description:
        yield Finding(
            Code.DESCRIPTION_ABSENT,
            where,
            "no robot description is published: the profile cannot be compared with the robot",
            "Start robot_state_publisher with the robot's description.",
        )
        return
    try:
        live = parse_description(graph.description)
    except (ElementTree.ParseError, ValueError) as error:
        yield Finding(
            Code.DESCRIPTION_JOINTS, where, f"the published description cannot be read: {error}", "Publish a URDF."
        )
        return
    missing = [name for name in contract.robot.joints if name not in live.joints]
    if missing:
        yield Finding(
            Code.DESCRIPTION_JOINTS,
            where,
            f"the published description has no {', '.join(missing)}; it has {', '.join(live.movable)}",
            "Start the robot with the description of the profile, or correct the profile's joints; those that only "
            "the messages call otherwise are bound in the deployment.",
            missing,
        )
        return
    yield from _limits(where, live, contract)
    differ = [
        name
        for name, content in kinematic_content(contract.urdf).items()
        if _placed(content) != _placed(kinematic_content(graph.description).get(name))
    ]
    if differ:
        yield Finding(
            Code.DESCRIPTION_DIFFERS,
            where,
            f"the published description places or types {', '.join(differ[:5])} otherwise than the profile's",
            "Name the same description in the robot profile (with the same xacro arguments): collisions and tool poses "
            "are computed from it.",
            differ,
        )


def _limits(where: str, live: Description, contract: Contract) -> Iterator[Finding]:
    beyond = {}
    for name, limit in contract.robot.joints.items():
        joint = live.joints[name]
        told = []
        if limit.lower < joint.lower - _SLACK or limit.upper > joint.upper + _SLACK:
            told.append(f"{limit.lower:g} to {limit.upper:g} against {joint.lower:g} to {joint.upper:g}")
        if limit.velocity > joint.velocity + _SLACK:
            told.append(f"velocity {limit.velocity:g} against {joint.velocity:g}")
        if told:
            beyond[name] = "; ".join(told)
    if beyond:
        yield Finding(
            Code.DESCRIPTION_LIMITS,
            where,
            "the profile's limits are wider than the published description's: "
            + ", ".join(f"{name} {text}" for name, text in beyond.items()),
            "Take the narrower limits into the robot profile, less a margin.",
            beyond,
        )


def _placed(content: object) -> object:
    """Return what of a joint's content places it: not its limits, dynamics or safety controller."""
    if not isinstance(content, dict):
        return content
    return {key: content.get(key) for key in ("type", "<origin>", "<parent>", "<child>", "<axis>", "<mimic>")}
