"""The world's motion: following, holding, repeating itself, gripping."""

import numpy as np
import pytest

from steadyhand.simulation.engine import mujoco
from steadyhand.simulation.exceptions import SimulationError, TaskError
from steadyhand.simulation.scene import ARM_JOINTS, FINGER_JOINTS
from steadyhand.simulation.world import HOME, OPEN, World

GRASP = 0.1034  # from panda_hand to between the finger tips [m]


@pytest.fixture(scope="module")
def shared():
    return World()


@pytest.fixture
def world(shared):
    shared.reset(0)
    return shared


def wander(world, seed, steps=60):
    """Drives to random targets and returns every state on the way."""
    random = np.random.default_rng(seed)
    states = []
    for _ in range(steps):
        world.set_targets(np.array(HOME) + random.uniform(-0.3, 0.3, 7), random.uniform(0.0, OPEN), 30.0)
        world.step(int(random.integers(1, 20)))
        states.append(np.concatenate([world.configuration, world.velocities, [world.time]]))
    return np.array(states)


def test_it_starts_at_home_at_rest_with_the_hand_open(world):
    np.testing.assert_allclose(world.positions, [*HOME, OPEN, OPEN], atol=1e-6)
    np.testing.assert_allclose(world.velocities, 0.0, atol=1e-6)
    assert world.time == 0.0
    assert world.joint_names == ARM_JOINTS + FINGER_JOINTS


def test_it_stays_where_it_is_told_without_sagging(world):
    world.step(1000)
    np.testing.assert_allclose(world.positions, [*HOME, OPEN, OPEN], atol=1e-5)
    assert world.time == pytest.approx(1000 * world.timestep)


def test_objects_rest_on_the_table(world):
    before = world.object_poses()
    world.step(1000)
    for name, pose in world.object_poses().items():
        assert pose.position[2] == pytest.approx(0.02, abs=1e-3)
        np.testing.assert_allclose(pose.position, before[name].position, atol=1e-3)


@pytest.mark.parametrize("joint", range(7))
def test_joints_follow_with_a_lag_of_about_40_ms_and_do_not_overshoot(world, joint):
    speed, positions = 0.5, []
    targets = speed * world.timestep * np.arange(400)
    for target in targets:
        arm = np.array(HOME)
        arm[joint] += target
        world.set_targets(arm, OPEN)
        world.step()
        positions.append(world.positions[joint] - HOME[joint])
    lag = (targets[-1] - positions[-1]) / speed
    assert 0.030 <= lag <= 0.050
    world.step(1000)
    assert world.positions[joint] - HOME[joint] == pytest.approx(targets[-1], abs=1e-5)


def test_the_first_joint_is_free_of_the_base(world):
    # Contact between panda_link0 and panda_link1 would hold it back.
    world.set_targets([1.0, *HOME[1:]], OPEN)
    world.step(1500)
    assert world.positions[0] == pytest.approx(1.0, abs=1e-4)


def test_fingers_mimic_each_other_at_the_hands_rated_speed(world):
    world.set_targets(HOME, 0.0)
    fastest = 0.0
    for _ in range(300):
        world.step()
        fastest = max(fastest, abs(world.velocities[7]))
        assert world.positions[7] == pytest.approx(world.positions[8], abs=1e-4)
    assert world.positions[7] == pytest.approx(0.0, abs=1e-4)
    assert fastest <= 0.21


def test_equal_seeds_and_commands_give_bit_identical_trajectories(world):
    first = wander(world, 7)
    world.reset(0)
    np.testing.assert_array_equal(wander(world, 7), first)
    np.testing.assert_array_equal(wander(World("pick", 0), 7), first)


def test_other_seeds_give_other_scenes(world):
    first = world.object_pose("red_cube").position
    world.reset(1)
    assert not np.allclose(world.object_pose("red_cube").position, first)


def test_the_start_can_be_spread_around_home_without_changing_the_scene(world):
    scene = world.object_pose("red_cube").position
    world.reset(0, spread=0.05)
    offset = world.positions[:7] - HOME
    assert 0.005 < np.abs(offset).max() <= 0.05
    np.testing.assert_allclose(world.velocities, 0.0, atol=1e-6)
    np.testing.assert_allclose(world.object_pose("red_cube").position, scene, atol=1e-6)


