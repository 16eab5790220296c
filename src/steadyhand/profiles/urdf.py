"""The joints and links of a robot description, as far as profiles are checked against them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from xml.etree import ElementTree


@dataclass(frozen=True)
class DescribedJoint:
    """One joint of a description.

    Attributes:
        kind: revolute, continuous, prismatic, fixed, floating or planar.
        parent: Link on the base's side.
        child: Link on the tip's side.
        lower: Smallest position, minus infinity where there is no limit [rad or m].
        upper: Largest position, infinity where there is no limit [rad or m].
        velocity: Largest speed, infinity where there is no limit [rad/s or m/s].
        mimics: Joint that it follows, empty where it moves by itself.
    """

    kind: str
    parent: str
    child: str
    lower: float
    upper: float
    velocity: float
    mimics: str

    @property
    def unit(self) -> str:
        """Unit of its position: m for prismatic joints, rad otherwise."""
        return "m" if self.kind == "prismatic" else "rad"


@dataclass(frozen=True)
class Description:
    """What a description says about joints and links.

    Attributes:
        joints: All joints by name.
        links: Names of all links.
    """

    joints: dict[str, DescribedJoint]
    links: frozenset[str]

    @property
    def movable(self) -> list[str]:
        """Names of the joints with one degree of freedom, in the order of the description."""
        return [name for name, joint in self.joints.items() if joint.kind in ("revolute", "continuous", "prismatic")]

    def chain(self, base: str, tip: str) -> list[str]:
        """Return the joints from one link to another, base first; empty where the tip is not beyond the base."""
        names: list[str] = []
        if tip == base:
            return names
        for name in self.above(tip):
            names.append(name)
            if self.joints[name].parent == base:
                return names[::-1]
        return []

    def above(self, link: str) -> list[str]:
        """Return the joints between a link and the root, the link's own first."""
        joints = {joint.child: name for name, joint in self.joints.items()}
        names: list[str] = []
        while link in joints and len(names) < len(self.joints):
            names.append(joints[link])
            link = self.joints[joints[link]].parent
        return names


def parse_description(urdf: str) -> Description:
    """Read the joints and links of a URDF.

    Args:
        urdf: URDF text that is known to be XML with a ``robot`` root.

    Raises:
        ValueError: A limit is not a number, or an element lacks its name.
    """
    root = ElementTree.fromstring(urdf)
    joints = {}
    for element in root.findall("joint"):
        name = element.get("name", "")
        kind = element.get("type", "")
        joints[name] = DescribedJoint(
            kind=kind,
            parent=_attribute(element, "parent", "link"),
            child=_attribute(element, "child", "link"),
            lower=-math.inf if kind == "continuous" else _limit(element, "lower", 0.0),
            upper=math.inf if kind == "continuous" else _limit(element, "upper", 0.0),
            velocity=_limit(element, "velocity", math.inf),
            mimics=_attribute(element, "mimic", "joint"),
        )
    return Description(joints, frozenset(link.get("name", "") for link in root.findall("link")))


def kinematic_content(urdf: str) -> dict[str, object]:
    """Return all that a URDF says about its joints, comparable across machines.

    The order of elements, whitespace, comments and how numbers are written make no difference; links, and with them the
    paths of meshes, are left out.

    Args:
        urdf: URDF text that is known to be XML with a ``robot`` root.
    """
    joints = ElementTree.fromstring(urdf).findall("joint")
    return {joint.get("name", ""): _content(joint) for joint in joints}


def _content(element: ElementTree.Element) -> dict[str, object]:
    attributes: dict[str, object] = {name: _numbers(text) for name, text in element.attrib.items()}
    return {**attributes, **{f"<{child.tag}>": _content(child) for child in element if isinstance(child.tag, str)}}


def _numbers(text: str) -> object:
    try:
        # Adding zero makes -0.0 and 0.0 the same.
        return [float(word) + 0.0 for word in text.split()]
    except ValueError:
        return text


def _attribute(element: ElementTree.Element, child: str, name: str) -> str:
    found = element.find(child)
    return "" if found is None else found.get(name, "")


def _limit(element: ElementTree.Element, name: str, default: float) -> float:
    text = _attribute(element, "limit", name)
    return float(text) if text else default
