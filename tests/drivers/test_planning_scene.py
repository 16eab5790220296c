"""A planning scene becomes surroundings; messages are stood for by objects with the same fields."""

from __future__ import annotations

from types import SimpleNamespace as Message
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from steadyhand.drivers.move_group.names import resolve
from steadyhand.drivers.move_group.planning_scene import mirror
from steadyhand.drivers.moveit_error_codes import SUCCESS, describe
from steadyhand.kinematics.obstacles import Box, Cone, Cylinder, Mesh, Plane, Sphere

_HALF = 0.5**0.5


def pose(x: float = 0.0, y: float = 0.0, z: float = 0.0, w: float = 1.0, qz: float = 0.0) -> Message:
    return Message(position=Message(x=x, y=y, z=z), orientation=Message(x=0.0, y=0.0, z=qz, w=w))


def thing(name: str = "thing", frame: str = "base", **fields: Any) -> Message:
    shapes = {"primitives": [], "meshes": [], "planes": [], "primitive_poses": [], "mesh_poses": [], "plane_poses": []}
    return Message(**{"id": name, "header": Message(frame_id=frame), "pose": pose(), **shapes, **fields})


def primitive(kind: int, *dimensions: float) -> dict[str, Any]:
    return {"primitives": [Message(type=kind, dimensions=list(dimensions))], "primitive_poses": [pose()]}


def scene(*objects: Message, **fields: Any) -> Message:
    state = Message(
        joint_state=Message(header=Message(frame_id="world")),
        multi_dof_joint_state=Message(header=Message(frame_id="world"), joint_names=[], transforms=[]),
        attached_collision_objects=[],
    )
    matrix = Message(entry_names=[], entry_values=[], default_entry_names=[], default_entry_values=[])
    world = Message(collision_objects=list(objects), octomap=Message(octomap=Message(data=[])))
    whole = {"robot_state": state, "allowed_collision_matrix": matrix, "link_padding": [], "link_scale": []}
    return Message(world=world, **{**whole, **fields})


def frames(name: str) -> np.ndarray | None:
    """A base that stands 0.1 m above the root of its description."""
    root = np.eye(4)
    root[2, 3] = -0.1
    return {"": root, "base": np.eye(4)}.get(name)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (primitive(1, 0.1, 0.2, 0.3), Box("thing", (0.1, 0.2, 0.3), np.eye(4))),
        (primitive(2, 0.1), Sphere("thing", 0.1, np.eye(4))),
        (primitive(3, 0.5, 0.1), Cylinder("thing", 0.1, 0.5, np.eye(4))),
        (primitive(4, 0.5, 0.1), Cone("thing", 0.1, 0.5, np.eye(4))),
        (
            {"planes": [Message(coef=[0.0, 0.0, 2.0, 1.0])], "plane_poses": [pose()]},
            Plane("thing", (0.0, 0.0, 2.0), 1.0, np.eye(4)),
        ),
    ],
    ids=["box", "sphere", "cylinder", "cone", "plane"],
)
def test_a_shape_keeps_its_dimensions(fields: dict[str, Any], expected: Any) -> None:
    seen = mirror(scene(thing(**fields)), frames)
    (found,) = seen.surroundings.obstacles
    assert not seen.unknown
    assert type(found) is type(expected)
    assert {k: v for k, v in vars(found).items() if k != "pose"} == {
        k: v for k, v in vars(expected).items() if k != "pose"
    }
    assert_allclose(found.pose, np.eye(4))


def test_a_mesh_keeps_its_triangles() -> None:
    corners = [Message(x=0.0, y=0.0, z=0.0), Message(x=1.0, y=0.0, z=0.0), Message(x=0.0, y=1.0, z=0.0)]
    mesh = Message(vertices=corners, triangles=[Message(vertex_indices=np.array([0, 1, 2], dtype=np.uint32))])
    (found,) = mirror(scene(thing(meshes=[mesh], mesh_poses=[pose()])), frames).surroundings.obstacles
    assert isinstance(found, Mesh)
    assert_allclose(found.vertices, [[0, 0, 0], [1, 0, 0], [0, 1, 0]])
    assert found.triangles.tolist() == [[0, 1, 2]]


