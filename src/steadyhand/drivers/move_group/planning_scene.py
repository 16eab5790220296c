"""A moveit_msgs/PlanningScene as surroundings of the arm.

Nothing here imports ROS: messages are taken by the names of their fields.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from transforms3d.affines import compose
from transforms3d.quaternions import quat2mat

from steadyhand.kinematics.obstacles import (
    AllowedContacts,
    Attached,
    Box,
    Cone,
    Cylinder,
    Mesh,
    Obstacle,
    Plane,
    Sphere,
    Surroundings,
)

Array = NDArray[np.float64]

_BOX, _SPHERE, _CYLINDER, _CONE = 1, 2, 3, 4  # shape_msgs/SolidPrimitive
_DIMENSIONS = {_BOX: 3, _SPHERE: 1, _CYLINDER: 2, _CONE: 2}


@dataclass(frozen=True)
class MirroredScene:
    """What a planning scene says.

    Attributes:
        surroundings: Everything in it that has a shape we can check against.
        unknown: What it has beside that, for a person; where there is any, nothing may be called free.
    """

    surroundings: Surroundings
    unknown: tuple[str, ...]


def mirror(scene: Any, find_frame: Callable[[str], Array | None]) -> MirroredScene:
    """Return what a whole planning scene, not a difference, says.

    Args:
        scene: The message.
        find_frame: Gives the pose of a frame of the robot description in the base frame, shape (4, 4), and None for
            names that the description does not have; "" is its root.
    """
    unknown: list[str] = []
    obstacles: list[Obstacle] = []
    for item in scene.world.collision_objects:
        frame = _frame(scene, item.header.frame_id, find_frame)
        if frame is None:
            unknown.append(f"object '{item.id}' in the frame '{item.header.frame_id}'")
        else:
            obstacles += _shapes(item, frame, unknown)
    attached = []
    for carried in scene.robot_state.attached_collision_objects:
        item = carried.object
        if item.header.frame_id not in ("", carried.link_name):
            unknown.append(f"object '{item.id}', on '{carried.link_name}' but posed in '{item.header.frame_id}'")
            continue
        touching = frozenset(carried.touch_links)
        attached += [Attached(carried.link_name, shape, touching) for shape in _shapes(item, np.eye(4), unknown)]
    if len(scene.world.octomap.octomap.data):
        unknown.append("an octomap")
    surroundings = Surroundings(
        tuple(obstacles),
        tuple(attached),
        _allowed(scene.allowed_collision_matrix),
        {entry.link_name: entry.padding for entry in scene.link_padding if entry.padding},
        {entry.link_name: entry.scale for entry in scene.link_scale if entry.scale != 1.0},
    )
    return MirroredScene(surroundings, tuple(unknown))


def pose_matrix(pose: Any) -> Array:
    """Return a geometry_msgs/Pose as a matrix, shape (4, 4); an all-zero rotation is none, as MoveIt takes it."""
    q = np.array([pose.orientation.w, pose.orientation.x, pose.orientation.y, pose.orientation.z])
    rotation = quat2mat(q) if np.linalg.norm(q) > 1e-9 else np.eye(3)
    centre = [pose.position.x, pose.position.y, pose.position.z]
    matrix: Array = compose(centre, rotation, np.ones(3))
    return matrix


def _frame(scene: Any, name: str, find_frame: Callable[[str], Array | None]) -> Array | None:
    """Return the pose in the base frame of a frame that objects are posed in, None where nobody says it."""
    known = find_frame(name)
    if known is not None:
        return known
    root = find_frame("")
    state = scene.robot_state
    if root is None or name != state.joint_state.header.frame_id:
        return None
    # The model's frame is no link where a virtual joint carries the robot. A fixed one has no variables and is the
    # identity; a moving one is among the joints of several degrees of freedom.
    virtual = state.multi_dof_joint_state
    if len(virtual.joint_names) > 1 or (virtual.joint_names and virtual.header.frame_id != name):
        return None
    if not virtual.joint_names:
        return root
    transform = virtual.transforms[0]
    q = transform.rotation
    position = [transform.translation.x, transform.translation.y, transform.translation.z]
    carried: Array = compose(position, quat2mat([q.w, q.x, q.y, q.z]), np.ones(3))
    return np.asarray(root @ np.linalg.inv(carried))


def _shapes(item: Any, frame: Array, unknown: list[str]) -> list[Obstacle]:
    """Return the shapes of a moveit_msgs/CollisionObject; what has none is added to ``unknown``."""
    origin = frame @ pose_matrix(item.pose)
    found: list[Obstacle] = []
    for primitive, pose in _paired(item, "primitives", "primitive_poses", unknown):
        shape = _primitive(item.id, primitive, origin @ pose_matrix(pose))
        if shape is None:
            unknown.append(f"object '{item.id}' with a primitive of type {primitive.type}")
        else:
            found.append(shape)
    for mesh, pose in _paired(item, "meshes", "mesh_poses", unknown):
        vertices = np.array([[v.x, v.y, v.z] for v in mesh.vertices]).reshape(-1, 3)
        triangles = np.array([t.vertex_indices for t in mesh.triangles], dtype=np.int64).reshape(-1, 3)
        found.append(Mesh(item.id, vertices, triangles, origin @ pose_matrix(pose)))
    for plane, pose in _paired(item, "planes", "plane_poses", unknown):
        a, b, c, d = (float(value) for value in plane.coef)
        found.append(Plane(item.id, (a, b, c), d, origin @ pose_matrix(pose)))
    if not (item.primitives or item.meshes or item.planes):
        unknown.append(f"object '{item.id}' without a shape")
    return found


def _paired(item: Any, shapes: str, poses: str, unknown: list[str]) -> Iterator[tuple[Any, Any]]:
    shapes_found, poses_found = getattr(item, shapes), getattr(item, poses)
    if len(shapes_found) != len(poses_found):
        unknown.append(f"object '{item.id}' with {len(shapes_found)} {shapes} and {len(poses_found)} poses of them")
        return
    yield from zip(shapes_found, poses_found, strict=True)


def _primitive(name: str, primitive: Any, pose: Array) -> Obstacle | None:
    sizes = [float(value) for value in primitive.dimensions]
    if len(sizes) < _DIMENSIONS.get(primitive.type, 4):
        return None
    if primitive.type == _BOX:
        return Box(name, (sizes[0], sizes[1], sizes[2]), pose)
    if primitive.type == _SPHERE:
        return Sphere(name, sizes[0], pose)
    # Height comes before radius.
    return (Cylinder if primitive.type == _CYLINDER else Cone)(name, sizes[1], sizes[0], pose)


def _allowed(matrix: Any) -> AllowedContacts:
    """Return what an AllowedCollisionMatrix allows; a malformed one allows nothing, as MoveIt takes it."""
    names, rows = list(matrix.entry_names), list(matrix.entry_values)
    if len(names) != len(rows) or any(len(row.enabled) != len(names) for row in rows):
        return AllowedContacts()
    if len(matrix.default_entry_names) != len(matrix.default_entry_values):
        return AllowedContacts()
    pairs = {
        frozenset((first, second)): bool(rows[i].enabled[j])
        for i, first in enumerate(names)
        for j, second in enumerate(names[:i])
    }
    return AllowedContacts(
        pairs, dict(zip(matrix.default_entry_names, map(bool, matrix.default_entry_values), strict=True))
    )
