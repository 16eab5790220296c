from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from transforms3d.euler import euler2mat

from steadyhand.chunks.arm import arm_model, workspace_arm
from steadyhand.chunks.chunk import ActionChunk
from steadyhand.chunks.exceptions import MeaningError
from steadyhand.chunks.meaning import Meaning
from steadyhand.chunks.targets import JointTargets
from steadyhand.kinematics.exceptions import KinematicsError
from steadyhand.observation.rotations import heading

from .contracts import HOME, PANDA, contract, pose_terms
from .poses import MEANINGS, WHOLE, YAWS

ROWS = 6
_ARM = arm_model(PANDA)
_CAMERA = {"base": "front_camera_optical_frame"}
_GRIPPER = {"kind": "gripper", "gripper": "hand", "meaning": "absolute", "closed": 1.0, "open": -1.0}

POSE_LAYOUTS = [(*meaning, name) for meaning in MEANINGS for name in WHOLE]
JOINT_LAYOUTS = [
    {"kind": "joint_position", "meaning": "absolute"},
    {"kind": "joint_position", "meaning": "delta_to_observation"},
    {"kind": "joint_position", "meaning": "delta_per_step"},
    {"kind": "joint_velocity"},
]


def chunk(rows: np.ndarray, state: np.ndarray = HOME, names: tuple[str, ...] | None = None) -> ActionChunk:
    return ActionChunk(10.0, rows, (), 0.1, 0.1, names or PANDA.robot.joint_names, state)


def joint_path(change: np.ndarray, observed: np.ndarray = HOME) -> JointTargets:
    """Positions that leave the observed ones smoothly for ``change`` more, the gripper closing meanwhile."""
    share = np.linspace(1.0 / ROWS, 1.0, ROWS)
    positions = observed + np.outer(share**2 * (3 - 2 * share), change)
    return JointTargets(10.1 + 0.1 * np.arange(ROWS), positions, {"hand": 1.0 - share})


def tool_poses(positions: np.ndarray) -> np.ndarray:
    return np.stack([_ARM.forward(q) for q in positions])


@cache
def posed(meaning: str, frame: str, representation: str, base: str = "") -> Meaning:
    end_effector = {"base": base} if base else None
    return Meaning(contract(pose_terms(meaning, frame, representation), end_effector=end_effector))


changes = st.lists(st.floats(-0.25, 0.25), min_size=7, max_size=7).map(np.array)


@settings(max_examples=60, deadline=None)
@given(changes, changes, st.sampled_from(POSE_LAYOUTS))
def test_tool_poses_come_back_from_every_layout(
    start: np.ndarray, change: np.ndarray, layout: tuple[str, str, str]
) -> None:
    """Within 0.2 mm and 0.2 mrad, inverse kinematics included."""
    observed = HOME + 0.5 * start
    wanted, meaning = joint_path(change, observed), posed(*layout)
    found = meaning.targets(chunk(meaning.rows(wanted, observed), observed))
    poses, expected = tool_poses(found.positions), tool_poses(wanted.positions)
    assert np.linalg.norm(poses[:, :3, 3] - expected[:, :3, 3], axis=1).max() < 2e-4
    assert_allclose(poses[:, :3, :3], expected[:, :3, :3], atol=2e-4)
    assert_allclose(found.grippers["hand"], wanted.grippers["hand"], atol=1e-12)
    assert_allclose(found.times, wanted.times)


@pytest.mark.parametrize("layout", JOINT_LAYOUTS, ids=lambda layout: " ".join(layout.values()))
def test_joint_positions_come_back_from_every_layout(layout: dict[str, str]) -> None:
    names = list(PANDA.robot.joint_names[::-1])
    units = {"j1": {"joint": "panda_joint1", "unit": "deg", "sign": -1, "offset": 20.0}}
    meaning = Meaning(contract([layout | {"joints": [*names[:-1], "j1"]}, _GRIPPER], units))
    wanted = joint_path(np.linspace(-0.5, 0.5, 7))
    found = meaning.targets(chunk(meaning.rows(wanted, HOME)))
    assert_allclose(found.positions, wanted.positions, atol=1e-12)
    # Policies in joint space keep to the workspace like all others.
    assert_allclose(meaning.tool_points(found)[""], tool_poses(wanted.positions)[:, :3, 3], atol=1e-12)


