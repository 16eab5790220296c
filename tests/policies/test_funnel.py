from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from steadyhand.policies.funnel import Funnel, GraspState, advance, evaluate, heading, plan, quarter_turn_error

FUNNEL = Funnel()


def scenes(count: int, seed: int = 0) -> GraspState:
    random = np.random.default_rng(seed)
    return GraspState(
        random.uniform([0.3, -0.3, 0.01], [0.7, 0.3, 0.5], (count, 3)),
        random.uniform(-1.0, 1.0, count),
        random.uniform(0.0, 1.0, count),
        np.column_stack([random.uniform([0.36, -0.22], [0.62, 0.22], (count, 2)), np.full(count, 0.02)]),
        random.uniform(-0.78, 0.78, count),
    )


def test_the_object_is_lifted_from_anywhere() -> None:
    state = scenes(200)
    motion = np.zeros((200, 4))
    for _ in range(400):
        state, motion = advance(FUNNEL, state, motion, 0.02)
    assert np.all(state.object[:, 2] > 0.15)
    assert np.all(np.abs(quarter_turn_error(state.object_yaw, state.yaw)) < 0.15)


def test_a_missed_grasp_is_opened_and_repeated() -> None:
    # Closed beside the object, at its height.
    state = GraspState(
        np.array([[0.53, 0.0, 0.02]]), np.zeros(1), np.zeros(1), np.array([[0.5, 0.0, 0.02]]), np.zeros(1)
    )
    value = evaluate(FUNNEL, state)
    assert value.opening[0] > 0.9
    assert value.velocity[0, 2] > 0.05
    assert np.linalg.norm(value.velocity[0, :2]) < 0.01


@given(st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_speeds_keep_their_limits(seed: int) -> None:
    value = evaluate(FUNNEL, scenes(50, seed))
    assert np.all(np.linalg.norm(value.velocity[:, :2], axis=1) <= FUNNEL.speed + 1e-9)
    assert np.all(np.abs(value.velocity[:, 2]) <= FUNNEL.climb + 1e-9)
    assert np.all(np.abs(value.yaw_rate) <= FUNNEL.turn + 1e-9)
    assert np.all((value.opening >= 0) & (value.opening <= 1)) and np.all((value.held >= 0) & (value.held <= 1))


@given(st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_the_field_is_continuous(seed: int) -> None:
    # Ten micrometres further the field is nearly the same; a threshold would make it jump by centimetres a second.
    state = scenes(50, seed)
    random = np.random.default_rng(seed)
    moved = replace(state, tool=state.tool + random.normal(0.0, 1e-5, (50, 3)), opening=state.opening + 1e-5)
    first, second = evaluate(FUNNEL, state), evaluate(FUNNEL, moved)
    assert np.abs(first.velocity - second.velocity).max() < 2e-3
    assert np.abs(first.opening - second.opening).max() < 2e-2


def test_rows_move_no_faster_than_the_funnel_and_accelerate_within_bounds() -> None:
    rows = plan(FUNNEL, scenes(100), horizon=16, dt=0.1)
    assert rows.shape == (100, 16, 5)
    steps = np.diff(rows[..., :3], axis=1)
    assert np.abs(steps[..., :2]).max() <= FUNNEL.speed * 0.1 + 1e-9
    assert np.abs(np.diff(steps, axis=1)).max() <= FUNNEL.acceleration * 0.1 * 0.1 + 1e-9


def test_a_lead_shifts_the_rows_in_time() -> None:
    state = scenes(20)
    fine = plan(FUNNEL, state, horizon=40, dt=0.02, steps=1)
    ahead = plan(FUNNEL, state, horizon=3, dt=0.1, lead=0.04, steps=5)
    assert np.allclose(ahead[:, 1], fine[:, 2 * 5 + 2 - 1])


def test_successive_plans_agree() -> None:
    """What is planned from a state on the way equals the rest of the plan, but for the speed it is begun with."""
    state = scenes(50)
    rows = plan(FUNNEL, state, horizon=12, dt=0.1)
    current, motion = state, np.zeros((50, 4))
    value = evaluate(FUNNEL, state)
    motion = np.column_stack([value.velocity, value.yaw_rate])
    for _ in range(20):
        current, motion = advance(FUNNEL, current, motion, 0.02)
    later = plan(FUNNEL, current, horizon=8, dt=0.1)
    reached = current.tool + later[:, 0:1, :3].squeeze(1)
    assert np.median(np.linalg.norm(reached - (state.tool + rows[:, 4, :3]), axis=1)) < 2e-3
    assert np.linalg.norm(reached - (state.tool + rows[:, 4, :3]), axis=1).max() < 0.03


@pytest.mark.parametrize("yaw", [-0.7, 0.0, 0.4])
def test_heading_of_a_box_that_stands_or_lies(yaw: float) -> None:
    for tip in ([0, 0, 0], [np.pi / 2, 0, 0], [0, np.pi / 2, 0]):
        x, y, z, w = (Rotation.from_euler("z", yaw) * Rotation.from_euler("xyz", tip)).as_quat()
        error = quarter_turn_error(np.array([yaw]), np.array([heading(np.array([w, x, y, z]))]))
        assert abs(error[0]) < 1e-6
