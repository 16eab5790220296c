from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from transforms3d.euler import euler2mat

from steadyhand.chunks.arm import arm_model
from steadyhand.chunks.chunk import ActionChunk
from steadyhand.chunks.exceptions import MeaningError
from steadyhand.chunks.meaning import Meaning
from steadyhand.observation.rotations import heading
from steadyhand.profiles.action import JointPositionAction
from steadyhand.profiles.contract import Contract, load_deployment

_EMBEDDED = load_deployment("panda_embedded")
_HOME = _EMBEDDED.robot.home_positions


def chunk(rows: np.ndarray, state: np.ndarray = _HOME, names: tuple[str, ...] | None = None) -> ActionChunk:
    return ActionChunk(10.0, rows, (), 0.1, 0.1, names or _EMBEDDED.robot.joint_names, state)


def with_joints(meaning: str) -> Contract:
    action = (JointPositionAction(kind="joint_position", joints=_EMBEDDED.robot.joint_names, meaning=meaning),)
    policy = _EMBEDDED.policy.model_copy(update={"action": action})
    return Contract(_EMBEDDED.robot, policy, _EMBEDDED.deployment, _EMBEDDED.urdf, _EMBEDDED.hash)


@settings(max_examples=25, deadline=None)
@given(st.floats(-0.05, 0.05), st.floats(-0.1, 0.1), st.floats(-0.2, 0.05), st.floats(-0.5, 0.5))
def test_a_pose_delta_puts_the_tool_where_it_says(dx: float, dy: float, dz: float, dyaw: float) -> None:
    share = np.linspace(0.1, 1.0, 16)[:, None]
    rows = np.hstack([share * [dx, dy, dz, dyaw], np.ones((16, 1))])
    targets = Meaning(_EMBEDDED).targets(chunk(rows))
    arm = arm_model(_EMBEDDED)
    start = arm.forward(_HOME)
    for row, q in zip(rows, targets.positions, strict=True):
        pose = arm.forward(q)
        assert_allclose(pose[:3, 3], start[:3, 3] + row[:3], atol=2e-4)
        assert_allclose(pose[:3, :3], euler2mat(np.pi, 0.0, float(heading(start)) + row[3], axes="sxyz"), atol=5e-4)
    assert_allclose(targets.times, 10.1 + 0.1 * np.arange(16))


def test_the_state_is_found_by_name_in_any_order() -> None:
    rows = np.zeros((16, 5))
    straight = Meaning(_EMBEDDED).targets(chunk(rows))
    names = ("finger", *reversed(_EMBEDDED.robot.joint_names))
    shuffled = Meaning(_EMBEDDED).targets(chunk(rows, np.concatenate([[0.04], _HOME[::-1]]), names))
    assert_allclose(shuffled.positions, straight.positions)


def test_joint_rows_are_taken_as_they_are_or_from_the_observation() -> None:
    rows = 0.01 * np.arange(14.0).reshape(2, 7)
    assert_allclose(Meaning(with_joints("absolute")).targets(chunk(rows)).positions, rows)
    assert_allclose(Meaning(with_joints("delta_to_observation")).targets(chunk(rows)).positions, _HOME + rows)


def test_a_pose_out_of_reach_names_its_row() -> None:
    rows = np.zeros((16, 5))
    rows[3:, 0] = 2.0
    with pytest.raises(MeaningError, match="row 3"):
        Meaning(_EMBEDDED).targets(chunk(rows))


def test_openings_beyond_either_end_mean_that_end() -> None:
    rows = np.zeros((16, 5))
    rows[0, -1], rows[1, -1], rows[2, -1] = -0.2, 0.4, 1.3
    assert_allclose(Meaning(_EMBEDDED).targets(chunk(rows)).grippers["hand"][:3], [0.0, 0.4, 1.0])
