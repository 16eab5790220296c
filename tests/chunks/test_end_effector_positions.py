from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from steadyhand.chunks.end_effector_positions import EndEffectorPositions
from steadyhand.chunks.exceptions import MeaningError
from steadyhand.profiles.action import EndEffectorPositionAction

from .poses import MEANINGS, paths, poses


def term(meaning: str, frame: str) -> EndEffectorPositions:
    keys = {"kind": "end_effector_position", "meaning": meaning, "frame": frame}
    return EndEffectorPositions(EndEffectorPositionAction.model_validate(keys))


@settings(max_examples=50, deadline=None)
@given(paths, poses, st.sampled_from(MEANINGS))
def test_positions_come_back_from_every_meaning(
    path: np.ndarray, observed: np.ndarray, meaning: tuple[str, str]
) -> None:
    positions = term(*meaning)
    values = positions.encode(path[:, :3, 3], path[:, :3, :3], observed)
    assert_allclose(positions.decode(values, path[:, :3, :3], observed), path[:, :3, 3], atol=1e-12)


@settings(max_examples=30, deadline=None)
@given(paths, poses)
def test_each_meaning_is_what_its_transformation_says(path: np.ndarray, observed: np.ndarray) -> None:
    """Written values are found with homogeneous transformations, inverted as matrices."""
    before = np.concatenate([observed[None], path[:-1]])
    relative = np.linalg.inv(observed) @ path
    steps = np.linalg.inv(before) @ path
    expected = {
        ("absolute", "base"): path[:, :3, 3],
        ("delta_to_observation", "base"): path[:, :3, 3] - observed[:3, 3],
        ("delta_to_observation", "tool"): relative[:, :3, 3],
        ("relative", "tool"): relative[:, :3, 3],
        ("delta_per_step", "base"): path[:, :3, 3] - before[:, :3, 3],
        ("delta_per_step", "tool"): steps[:, :3, 3],
    }
    assert set(expected) == set(MEANINGS)
    for meaning, values in expected.items():
        assert_allclose(term(*meaning).decode(values, path[:, :3, :3], observed), path[:, :3, 3], atol=1e-9)


@settings(max_examples=30, deadline=None)
@given(paths, poses, poses, st.sampled_from(MEANINGS[1:]))
def test_differences_do_not_know_where_the_base_is(
    path: np.ndarray, observed: np.ndarray, base: np.ndarray, meaning: tuple[str, str]
) -> None:
    if meaning[1] == "base":
        base[:3, :3] = np.eye(3)
    moved, seen = base @ path, base @ observed
    positions = term(*meaning)
    assert_allclose(
        positions.encode(moved[:, :3, 3], moved[:, :3, :3], seen),
        positions.encode(path[:, :3, 3], path[:, :3, :3], observed),
        atol=1e-9,
    )


@pytest.mark.parametrize(("meaning", "frame"), [("absolute", "tool"), ("relative", "base")])
def test_terms_that_contradict_themselves_are_refused(meaning: str, frame: str) -> None:
    with pytest.raises(MeaningError, match="no meaning"):
        term(meaning, frame)
