"""Transforms between the links of a robot description, as a robot state publisher computes them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray

from steadyhand.simulation.exceptions import SimulationError

Array = NDArray[np.float64]


@dataclass(frozen=True)
class FrameTransform:
    """Pose of a child frame in its parent.

    Attributes:
        parent: Name of the parent link.
        child: Name of the child link.
        translation: Shape (3,) [m].
        quaternion: Rotation as x y z w, shape (4,).
    """

    parent: str
    child: str
    translation: Array
    quaternion: Array


@dataclass(frozen=True)
class _Joint:
    name: str
    kind: str
    parent: str
    child: str
    translation: Array
    quaternion: Array
    axis: Array

    def at(self, position: float) -> FrameTransform:
        if self.kind == "prismatic":
            moved = self.translation + _rotate(self.quaternion, self.axis * position)
            return FrameTransform(self.parent, self.child, moved, self.quaternion)
        turn = np.append(self.axis * math.sin(position / 2), math.cos(position / 2))
        return FrameTransform(self.parent, self.child, self.translation, _multiply(self.quaternion, turn))


class FrameTree:
    """The joints of a robot description.

    Args:
        description: URDF, as XML text.

    Raises:
        SimulationError: A joint is of a kind that has no single position (planar, floating).
    """

    def __init__(self, description: str) -> None:
        self._fixed: list[FrameTransform] = []
        self._moving: list[_Joint] = []
        for element in ElementTree.fromstring(description).iter("joint"):
            if element.find("parent") is None:
                continue
            joint = _parse(element)
            if joint.kind == "fixed":
                self._fixed.append(joint.at(0.0))
            elif joint.kind in ("revolute", "continuous", "prismatic"):
                self._moving.append(joint)
            else:
                raise SimulationError(
                    f"joint {joint.name!r} of the robot description is {joint.kind}; "
                    "only fixed, revolute, continuous and prismatic joints can be followed"
                )

    @property
    def fixed(self) -> tuple[FrameTransform, ...]:
        """Transforms that never change."""
        return tuple(self._fixed)

    def moving(self, positions: Mapping[str, float]) -> tuple[FrameTransform, ...]:
        """Return the transforms of the joints whose positions are given [rad or m]."""
        return tuple(joint.at(positions[joint.name]) for joint in self._moving if joint.name in positions)


def _parse(element: ElementTree.Element) -> _Joint:
    origin, axis = element.find("origin"), element.find("axis")
    xyz = "0 0 0" if origin is None else origin.get("xyz", "0 0 0")
    rpy = "0 0 0" if origin is None else origin.get("rpy", "0 0 0")
    direction = _numbers("1 0 0" if axis is None else axis.get("xyz", "1 0 0"))
    links = {end: child.get("link", "") for end in ("parent", "child") if (child := element.find(end)) is not None}
    return _Joint(
        name=element.get("name", ""),
        kind=element.get("type", ""),
        parent=links["parent"],
        child=links["child"],
        translation=_numbers(xyz),
        quaternion=_quaternion(*_numbers(rpy)),
        axis=direction / (np.linalg.norm(direction) or 1.0),
    )


def _numbers(text: str) -> Array:
    return np.array([float(value) for value in text.split()])


def _quaternion(roll: float, pitch: float, yaw: float) -> Array:
    """Rotation about the fixed axes x, y, z in turn, as x y z w."""
    about_x = np.array([math.sin(roll / 2), 0.0, 0.0, math.cos(roll / 2)])
    about_y = np.array([0.0, math.sin(pitch / 2), 0.0, math.cos(pitch / 2)])
    about_z = np.array([0.0, 0.0, math.sin(yaw / 2), math.cos(yaw / 2)])
    return _multiply(_multiply(about_z, about_y), about_x)


def _multiply(first: Array, second: Array) -> Array:
    x1, y1, z1, w1 = first.tolist()
    x2, y2, z2, w2 = second.tolist()
    return np.array(
        [
            w1 * x2 + x1 * w2 + y1 * z2 - z1 * y2,
            w1 * y2 - x1 * z2 + y1 * w2 + z1 * x2,
            w1 * z2 + x1 * y2 - y1 * x2 + z1 * w2,
            w1 * w2 - x1 * x2 - y1 * y2 - z1 * z2,
        ]
    )


def _rotate(quaternion: Array, vector: Array) -> Array:
    conjugate = quaternion * (-1.0, -1.0, -1.0, 1.0)
    return _multiply(_multiply(quaternion, np.append(vector, 0.0)), conjugate)[:3]