def test_a_snapshot_brings_back_the_future(world):
    wander(world, 3, 10)
    snapshot = world.snapshot()
    future = wander(world, 4, 20)
    wander(world, 5, 10)
    world.restore(snapshot)
    np.testing.assert_array_equal(wander(world, 4, 20), future)


def test_a_snapshot_remembers_what_the_task_has_seen(world):
    lift(world, "red_cube")
    snapshot = world.snapshot()
    world.reset(1)
    assert not world.status("pick up the red cube").success
    world.restore(snapshot)
    assert world.status("pick up the red cube").success


@pytest.mark.parametrize(
    ("arm", "finger"), [(HOME[:6], OPEN), ([np.nan, *HOME[1:]], OPEN), (HOME, np.inf), ([HOME], OPEN)]
)
def test_targets_that_are_not_seven_finite_positions_are_refused(world, arm, finger):
    with pytest.raises(SimulationError, match="7 finite positions"):
        world.set_targets(arm, finger)


def test_targets_beyond_the_limits_end_at_the_limits(world):
    world.set_targets([9.0, *HOME[1:]], 1.0)
    world.step(3000)
    assert world.positions[0] <= 2.9671 + 1e-3
    assert world.positions[7] <= OPEN + 1e-3


def test_unknown_tasks_and_objects_are_named(world):
    with pytest.raises(TaskError, match="juggle"):
        World("juggle")
    with pytest.raises(TaskError, match="juggle"):
        world.reset(0, "juggle")
    with pytest.raises(SimulationError, match="pink_cube"):
        world.object_pose("pink_cube")


@pytest.mark.parametrize("seed", range(4))
def test_a_gripped_cube_is_lifted_and_held(world, seed):
    world.reset(seed)
    colour = ("red", "green", "blue")[seed % 3]
    assert not world.touches
    lift(world, f"{colour}_cube")
    pairs = {(f"{colour}_cube", f"panda_{side}finger") for side in ("left", "right")}
    assert {tuple(sorted(pair)) for pair in world.touches} == {tuple(sorted(pair)) for pair in pairs}
    assert world.status(f"pick up the {colour} cube").success
    other = ("green", "blue", "red")[seed % 3]
    assert world.status(f"pick up the {other} cube").failed


def lift(world, name):
    """Grips a cube from above and holds it 15 cm up, for as long as the task asks."""
    pose = world.object_pose(name)
    yaw = 2 * np.arctan2(pose.quaternion[3], pose.quaternion[0])
    above, at = pose.position + np.array([0, 0, 0.13]), pose.position - np.array([0, 0, 0.005])
    ready = reach(world, above, yaw, np.array(HOME))
    low = reach(world, at, yaw, ready)
    for start, end, finger, steps in (
        (HOME, ready, OPEN, 500), (ready, low, OPEN, 400), (low, low, 0.0, 200), (low, ready, 0.0, 500),
        (ready, ready, 0.0, 700),
    ):  # fmt: skip
        for step in range(steps):
            share = (step + 1) / steps
            world.set_targets(np.array(start) + share * (np.array(end) - start), finger)
            world.step()


def reach(world, point, yaw, seed):
    """Joint positions that bring the grasp point there, pointing down: Gauss-Newton on numerical derivatives."""
    turn = np.array([[np.cos(yaw), np.sin(yaw), 0], [np.sin(yaw), -np.cos(yaw), 0], [0, 0, -1.0]])
    scratch = World()

    def error(positions):
        scratch.data.qpos[:7] = positions
        mujoco.mj_kinematics(scratch.model, scratch.data)
        hand = scratch.frame_pose("panda_hand")
        twist = turn @ hand[:3, :3].T
        rotation = [twist[2, 1] - twist[1, 2], twist[0, 2] - twist[2, 0], twist[1, 0] - twist[0, 1]]
        return np.concatenate([point - hand[:3, 3] - GRASP * hand[:3, 2], np.array(rotation) / 2])

    positions = np.array(seed, dtype=float)
    for _ in range(30):
        residual = error(positions)
        if np.abs(residual).max() < 1e-5:
            break
        jacobian = np.array([(error(positions + 1e-6 * unit) - residual) / 1e-6 for unit in np.eye(7)]).T
        positions -= np.linalg.lstsq(jacobian, residual, rcond=1e-3)[0]
    return positions
