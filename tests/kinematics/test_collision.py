from __future__ import annotations

from itertools import combinations

import mujoco
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steadyhand.kinematics.collision import CollisionModel
from steadyhand.kinematics.exceptions import KinematicsError
from steadyhand.kinematics.obstacles import Box
from steadyhand.profiles.description import read_description
from steadyhand.profiles.resources import resource

_URDF = read_description(resource("urdf/panda.urdf.xacro"))
_JOINTS = tuple(f"panda_joint{i}" for i in range(1, 8))
_HOME = np.array([0.0, -0.785, 0.0, -2.356, 0.0, 1.571, 0.785])


def box(name: str, size: tuple[float, float, float], centre: tuple[float, float, float]) -> Box:
    pose = np.eye(4)
    pose[:3, 3] = centre
    return Box(name, size, pose)


def panda(margin: float = 0.0, *obstacles: Box) -> CollisionModel:
    return CollisionModel(_URDF, _JOINTS, "panda_link0", obstacles=obstacles, margin=margin)


@pytest.fixture(scope="module")
def alone() -> CollisionModel:
    return panda()


def test_home_is_free(alone: CollisionModel) -> None:
    assert alone.check(_HOME) is None


def test_a_folded_elbow_touches_the_arm_itself(alone: CollisionModel) -> None:
    contact = alone.check([0.0, 0.0, 0.0, -3.0, 0.0, -0.05, 0.0])
    assert contact is not None
    assert contact.first.startswith("panda_")
    assert contact.second.startswith("panda_")


def test_a_path_names_the_first_row_in_contact_and_the_obstacle() -> None:
    table = box("table", (1.0, 1.0, 0.05), (0.5, 0.0, -0.025))
    path = np.linspace(_HOME, [0.0, 1.5, 0.0, -0.5, 0.0, 1.5, 0.0], 30)
    contact = panda(0.0, table).check(path)
    assert contact is not None
    assert contact.second == "table"
    assert 0 < contact.row < 29
    assert panda(0.0, table).check(path[: contact.row]) is None


def test_what_stands_on_the_base_is_no_contact() -> None:
    assert panda(0.0, box("pedestal", (0.4, 0.4, 0.5), (0.0, 0.0, -0.24))).check(_HOME) is None


def wall(gap: float) -> Box:
    """Return a wall whose face is ``gap`` from the hand's fingertips along the approach direction at home."""
    return box("wall", (0.4, 0.4, 0.1), (0.307, 0.0, 0.487 - gap - 0.05))


def test_the_margin_widens_every_shape() -> None:
    touching, free = -0.02, 0.1
    while free - touching > 1e-3:
        gap = 0.5 * (touching + free)
        touching, free = (gap, free) if panda(0.0, wall(gap)).check(_HOME) else (touching, gap)
    assert panda(0.008, wall(free + 0.006)).check(_HOME) is not None
    assert panda(0.008, wall(free + 0.01)).check(_HOME) is None


def test_fifty_rows_are_as_each_by_itself(alone: CollisionModel) -> None:
    path = np.random.default_rng(2).uniform(-1.5, 1.5, (50, 7))
    contact = alone.check(path)
    single = [alone.check(q) is not None for q in path]
    assert (contact.row if contact else None) == (single.index(True) if True in single else None)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 100_000))
def test_the_tree_says_what_all_pairs_say(seed: int) -> None:
    q = np.random.default_rng(seed).uniform(-2.0, 2.0, 7)
    model = _WITH_TABLE
    assert (model.check(q) is None) == (model._contact(_ordered(model, q), 0) is None)


_WITH_TABLE = panda(0.01, box("table", (1.0, 1.0, 0.05), (0.5, 0.0, -0.025)))


def _ordered(model: CollisionModel, q: np.ndarray) -> np.ndarray:
    configuration = np.empty(7)
    configuration[model._columns] = q
    return configuration


def test_deep_contacts_are_those_of_another_engine(alone: CollisionModel) -> None:
    spec = mujoco.MjSpec.from_string(_URDF)
    compiled = spec.compile()
    data = mujoco.MjData(compiled)
    rigid = ("panda_link7", "panda_hand", "panda_leftfinger", "panda_rightfinger")
    skipped = {frozenset(pair) for pair in combinations(rigid, 2)}
    agreed = checked = 0
    for q in np.random.default_rng(5).uniform(-2.0, 2.0, (150, 7)):
        data.qpos[:7] = q
        mujoco.mj_forward(compiled, data)
        deep = False
        for contact in data.contact[: data.ncon]:
            bodies = {compiled.body(compiled.geom_bodyid[g]).name for g in (contact.geom1, contact.geom2)}
            deep |= contact.dist < -0.005 and frozenset(bodies) not in skipped and not {"world"} & bodies
        if deep:
            checked += 1
            agreed += alone.check(q) is not None
    assert checked > 20
    assert agreed == checked


def test_a_description_without_the_joint_is_refused() -> None:
    with pytest.raises(KinematicsError, match="panda_joint9"):
        CollisionModel(_URDF, ("panda_joint9",), "panda_link0")
