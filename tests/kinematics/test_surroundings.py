from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steadyhand.kinematics.collision import CollisionModel
from steadyhand.kinematics.exceptions import KinematicsError
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
from steadyhand.profiles.description import read_description
from steadyhand.profiles.resources import resource

_URDF = read_description(resource("urdf/panda.urdf.xacro"))
_JOINTS = tuple(f"panda_joint{i}" for i in range(1, 8))
_HOME = np.array([0.0, -0.785, 0.0, -2.356, 0.0, 1.571, 0.785])
_HAND = (0.307, 0.0, 0.53)  # a point inside of the hand at home


def at(*centre: float) -> np.ndarray:
    pose = np.eye(4)
    pose[:3, 3] = centre
    return pose


@pytest.fixture(scope="module")
def model() -> CollisionModel:
    return CollisionModel(_URDF, _JOINTS, "panda_link0")


def tetrahedron(pose: np.ndarray) -> Mesh:
    corners = 0.05 * np.array([[1.0, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]])
    return Mesh("thing", corners, np.array([[0, 1, 2], [0, 3, 1], [0, 2, 3], [1, 3, 2]]), pose)


SHAPES = {
    "box": lambda pose: Box("thing", (0.05, 0.05, 0.05), pose),
    "sphere": lambda pose: Sphere("thing", 0.03, pose),
    "cylinder": lambda pose: Cylinder("thing", 0.03, 0.06, pose),
    "cone": lambda pose: Cone("thing", 0.03, 0.06, pose),
    "plane": lambda pose: Plane("thing", (0.0, 0.0, 1.0), 0.0, pose),
    "mesh": tetrahedron,
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_shape_in_the_hand_is_a_contact_and_one_away_from_it_is_none(model: CollisionModel, shape: str) -> None:
    model.surround(Surroundings((SHAPES[shape](at(*_HAND)),)))
    contact = model.check(_HOME)
    assert contact is not None
    assert contact.second == "thing"
    model.surround(Surroundings((SHAPES[shape](at(0.8, 0.8, -0.2)),)))
    assert model.check(_HOME) is None


def test_what_is_put_in_the_place_of_others_leaves_nothing_of_them(model: CollisionModel) -> None:
    model.surround(Surroundings(tuple(SHAPES["sphere"](at(*_HAND)) for _ in range(3))))
    assert model.check(_HOME) is not None
    model.surround(Surroundings())
    assert model.check(_HOME) is None
    assert model.pairs == CollisionModel(_URDF, _JOINTS, "panda_link0").pairs


def test_a_cone_is_thin_at_its_tip(model: CollisionModel) -> None:
    tip, foot = at(0.307, 0.0, 0.35), at(0.307, 0.0, 0.75)
    for pose, touches in ((tip, False), (foot, True)):
        # The cone stands upright, so that the hand is at its tip, or at its foot.
        model.surround(Surroundings((Cone("thing", 0.12, 0.24, pose),)))
        assert (model.check(_HOME) is not None) is touches


def test_an_allowed_contact_is_none(model: CollisionModel) -> None:
    thing = SHAPES["box"](at(*_HAND))
    allowed = AllowedContacts(defaults={"thing": True})
    model.surround(Surroundings((thing,), allowed=allowed))
    assert model.check(_HOME) is None
    model.surround(Surroundings((thing,), allowed=AllowedContacts({frozenset(("thing", "panda_link7")): True})))
    contact = model.check(_HOME)
    assert contact is not None
    assert contact.first != "panda_link7"


def test_what_is_said_of_a_pair_goes_before_what_is_said_of_names() -> None:
    allowed = AllowedContacts({frozenset("ab"): False}, {"a": True, "b": True, "c": False})
    assert [allowed.allows(*pair) for pair in ("ab", "ax", "ac", "xy")] == [False, True, False, False]


def test_an_attached_object_moves_with_its_link_and_may_touch_what_it_is_said_to(model: CollisionModel) -> None:
    rod = Attached("panda_hand", Cylinder("rod", 0.01, 0.4, at(0.0, 0.0, 0.25)), frozenset({"panda_leftfinger"}))
    wall = Box("wall", (0.02, 0.5, 0.1), at(0.307, 0.0, 0.2))
    fingers = frozenset({"panda_leftfinger", "panda_rightfinger"})
    held = Attached("panda_hand", rod.shape, fingers)
    model.surround(Surroundings((wall,)))
    assert model.check(_HOME) is None
    model.surround(Surroundings((wall,), (held,)))
    contact = model.check(_HOME)
    assert contact is not None
    assert {contact.first, contact.second} == {"rod", "wall"}
    turned = _HOME.copy()
    turned[0] = 1.2
    assert model.check(turned) is None


@settings(max_examples=5, deadline=None)
@given(gap=st.floats(0.005, 0.05), slack=st.floats(0.002, 0.02))
def test_padding_is_the_distance_at_which_contact_begins(
    model: CollisionModel, lowest: float, gap: float, slack: float
) -> None:
    low = Plane("floor", (0.0, 0.0, 1.0), -(lowest - gap), np.eye(4))
    model.surround(Surroundings((low,), padding=dict.fromkeys(_MOVING, gap - slack)))
    assert model.check(_HOME) is None
    model.surround(Surroundings((low,), padding=dict.fromkeys(_MOVING, gap + slack)))
    assert model.check(_HOME) is not None


def test_a_scaled_link_is_at_least_as_large_as_its_shapes_would_be(model: CollisionModel, lowest: float) -> None:
    near = Plane("floor", (0.0, 0.0, 1.0), -(lowest - 0.001), np.eye(4))
    model.surround(Surroundings((near,)))
    assert model.check(_HOME) is None
    model.surround(Surroundings((near,), scale=dict.fromkeys(_MOVING, 1.1)))
    assert model.check(_HOME) is not None


WRONG: dict[str, Obstacle | Attached] = {
    "positive": Box("thing", (0.1, 0.0, 0.1), np.eye(4)),
    "triangles": Mesh("thing", np.zeros((2, 3)), np.array([[0, 1, 2]]), np.eye(4)),
    "normal": Plane("thing", (0.0, 0.0, 0.0), 0.0, np.eye(4)),
    "attached": Attached("no_such_link", Sphere("thing", 0.1, np.eye(4))),
}


@pytest.mark.parametrize("word", WRONG)
def test_a_wrong_shape_is_refused_and_what_was_there_stays(model: CollisionModel, word: str) -> None:
    model.surround(Surroundings((SHAPES["box"](at(*_HAND)),)))
    wrong = WRONG[word]
    wanted = Surroundings(attached=(wrong,)) if isinstance(wrong, Attached) else Surroundings((wrong,))
    with pytest.raises(KinematicsError, match=word):
        model.surround(wanted)
    assert model.check(_HOME) is not None


_MOVING = [*(f"panda_link{i}" for i in range(1, 8)), "panda_hand", "panda_leftfinger", "panda_rightfinger"]


@pytest.fixture(scope="module")
def lowest(model: CollisionModel) -> float:
    """Return the height at which a plane begins to touch the arm at home, found by bisection [m]."""
    low, high = 0.1, 0.6
    for _ in range(20):
        middle = 0.5 * (low + high)
        model.surround(Surroundings((Plane("floor", (0.0, 0.0, 1.0), -middle, np.eye(4)),)))
        low, high = (middle, high) if model.check(_HOME) is None else (low, middle)
    return low