@pytest.mark.parametrize("name", YAWS)
@pytest.mark.parametrize("meaning", ["absolute", "delta_to_observation", "delta_per_step"])
def test_yaws_of_a_tool_that_points_down_come_back(meaning: str, name: str) -> None:
    down = Meaning(PANDA)
    rows = np.hstack([np.outer(np.linspace(0.1, 1.0, ROWS), [0.05, 0.1, -0.1, 0.4]), np.full((ROWS, 1), 0.5)])
    wanted = down.targets(chunk(rows))
    other = posed(meaning, "base", name)
    found = other.targets(chunk(other.rows(wanted, HOME)))
    assert_allclose(tool_poses(found.positions), tool_poses(wanted.positions), atol=3e-4)


@settings(max_examples=20, deadline=None)
@given(changes, st.sampled_from([layout for layout in POSE_LAYOUTS if layout[1] == "tool"]))
def test_actions_in_tool_axes_are_the_same_whatever_the_base_frame(
    change: np.ndarray, layout: tuple[str, str, str]
) -> None:
    wanted = joint_path(change)
    rows = posed(*layout).rows(wanted, HOME)
    assert_allclose(posed(*layout, _CAMERA["base"]).rows(wanted, HOME), rows, atol=1e-6)


@settings(max_examples=15, deadline=None)
@given(changes, st.sampled_from(POSE_LAYOUTS))
def test_poses_expressed_in_another_base_frame_are_reached(change: np.ndarray, layout: tuple[str, str, str]) -> None:
    wanted, meaning = joint_path(change), posed(*layout, _CAMERA["base"])
    found = meaning.targets(chunk(meaning.rows(wanted, HOME)))
    points = tool_poses(found.positions)[:, :3, 3]
    assert_allclose(points, tool_poses(wanted.positions)[:, :3, 3], atol=2e-4)
    # The workspace stays where the robot profile has it.
    assert_allclose(meaning.tool_points(found)[""], points, atol=1e-12)


def test_absolute_rows_are_in_the_policys_base_frame() -> None:
    moved = contract(pose_terms("absolute", "base", "rpy"), end_effector=_CAMERA)
    rows = Meaning(moved).rows(joint_path(np.zeros(7)), HOME)
    assert_allclose(rows[0, :3], arm_model(moved).forward(HOME)[:3, 3])
    assert np.linalg.norm(rows[0, :3] - workspace_arm(moved).forward(HOME)[:3, 3]) > 0.1


def test_a_base_frame_that_the_arm_moves_is_refused() -> None:
    with pytest.raises(KinematicsError, match="moved by joint"):
        Meaning(contract(pose_terms("absolute", "base", "rpy"), end_effector={"base": "panda_link4"}))


def test_the_tool_of_the_deployment_is_the_one_that_is_moved() -> None:
    """A tool 5 cm longer swings out 5 cm x the angle where the other one turns on the spot."""
    long = PANDA.robot.tool.model_copy(update={"xyz": (0.0, 0.0, 0.1534)})
    turning = contract(pose_terms("relative", "tool", "axis_angle"))
    longer = replace(turning, robot=turning.robot.model_copy(update={"tool": long}))
    rows = np.zeros((ROWS, 7))
    rows[:, 3] = 0.1
    moved = tool_poses(Meaning(longer).targets(chunk(rows)).positions)[-1]
    still = tool_poses(Meaning(turning).targets(chunk(rows)).positions)[-1]
    assert_allclose(still[:3, 3], _ARM.forward(HOME)[:3, 3], atol=2e-4)
    assert np.linalg.norm(moved[:3, 3] - still[:3, 3]) == pytest.approx(2 * 0.05 * np.sin(0.05), abs=4e-4)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(-0.6, 0.6), min_size=6, max_size=6), changes)
def test_joints_never_leave_their_limits(reach: list[float], start: np.ndarray) -> None:
    rows = np.zeros((ROWS, 7))
    rows[:, :6] = np.outer(np.linspace(0.2, 1.0, ROWS), reach)
    observed = HOME + start
    try:
        found = posed("relative", "tool", "axis_angle").targets(chunk(rows, observed)).positions
    except MeaningError as error:
        assert "out of reach" in str(error)
    else:
        assert (found >= PANDA.robot.lower).all() and (found <= PANDA.robot.upper).all()


