"""What stands around an arm: shapes in its base frame or on its links, and which contacts are allowed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from steadyhand.kinematics.exceptions import KinematicsError

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Box:
    """A box.

    Attributes:
        name: What it is, for messages.
        size: Edge lengths x, y, z [m].
        pose: Pose of its centre in the base frame, or in the frame of the link that carries it, shape (4, 4) [m].
    """

    name: str
    size: tuple[float, float, float]
    pose: Array


@dataclass(frozen=True)
class Sphere:
    """A sphere; ``name`` and ``pose`` as of `Box`, ``radius`` [m]."""

    name: str
    radius: float
    pose: Array


@dataclass(frozen=True)
class Cylinder:
    """A cylinder along z, centred; ``name`` and ``pose`` as of `Box`, ``radius`` and ``height`` [m]."""

    name: str
    radius: float
    height: float
    pose: Array


@dataclass(frozen=True)
class Cone:
    """A cone whose tip points along z, centred at half its height; attributes as of `Cylinder`."""

    name: str
    radius: float
    height: float
    pose: Array


@dataclass(frozen=True)
class Plane:
    """The infinite plane ``normal . x + offset = 0``; ``name`` and ``pose`` as of `Box`."""

    name: str
    normal: tuple[float, float, float]
    offset: float
    pose: Array


@dataclass(frozen=True)
class Mesh:
    """A surface of triangles, hollow; ``name`` and ``pose`` as of `Box`.

    Attributes:
        vertices: Shape (V, 3) [m].
        triangles: Indices of vertices, shape (T, 3).
    """

    name: str
    vertices: Array
    triangles: NDArray[np.int64]
    pose: Array


Obstacle = Box | Sphere | Cylinder | Cone | Plane | Mesh


@dataclass(frozen=True)
class Attached:
    """Something fixed to a link, such as what the gripper holds.

    Attributes:
        link: The link that carries it.
        shape: Its shape, posed in the frame of that link.
        touching: Links that it may touch beside the one that carries it.
    """

    link: str
    shape: Obstacle
    touching: frozenset[str] = frozenset()


@dataclass(frozen=True)
class AllowedContacts:
    """Which pairs of names may touch.

    Attributes:
        pairs: What is said of pairs, true where the contact is allowed.
        defaults: What is said of names, for pairs of which nothing is said; the stricter of two holds.
    """

    pairs: Mapping[frozenset[str], bool] = field(default_factory=dict)
    defaults: Mapping[str, bool] = field(default_factory=dict)

    def allows(self, first: str, second: str) -> bool:
        """Return whether two names may touch."""
        said = self.pairs.get(frozenset((first, second)))
        if said is not None:
            return said
        found = [self.defaults[name] for name in (first, second) if name in self.defaults]
        return bool(found) and all(found)


@dataclass(frozen=True)
class Surroundings:
    """Everything around an arm that may change while it works.

    Attributes:
        obstacles: Shapes in the base frame.
        attached: Shapes on links.
        allowed: Contacts that are no collision.
        padding: Least distance of a link, by name, to whatever is not a link, beside the general margin [m].
        scale: Factor by which a link's shapes are larger than described, by name.
    """

    obstacles: tuple[Obstacle, ...] = ()
    attached: tuple[Attached, ...] = ()
    allowed: AllowedContacts = field(default_factory=AllowedContacts)
    padding: Mapping[str, float] = field(default_factory=dict)
    scale: Mapping[str, float] = field(default_factory=dict)


def coal_shape(obstacle: Obstacle) -> object:
    """Return the shape for Coal, in the frame of the obstacle's pose.

    Raises:
        KinematicsError: A dimension is not positive and finite, or a mesh has no triangle or a wrong index.
    """
    import coal

    if isinstance(obstacle, Box):
        return coal.Box(*_positive(obstacle.name, *obstacle.size))
    if isinstance(obstacle, Sphere):
        return coal.Sphere(*_positive(obstacle.name, obstacle.radius))
    if isinstance(obstacle, Cylinder):
        return coal.Cylinder(*_positive(obstacle.name, obstacle.radius, obstacle.height))
    if isinstance(obstacle, Cone):
        return coal.Cone(*_positive(obstacle.name, obstacle.radius, obstacle.height))
    if isinstance(obstacle, Plane):
        normal = np.asarray(obstacle.normal, dtype=np.float64)
        length = float(np.linalg.norm(normal))
        if not np.isfinite([length, obstacle.offset]).all() or length < 1e-9:
            raise KinematicsError(f"obstacle '{obstacle.name}': a plane with the normal {obstacle.normal} is none")
        return coal.Plane(normal / length, -obstacle.offset / length)
    return _coal_mesh(obstacle)


def _coal_mesh(mesh: Mesh) -> object:
    import coal

    vertices, triangles = np.asarray(mesh.vertices, dtype=np.float64), np.asarray(mesh.triangles)
    if len(triangles) == 0 or triangles.min() < 0 or triangles.max() >= len(vertices):
        raise KinematicsError(f"obstacle '{mesh.name}': a mesh of {len(vertices)} vertices with wrong or no triangles")
    if not np.isfinite(vertices).all():
        raise KinematicsError(f"obstacle '{mesh.name}': a vertex is not finite")
    surface = coal.BVHModelOBBRSS()
    surface.beginModel(len(triangles), len(vertices))
    for a, b, c in triangles:
        surface.addTriangle(vertices[a], vertices[b], vertices[c])
    surface.endModel()
    return surface


def _positive(name: str, *dimensions: float) -> tuple[float, ...]:
    if not all(np.isfinite(value) and value > 0.0 for value in dimensions):
        raise KinematicsError(f"obstacle '{name}': dimensions {dimensions} are not all positive and finite")
    return dimensions
