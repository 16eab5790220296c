"""What an SRDF says about groups, states and links that need no check."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.etree import ElementTree

from steadyhand.exceptions import SteadyhandError
from steadyhand.profiles.urdf import Description


class SemanticsError(SteadyhandError):
    """A semantic description cannot be read."""


@dataclass(frozen=True)
class Group:
    """A planning group.

    Attributes:
        name: Its name.
        joints: Joints that move by themselves, in the order of the SRDF or of its chain.
        base: Base link of its chain, empty where it has none.
        tip: Last link of its chain, or of the joint that it lists last.
        states: Named positions [rad or m], by the state's name and the joint's.
    """

    name: str
    joints: tuple[str, ...]
    base: str = ""
    tip: str = ""
    states: dict[str, dict[str, float]] = field(default_factory=dict)


@dataclass(frozen=True)
class Semantics:
    """An SRDF.

    Attributes:
        groups: Groups by name.
        hands: Groups that are end effectors: their names to the link that they are fixed to, and to the arm's group,
            which is empty where the SRDF does not say.
        disabled: Pairs of links that are never checked against each other.
    """

    groups: dict[str, Group]
    hands: dict[str, tuple[str, str]]
    disabled: tuple[tuple[str, str], ...]


def parse_semantics(srdf: str, described: Description) -> Semantics:
    """Read an SRDF; without one there are no groups.

    Args:
        srdf: The SRDF's text, or nothing.
        described: The description that it belongs to.

    Raises:
        SemanticsError: It is not XML, or a number in it is none.
    """
    if not srdf.strip():
        return Semantics({}, {}, ())
    try:
        root = ElementTree.fromstring(srdf)
        groups = {element.get("name", ""): _group(element, root, described) for element in root.findall("group")}
    except (ElementTree.ParseError, ValueError) as error:
        raise SemanticsError(f"the semantic description cannot be read: {error}. Check what publishes it.") from error
    hands = {
        hand.get("group", ""): (hand.get("parent_link", ""), hand.get("parent_group", ""))
        for hand in root.findall("end_effector")
    }
    pairs = ((pair.get("link1", ""), pair.get("link2", "")) for pair in root.findall("disable_collisions"))
    return Semantics(groups, hands, tuple(pair for pair in pairs if set(pair) <= described.links))


def _group(element: ElementTree.Element, root: ElementTree.Element, described: Description) -> Group:
    name = element.get("name", "")
    base, tip, joints = "", "", []
    passive = {joint.get("name") for joint in root.findall("passive_joint")}
    for part in element:
        if part.tag == "chain":
            base, tip = part.get("base_link", ""), part.get("tip_link", "")
            joints += described.chain(base, tip)
        elif part.tag == "joint" and part.get("name", "") in described.joints:
            joints.append(part.get("name", ""))
            tip = described.joints[joints[-1]].child if not base else tip
        elif part.tag == "link":
            joints += [joint for joint, found in described.joints.items() if found.child == part.get("name")]
        elif part.tag == "group":
            other = next((one for one in root.findall("group") if one.get("name") == part.get("name")), None)
            # A group that names itself has no joints of its own there.
            joints += list(_group(other, root, described).joints) if other is not None and other is not element else []
    movable = set(described.movable)
    alone = (joint for joint in joints if joint in movable and joint not in passive)
    return Group(
        name,
        tuple(joint for joint in dict.fromkeys(alone) if not described.joints[joint].mimics),
        base,
        tip,
        {
            state.get("name", ""): {
                joint.get("name", ""): float(joint.get("value", "0").split()[0]) for joint in state.findall("joint")
            }
            for state in root.findall("group_state")
            if state.get("group") == name
        },
    )