@settings(max_examples=30, deadline=None)
@given(changes, changes, st.integers(0, ROWS - 1), st.sampled_from(POSE_LAYOUTS))
def test_rows_are_rewritten_for_another_observation_without_moving(
    change: np.ndarray, other: np.ndarray, first: int, layout: tuple[str, str, str]
) -> None:
    wanted, meaning, later = joint_path(change), posed(*layout), HOME + 0.2 * other
    before = chunk(meaning.rows(wanted, HOME))
    rewritten = meaning.rewritten(before, later, first)
    shorter = replace(wanted, positions=wanted.positions[first:], grippers={"hand": wanted.grippers["hand"][first:]})
    expected = meaning.rows(shorter, later)
    # Of quaternions either sign will do.
    same = np.isclose(rewritten, expected, atol=1e-6) | np.isclose(rewritten, -expected, atol=1e-6)
    assert same.all()


def test_rewriting_for_the_same_observation_changes_nothing() -> None:
    rows = np.hstack([0.01 * np.arange(7.0 * 3).reshape(3, 7), np.ones((3, 2))])
    terms = [{"kind": "joint_position", "joints": PANDA.robot.joint_names, "meaning": "delta_to_observation"}]
    meaning = Meaning(contract([*terms, _GRIPPER, {"kind": "padding", "size": 1}]))
    assert_allclose(meaning.rewritten(chunk(rows), HOME, 1), rows[1:], atol=1e-12)
    assert_allclose(meaning.rewritten(chunk(rows), HOME + 0.1)[:, :7], rows[:, :7] - 0.1, atol=1e-12)


@settings(max_examples=25, deadline=None)
@given(st.floats(-0.05, 0.05), st.floats(-0.1, 0.1), st.floats(-0.2, 0.05), st.floats(-0.5, 0.5))
def test_a_pose_delta_puts_the_tool_where_it_says(dx: float, dy: float, dz: float, dyaw: float) -> None:
    share = np.linspace(0.1, 1.0, 16)[:, None]
    rows = np.hstack([share * [dx, dy, dz, dyaw], np.ones((16, 1))])
    targets = Meaning(PANDA).targets(chunk(rows))
    start = _ARM.forward(HOME)
    for row, pose in zip(rows, tool_poses(targets.positions), strict=True):
        assert_allclose(pose[:3, 3], start[:3, 3] + row[:3], atol=2e-4)
        assert_allclose(pose[:3, :3], euler2mat(np.pi, 0.0, float(heading(start)) + row[3], axes="sxyz"), atol=5e-4)
    assert_allclose(targets.times, 10.1 + 0.1 * np.arange(16))


def test_a_policy_without_rotation_keeps_the_tools() -> None:
    action = [{"kind": "end_effector_position", "meaning": "delta_per_step"}]
    found = Meaning(contract(action)).targets(chunk(np.tile([0.0, 0.02, 0.0], (ROWS, 1))))
    poses = tool_poses(found.positions)
    assert_allclose(poses[:, :3, :3], np.tile(_ARM.forward(HOME)[:3, :3], (ROWS, 1, 1)), atol=2e-4)
    assert_allclose(poses[:, 1, 3] - _ARM.forward(HOME)[1, 3], 0.02 * np.arange(1, ROWS + 1), atol=2e-4)


def test_the_state_is_found_by_name_in_any_order() -> None:
    rows = np.zeros((16, 5))
    straight = Meaning(PANDA).targets(chunk(rows))
    names = ("finger", *reversed(PANDA.robot.joint_names))
    shuffled = Meaning(PANDA).targets(chunk(rows, np.concatenate([[0.04], HOME[::-1]]), names))
    assert_allclose(shuffled.positions, straight.positions)


def test_a_pose_out_of_reach_names_its_row() -> None:
    rows = np.zeros((16, 5))
    rows[3:, 0] = 2.0
    with pytest.raises(MeaningError, match="row 3"):
        Meaning(PANDA).targets(chunk(rows))


def test_openings_beyond_either_end_mean_that_end() -> None:
    rows = np.zeros((16, 5))
    rows[0, -1], rows[1, -1], rows[2, -1] = -0.2, 0.4, 1.3
    assert_allclose(Meaning(PANDA).targets(chunk(rows)).grippers["hand"][:3], [0.0, 0.4, 1.0])


def test_rows_need_the_openings_of_every_gripper() -> None:
    with pytest.raises(MeaningError, match="openings of gripper 'hand' are missing"):
        Meaning(PANDA).rows(replace(joint_path(np.zeros(7)), grippers={}), HOME)


def test_an_action_that_moves_no_arm_is_refused() -> None:
    with pytest.raises(MeaningError, match="none of joint_position"):
        Meaning(contract([_GRIPPER]))
