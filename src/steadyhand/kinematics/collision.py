"""Collisions of an arm with itself and with boxes around it, on Pinocchio and Coal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pinocchio as pin
from numpy.typing import ArrayLike, NDArray

from steadyhand.kinematics.exceptions import KinematicsError
from steadyhand.kinematics.model import as_pose

Array = NDArray[np.float64]

_SAMPLES = 200
# Links that touch in nearly every configuration are built that way: the pair says nothing.
_ALWAYS = 0.95


@dataclass(frozen=True)
class Box:
    """An obstacle fixed to the base.

    Attributes:
        name: What it is, for messages.
        size: Edge lengths x, y, z [m].
        pose: Pose of its centre in the base frame, shape (4, 4) [m].
    """

    name: str
    size: tuple[float, float, float]
    pose: Array


@dataclass(frozen=True)
class Contact:
    """The first pair found closer than the margin.

    Attributes:
        first: Name of a link.
        second: Name of another link, or of an obstacle.
        row: Row of the path, 0 for a single configuration.
    """

    first: str
    second: str
    row: int


class CollisionModel:
    """Checks configurations against the collision shapes of a robot description.

    Pairs that do not move against each other, that a joint connects, that are disabled, or that touch in nearly every
    configuration are left out, as MoveIt's Setup Assistant does. Joints that are not listed stand at ``others``. An
    instance owns a workspace: use one in each thread.

    Args:
        urdf_xml: The robot description as text.
        joint_names: Joints of the arm, in the order of every vector.
        base_frame: Link that obstacles are placed in.
        obstacles: Boxes fixed to the base.
        disabled: Pairs of link names never checked, such as those of an SRDF.
        margin: Least distance between two shapes [m].
        others: Positions of joints that are not listed, by name [rad or m]; 0 where absent.

    Raises:
        KinematicsError: The description cannot be read or lacks a joint or frame.
    """

    def __init__(
        self,
        urdf_xml: str,
        joint_names: Sequence[str],
        base_frame: str,
        *,
        obstacles: Sequence[Box] = (),
        disabled: Sequence[tuple[str, str]] = (),
        margin: float = 0.0,
        others: dict[str, float] | None = None,
    ) -> None:
        try:
            full = pin.buildModelFromXML(urdf_xml)
            shapes = pin.buildGeomFromUrdfString(full, urdf_xml, pin.GeometryType.COLLISION)
        except (ValueError, RuntimeError) as error:
            raise KinematicsError(f"the robot description's collision shapes cannot be read: {error}") from error
        missing = [name for name in joint_names if not full.existJointName(name)]
        if missing or not full.existFrame(base_frame):
            raise KinematicsError(f"the description lacks joints {missing} or the frame '{base_frame}'")
        rest = pin.neutral(full)
        for name, position in (others or {}).items():
            if full.existJointName(name):
                rest[full.joints[full.getJointId(name)].idx_q] = position
        locked = [full.getJointId(name) for name in list(full.names)[1:] if name not in joint_names]
        links = {shape.name: full.frames[shape.parentFrame].name for shape in shapes.geometryObjects}
        joined = _joined_links(full)
        self._model, self._shapes = pin.buildReducedModel(full, shapes, locked, rest)
        self._data = self._model.createData()
        self._columns = np.array([self._model.joints[self._model.getJointId(name)].idx_v for name in joint_names])
        base = self._model.frames[self._model.getFrameId(base_frame)]
        for box in obstacles:
            placement = base.placement * pin.SE3(as_pose(box.pose, f"obstacle '{box.name}'"))
            shape = pin.GeometryObject(box.name, 0, placement, _coal_box(box.size))
            self._shapes.addGeometryObject(shape)
            links[box.name] = box.name
        self._links = [links[shape.name] for shape in self._shapes.geometryObjects]
        ignored = joined | {frozenset(pair) for pair in disabled}
        self._add_pairs(ignored)
        for k in range(self.pairs):
            self._geometry.collisionRequests[k].security_margin = margin
        # For the shapes of one arm comparing every two boxes takes less time than keeping a tree of them up to date.
        # The boxes are inflated by the margins found when the manager is made.
        self._boxes = pin.BroadPhaseManager_NaiveCollisionManager(self._model, self._shapes, self._geometry)

    @property
    def pairs(self) -> int:
        """Number of pairs of shapes that are checked."""
        return len(self._shapes.collisionPairs)

    def check(self, positions: ArrayLike) -> Contact | None:
        """Return the first contact along a path, None where there is none.

        Args:
            positions: Configurations, shape (H, n), or one of shape (n,) [rad or m].
        """
        path = np.atleast_2d(np.asarray(positions, dtype=np.float64))
        configuration = np.empty(self._model.nv)
        for row, q in enumerate(path):
            configuration[self._columns] = q
            if pin.computeCollisions(self._model, self._data, self._boxes, configuration, True):
                return self._contact(configuration, row)
        return None

    def _contact(self, configuration: Array, row: int) -> Contact | None:
        """Name the first pair in contact; the broad phase only says that there is one."""
        pin.computeCollisions(self._model, self._data, self._shapes, self._geometry, configuration, True)
        for k, pair in enumerate(self._shapes.collisionPairs):
            if self._geometry.collisionResults[k].isCollision():
                return Contact(self._links[pair.first], self._links[pair.second], row)
        return None

    def _add_pairs(self, ignored: set[frozenset[str]]) -> None:
        """Pair all shapes that move against each other, then drop the pairs that touch nearly always."""
        shapes, bodies = self._shapes, [shape.parentJoint for shape in self._shapes.geometryObjects]
        for i, j in combinations(range(len(self._links)), 2):
            if bodies[i] != bodies[j] and frozenset((self._links[i], self._links[j])) not in ignored:
                shapes.addCollisionPair(pin.CollisionPair(i, j))
        self._geometry = shapes.createData()
        pairs = [pin.CollisionPair(pair.first, pair.second) for pair in shapes.collisionPairs]
        random = np.random.default_rng(0)
        lower = np.maximum(self._model.lowerPositionLimit, -np.pi)
        upper = np.minimum(self._model.upperPositionLimit, np.pi)
        touching: Counter[frozenset[str]] = Counter()
        for q in random.uniform(lower, upper, (_SAMPLES, self._model.nv)):
            pin.computeCollisions(self._model, self._data, shapes, self._geometry, q, False)
            results = [result.isCollision() for result in self._geometry.collisionResults]
            touching.update({self._pair_links(pairs[k]) for k in np.flatnonzero(results)})
        always = {names for names, count in touching.items() if count >= _ALWAYS * _SAMPLES}
        for pair in pairs:
            if self._pair_links(pair) in always:
                shapes.removeCollisionPair(pair)
        self._geometry = shapes.createData()

    def _pair_links(self, pair: pin.CollisionPair) -> frozenset[str]:
        return frozenset((self._links[pair.first], self._links[pair.second]))


def _joined_links(model: pin.Model) -> set[frozenset[str]]:
    """Return pairs of links that a joint connects, links fixed to each other counting as one body."""
    bodies: dict[int, list[str]] = {}
    for frame in model.frames:
        if frame.type == pin.FrameType.BODY:
            bodies.setdefault(frame.parentJoint, []).append(frame.name)
    joined = set()
    for joint, links in bodies.items():
        neighbours = links + (bodies.get(model.parents[joint], []) if joint > 0 else [])
        joined |= {frozenset((a, b)) for a in links for b in neighbours if a != b}
    return joined


def _coal_box(size: tuple[float, float, float]) -> object:
    import coal

    return coal.Box(*size)