def test_poses_of_object_and_shape_are_chained() -> None:
    fields = primitive(2, 0.1) | {"primitive_poses": [pose(x=1.0)], "pose": pose(y=2.0, w=_HALF, qz=_HALF)}
    (found,) = mirror(scene(thing(**fields)), frames).surroundings.obstacles
    assert_allclose(found.pose[:3, 3], [0.0, 3.0, 0.0], atol=1e-12)


def test_a_fixed_world_frame_is_where_the_root_is() -> None:
    (found,) = mirror(scene(thing(frame="world", **primitive(2, 0.1))), frames).surroundings.obstacles
    assert_allclose(found.pose[:3, 3], [0.0, 0.0, -0.1])


def test_a_robot_that_stands_elsewhere_in_its_world_sees_objects_from_there() -> None:
    whole = scene(thing(frame="world", **primitive(2, 0.1)))
    zero = Message(x=0.0, y=0.0, z=_HALF, w=_HALF)
    stands = Message(translation=Message(x=1.0, y=0.0, z=0.0), rotation=zero)
    whole.robot_state.multi_dof_joint_state = Message(
        header=Message(frame_id="world"), joint_names=["virtual_joint"], transforms=[stands]
    )
    (found,) = mirror(whole, frames).surroundings.obstacles
    assert_allclose(found.pose[:3, 3], [0.0, 1.0, -0.1], atol=1e-12)


def carried(**fields: Any) -> Message:
    values = {"link_name": "hand", "touch_links": ["finger"], "object": thing("cube", "hand", **primitive(2, 0.1))}
    return Message(**{**values, **fields})


def test_an_attached_object_is_on_its_link() -> None:
    whole = scene()
    whole.robot_state.attached_collision_objects = [carried()]
    (found,) = mirror(whole, frames).surroundings.attached
    assert (found.link, found.shape.name, found.touching) == ("hand", "cube", {"finger"})


def test_contacts_padding_and_scale_are_taken_over() -> None:
    matrix = Message(
        entry_names=["a", "b"],
        entry_values=[Message(enabled=[False, True]), Message(enabled=[True, False])],
        default_entry_names=["c"],
        default_entry_values=[True],
    )
    padding = [Message(link_name="hand", padding=0.02), Message(link_name="a", padding=0.0)]
    found = mirror(
        scene(allowed_collision_matrix=matrix, link_padding=padding, link_scale=[Message(link_name="hand", scale=1.1)]),
        frames,
    ).surroundings
    assert [found.allowed.allows(*pair) for pair in ("ab", "ax", "cx")] == [True, False, True]
    assert (found.padding, found.scale) == ({"hand": 0.02}, {"hand": 1.1})


def test_a_malformed_matrix_allows_nothing() -> None:
    matrix = Message(
        entry_names=["a", "b"], entry_values=[Message(enabled=[True])], default_entry_names=[], default_entry_values=[]
    )
    assert not mirror(scene(allowed_collision_matrix=matrix), frames).surroundings.allowed.allows("a", "b")


def _octomap() -> Message:
    whole = scene()
    whole.world.octomap.octomap.data = [1]
    return whole


def _attached_elsewhere() -> Message:
    whole = scene()
    whole.robot_state.attached_collision_objects = [carried(object=thing("cube", "world", **primitive(2, 0.1)))]
    return whole


UNKNOWN = {
    "octomap": _octomap(),
    "frame 'camera'": scene(thing(frame="camera", **primitive(2, 0.1))),
    "type 5": scene(thing(**primitive(5, 0.1))),
    "without a shape": scene(thing()),
    "0 poses": scene(thing(**primitive(2, 0.1) | {"primitive_poses": []})),
    "posed in 'world'": _attached_elsewhere(),
    "of type 1": scene(thing(**primitive(1, 0.1))),
}


@pytest.mark.parametrize("words", UNKNOWN)
def test_what_cannot_be_checked_is_said_and_not_left_out(words: str) -> None:
    (said,) = mirror(UNKNOWN[words], frames).unknown
    assert words in said


def test_success_is_one_and_every_failure_has_words() -> None:
    assert SUCCESS == 1
    assert describe(-1, "no luck") == "MoveIt's planner found no way (code -1: no luck)"
    assert "code 12345" in describe(12345)
    assert "starts in a collision" in describe(-10)


def test_names_of_a_move_group_in_a_namespace() -> None:
    assert resolve("", "compute_ik") == "/compute_ik"
    assert resolve("/left/", "compute_ik") == "/left/compute_ik"
