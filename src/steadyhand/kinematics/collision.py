"""Collisions of an arm with itself and with what stands around it, on Pinocchio and Coal."""

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
from steadyhand.kinematics.obstacles import AllowedContacts, Attached, Obstacle, Surroundings, coal_shape

Array = NDArray[np.float64]

_SAMPLES = 200
# Links that touch in nearly every configuration are built that way: the pair says nothing.
_ALWAYS = 0.95


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

    Attributes:
        link_names: Links of the robot, everything else that is named in a contact being an obstacle.

    Args:
        urdf_xml: The robot description as text.
        joint_names: Joints of the arm, in the order of every vector.
        base_frame: Link that obstacles are placed in.
        obstacles: What is fixed to the base for good; what comes and goes is given to `surround`.
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
        obstacles: Sequence[Obstacle] = (),
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
        self._base = base.placement
        for obstacle in obstacles:
            self._add_obstacle(self._shapes, obstacle)
            links[obstacle.name] = obstacle.name
        self._margin = margin
        self._links = [links[shape.name] for shape in self._shapes.geometryObjects]
        self._add_pairs(joined | {frozenset(pair) for pair in disabled})
        self._standing, self._standing_links = self._shapes, list(self._links)
        self._standing_bodies = [int(shape.parentJoint) for shape in self._shapes.geometryObjects]
        self.link_names = set(self._links) - {obstacle.name for obstacle in obstacles}
        self._prepare([margin] * self.pairs)

    @property
    def pairs(self) -> int:
        """Number of pairs of shapes that are checked."""
        return len(self._shapes.collisionPairs)

    def surround(self, surroundings: Surroundings) -> None:
        """Put what stands around the arm in the place of what this was told before.

        Contacts that are allowed are left out of the arm's own pairs as well. A scale of links is taken as distance,
        which is never less than what a scaled shape would need; a scale below 1 is taken as 1.

        Raises:
            KinematicsError: A shape is wrong, or a link that carries something is not in the description.
        """
        shapes, links, bodies = self._standing.copy(), list(self._standing_links), list(self._standing_bodies)
        allowed = surroundings.allowed
        for pair in [pin.CollisionPair(pair.first, pair.second) for pair in shapes.collisionPairs]:
            if allowed.allows(links[pair.first], links[pair.second]):
                shapes.removeCollisionPair(pair)
        touching: dict[int, Attached] = {}
        for obstacle in surroundings.obstacles:
            self._add_obstacle(shapes, obstacle)
            _pair_last(shapes, links, bodies, obstacle.name, allowed, touching)
        for attached in surroundings.attached:
            touching[self._add_attached(shapes, attached)] = attached
            _pair_last(shapes, links, bodies, attached.shape.name, allowed, touching)
        self._shapes, self._links = shapes, links
        self._prepare([self._margin + self._grown(pair, surroundings, touching) for pair in shapes.collisionPairs])

    def check(self, positions: ArrayLike) -> Contact | None:
        """Return the first contact along a path, None where there is none.

        Args:
            positions: Configurations, shape (H, n), or one of shape (n,) [rad or m].
        """
        path = np.atleast_2d(np.asarray(positions, dtype=np.float64))
        configuration = np.empty(self._model.nv)
        # An arm that rests is looked at once.
        again = np.concatenate([[False], np.all(path[1:] == path[:-1], axis=1)])
        for row in np.flatnonzero(~again):
            configuration[self._columns] = path[row]
            if pin.computeCollisions(self._model, self._data, self._boxes, configuration, True):
                return self._contact(configuration, int(row))
        return None

    def _prepare(self, margins: Sequence[float]) -> None:
        """Make the workspace of the shapes in force."""
        self._geometry = self._shapes.createData()
        for k, margin in enumerate(margins):
            self._geometry.collisionRequests[k].security_margin = margin
        # For the shapes of one arm comparing every two boxes takes less time than keeping a tree of them up to date.
        # The boxes are inflated by the margins found when the manager is made.
        self._boxes = pin.BroadPhaseManager_NaiveCollisionManager(self._model, self._shapes, self._geometry)

    def _add_obstacle(self, shapes: pin.GeometryModel, obstacle: Obstacle) -> int:
        placement = self._base * pin.SE3(as_pose(obstacle.pose, f"obstacle '{obstacle.name}'"))
        return _add(shapes, obstacle, 0, placement)

    def _add_attached(self, shapes: pin.GeometryModel, attached: Attached) -> int:
        name = attached.shape.name
        if not self._model.existFrame(attached.link):
            raise KinematicsError(f"'{name}' is attached to '{attached.link}', which is not in the description")
        frame = self._model.frames[self._model.getFrameId(attached.link)]
        placement = frame.placement * pin.SE3(as_pose(attached.shape.pose, f"attached object '{name}'"))
        return _add(shapes, attached.shape, frame.parentJoint, placement)

    def _grown(self, pair: pin.CollisionPair, surroundings: Surroundings, attached: dict[int, Attached]) -> float:
        """Return what padding and scale ask for between two shapes [m]; the arm's own links are not padded there."""
        first, second = pair.first, pair.second
        standing = max(first, second) < len(self._standing_links)
        if standing and {self._links[first], self._links[second]} <= self.link_names:
            return 0.0
        room = 0.0
        for number in (first, second):
            carrier = attached.get(number)
            link = self._links[number] if carrier is None else carrier.link
            if carrier is not None or link in self.link_names:
                room += surroundings.padding.get(link, 0.0)
                larger = surroundings.scale.get(link, 1.0) - 1.0
                if larger > 0.0:
                    room += larger * float(self._shapes.geometryObjects[number].geometry.aabb_radius)
        return room

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


def _add(shapes: pin.GeometryModel, obstacle: Obstacle, joint: int, placement: pin.SE3) -> int:
    """Add a shape under a name of its own, since one object may have several, and return its number."""
    number = int(shapes.ngeoms)
    shape = coal_shape(obstacle)
    shape.computeLocalAABB()  # type: ignore[attr-defined]
    name = obstacle.name if not shapes.existGeometryName(obstacle.name) else f"{obstacle.name} #{number}"
    shapes.addGeometryObject(pin.GeometryObject(name, joint, placement, shape))
    return number


def _pair_last(
    shapes: pin.GeometryModel,
    links: list[str],
    bodies: list[int],
    name: str,
    allowed: AllowedContacts,
    attached: dict[int, Attached],
) -> None:
    """Pair the shape added last with all that moves against it and must not touch it; take down its name and body."""
    number = len(links)
    body = int(shapes.geometryObjects[number].parentJoint)
    own = attached.get(number)
    free = set() if own is None else {own.link, *own.touching}
    for k, other_body in enumerate(bodies):
        if other_body == body or links[k] in free:
            continue
        other = attached.get(k)
        if other is not None and (name in other.touching or (own is not None and own.link == other.link)):
            continue
        if not allowed.allows(links[k], name):
            shapes.addCollisionPair(pin.CollisionPair(k, number))
    links.append(name)
    bodies.append(body)
