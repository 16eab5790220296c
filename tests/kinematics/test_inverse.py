"""Laws of the inverse kinematics: round trips, limits, continuity, honest failure."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from steadyhand.kinematics.exceptions import KinematicsError, UnreachableError
from steadyhand.kinematics.inverse import InverseKinematics

RANDOM = st.integers(0, 2**32 - 1).map(np.random.default_rng)
HOME = np.array([0.0, -0.785, 0.0, -2.356, 0.0, 1.571, 0.785])
TOLERANCE = 1e-4


def residuals(pose, target):
    turned = Rotation.from_matrix(target[:3, :3] @ pose[:3, :3].T).magnitude()
    return np.linalg.norm(target[:3, 3] - pose[:3, 3]), turned


def within(inverse, q):
    return bool(np.all(q >= inverse.lower) and np.all(q <= inverse.upper))


def straight(start, offset, rows, turn=0.0):
    """Poses from start (excluded) along an offset, turning about the vertical."""
    path = np.repeat(start[None], rows, axis=0)
    for row, part in enumerate(np.linspace(1 / rows, 1, rows)):
        path[row, :3, 3] += part * np.asarray(offset)
        path[row, :3, :3] = Rotation.from_euler("z", part * turn).as_matrix() @ start[:3, :3]
    return path


@given(RANDOM)
def test_a_pose_of_a_configuration_within_limits_is_reached(panda, panda_inverse, random):
    target = panda.forward(random.uniform(panda_inverse.lower, panda_inverse.upper))
    q = panda_inverse.solve(target, HOME, restarts=60)
    position, rotation = residuals(panda.forward(q), target)
    assert position <= TOLERANCE * 1.001
    assert rotation <= TOLERANCE * 1.001
    assert within(panda_inverse, q)


@given(RANDOM)
def test_a_pose_near_the_seed_is_reached_from_it_alone(panda, panda_inverse, random):
    seed = np.clip(HOME + random.uniform(-0.5, 0.5, 7), panda_inverse.lower, panda_inverse.upper)
    there = np.clip(seed + random.uniform(-0.1, 0.1, 7), panda_inverse.lower, panda_inverse.upper)
    q = panda_inverse.solve(panda.forward(there), seed)
    assert max(residuals(panda.forward(q), panda.forward(there))) <= TOLERANCE * 1.001
    assert np.abs(q - seed).max() < 0.35


@given(RANDOM)
def test_the_seeds_own_pose_keeps_the_arm_near_the_seed(panda, panda_inverse, random):
    seed = random.uniform(panda_inverse.lower, panda_inverse.upper)
    q = panda_inverse.solve(panda.forward(seed), seed)
    assert np.linalg.norm(q - seed) <= 0.021


def test_the_null_space_drifts_home(panda, panda_inverse):
    target = panda.forward(HOME)
    bent = np.array([0.5, -0.785, -0.4, -2.356, 0.0, 1.571, 0.785])
    q = panda_inverse.solve(target, bent, restarts=0)
    far = np.linalg.norm(q - HOME)
    distances = []
    for _ in range(200):
        q = panda_inverse.solve(target, q)
        distances.append(np.linalg.norm(q - HOME))
    assert far > 0.2
    assert distances[-1] < 1e-2
    assert np.all(np.diff(distances) < 1e-3)


@given(RANDOM, st.floats(-0.3, 0.3))
def test_a_smooth_path_gives_smooth_joints(panda, panda_inverse, random, turn):
    offset = random.uniform(-0.08, 0.08, 3)
    targets = straight(panda.forward(HOME), offset, 16, turn)
    path = panda_inverse.solve_path(targets, HOME)
    previous = np.vstack((HOME, path[:-1]))
    twist = np.hypot(np.linalg.norm(offset), turn) / 16
    for row, (before, after) in enumerate(zip(previous, path, strict=True)):
        assert max(residuals(panda.forward(after), targets[row])) <= TOLERANCE * 1.001
        smallest = np.linalg.svd(panda.jacobian(before), compute_uv=False)[-1]
        # The least-norm motion for the twist and the tolerance, with room for curvature, and the posture's share.
        assert np.linalg.norm(after - before) <= 1.3 * (twist + 3 * TOLERANCE) / smallest + 0.02


@given(RANDOM)
def test_every_row_of_a_path_is_within_limits(panda, panda_inverse, random):
    tight = InverseKinematics(panda, HOME - 0.25, HOME + 0.25, HOME)
    targets = straight(panda.forward(HOME), random.uniform(-0.12, 0.12, 3), 16)
    try:
        path = tight.solve_path(targets, HOME)
    except UnreachableError as error:
        assert error.row is not None
        path = tight.solve_path(targets[: error.row], HOME)
    assert all(within(tight, q) for q in path)


def test_a_joint_at_its_limit_is_made_up_for_by_the_others(panda, panda_inverse):
    target = panda.forward(HOME)
    target[1, 3] += 0.10
    free = panda_inverse.solve(target, HOME)
    lower, upper = panda_inverse.lower.copy(), panda_inverse.upper.copy()
    upper[0] = 0.5 * free[0]
    q = InverseKinematics(panda, lower, upper, HOME).solve(target, HOME)
    assert free[0] > 0.05
    assert q[0] <= upper[0]
    assert max(residuals(panda.forward(q), target)) <= TOLERANCE * 1.001


def test_a_seed_outside_of_the_limits_is_brought_inside(panda, panda_inverse):
    seed = HOME.copy()
    seed[5] = panda_inverse.upper[5] + 0.02
    inside = np.minimum(seed, panda_inverse.upper)
    q = panda_inverse.solve(panda.forward(inside), seed)
    assert within(panda_inverse, q)
    assert np.linalg.norm(q - inside) < 0.05


@given(RANDOM)
def test_an_unreachable_target_names_what_is_left(panda, panda_inverse, random):
    direction = random.normal(size=3)
    target = panda.forward(HOME)
    target[:3, 3] = 1.6 * direction / np.linalg.norm(direction)
    with pytest.raises(UnreachableError, match="mm") as caught:
        panda_inverse.solve(target, HOME)
    # The shoulder is 0.333 m up and the tool reaches at most 0.91 m + 0.11 m beyond it.
    assert caught.value.position_residual > 0.2
    assert np.isfinite(caught.value.rotation_residual)
    assert caught.value.row is None
    assert "x " in str(caught.value)


def test_the_first_row_out_of_reach_is_named(panda, panda_inverse):
    targets = straight(panda.forward(HOME), (1.2, 0.0, 0.0), 24)
    with pytest.raises(UnreachableError, match="row") as caught:
        panda_inverse.solve_path(targets, HOME)
    row = caught.value.row
    assert 4 < row < 24
    assert panda_inverse.solve_path(targets[:row], HOME).shape == (row, 7)


def test_joints_at_a_limit_are_named(panda):
    tight = InverseKinematics(panda, HOME - 0.05, HOME + 0.05, HOME)
    target = panda.forward(HOME)
    target[0, 3] += 0.2
    with pytest.raises(UnreachableError, match="at a limit") as caught:
        tight.solve(target, HOME)
    assert caught.value.at_limit
    assert set(caught.value.at_limit) <= set(panda.joint_names)


@given(RANDOM, st.floats(1e-4, 5e-3))
def test_steps_stay_bounded_near_a_singularity(panda, panda_inverse, random, step):
    # The shoulder upright and turned a quarter: the least-norm step is undefined here, and enormous nearby.
    singular = np.array([0.0, 0.0, np.pi / 2, -1.5, 0.0, 1.5, 0.785]) + random.uniform(-1e-3, 1e-3, 7)
    assert np.linalg.svd(panda.jacobian(singular), compute_uv=False)[-1] < 1e-3
    direction = random.normal(size=3)
    target = panda.forward(singular)
    target[:3, 3] += step * direction / np.linalg.norm(direction)
    try:
        q = panda_inverse.solve(target, singular)
    except UnreachableError as error:
        assert error.position_residual <= step + 0.01
    else:
        assert np.abs(q - singular).max() < 0.5
        assert within(panda_inverse, q)


@given(RANDOM)
def test_equal_questions_have_equal_answers(panda, panda_inverse, random):
    target = panda.forward(random.uniform(panda_inverse.lower, panda_inverse.upper))
    try:
        first = panda_inverse.solve(target, HOME, restarts=5)
    except UnreachableError:
        assume(False)
    np.testing.assert_array_equal(first, panda_inverse.solve(target, HOME, restarts=5))


def test_an_empty_path_is_empty(panda_inverse):
    assert panda_inverse.solve_path(np.empty((0, 4, 4)), HOME).shape == (0, 7)


def test_what_is_not_a_pose_or_a_seed_is_refused(panda, panda_inverse):
    target = panda.forward(HOME)
    broken = target.copy()
    broken[0, 3] = np.nan
    with pytest.raises(KinematicsError, match="not finite"):
        panda_inverse.solve(broken, HOME)
    with pytest.raises(KinematicsError, match="row 1"):
        panda_inverse.solve_path(np.array([target, broken]), HOME)
    with pytest.raises(KinematicsError, match="4, 4"):
        panda_inverse.solve_path(target, HOME)
    with pytest.raises(KinematicsError, match="rotation"):
        panda_inverse.solve(2.0 * target, HOME)
    with pytest.raises(KinematicsError, match="seed"):
        panda_inverse.solve(target, HOME[:6])
    with pytest.raises(KinematicsError, match="seed"):
        panda_inverse.solve(target, np.full(7, np.nan))


def test_limits_that_do_not_hold_home_are_refused(panda, panda_inverse):
    lower = panda_inverse.lower.copy()
    lower[3] = -1.0
    with pytest.raises(KinematicsError, match="panda_joint4"):
        InverseKinematics(panda, lower, panda_inverse.upper, HOME)
