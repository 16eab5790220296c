"""Controllers and physics together, without ROS."""

import numpy as np
import pytest

from steadyhand.simulation.controllers.goal import GoalStatus
from steadyhand.simulation.controllers.gripper import GripperGoal
from steadyhand.simulation.controllers.tolerances import Tolerances
from steadyhand.simulation.controllers.trajectory import JointTrajectory, TrajectoryPoint
from steadyhand.simulation.controllers.trajectory_goal import TrajectoryGoal
from steadyhand.simulation.exceptions import TaskError
from steadyhand.simulation.robot import PERIOD, SimulatedRobot
from steadyhand.simulation.scene import ARM_JOINTS
from steadyhand.simulation.world import HOME, World


@pytest.fixture(scope="module")
def world():
    return World(seed=1)


@pytest.fixture
def robot(world):
    world.reset(1)
    return SimulatedRobot(world)


def run(robot, seconds, start=100.0):
    ticks = [robot.tick(start + (n + 1) * PERIOD) for n in range(round(seconds / PERIOD))]
    return [sample for sample, _ in ticks], [capture for _, capture in ticks if capture is not None]


def motion(offset, duration):
    target = np.array(HOME) + offset
    points = (
        TrajectoryPoint(0.0, np.array(HOME), np.zeros(7), np.zeros(7)),
        TrajectoryPoint(duration, target, np.zeros(7), np.zeros(7)),
    )
    return JointTrajectory(0.0, ARM_JOINTS, points)


def test_it_holds_home(robot):
    samples, _ = run(robot, 1.0)
    np.testing.assert_allclose(samples[-1].positions[:7], HOME, atol=2e-3)
    np.testing.assert_allclose(samples[-1].velocities, 0.0, atol=1e-3)


def test_it_follows_a_trajectory_with_a_plausible_lag(robot):
    offset = np.array([0.4, 0.2, 0.0, 0.3, 0.0, 0.0, 0.5])
    goal = TrajectoryGoal(motion(offset, 2.0), Tolerances.unchecked(7))
    robot.arm.start(goal, 100.0)
    samples, _ = run(robot, 2.5)
    assert goal.status is GoalStatus.SUCCEEDED
    np.testing.assert_allclose(samples[-1].positions[:7], np.array(HOME) + offset, atol=3e-3)
    middle = samples[100]
    lag = (0.2 + 0.375 * PERIOD - middle.positions[0]) / middle.velocities[0]
    assert 0.02 < lag < 0.06


def test_the_gripper_closes_on_command(robot):
    goal = GripperGoal(0.0, 20.0)
    robot.gripper.start(goal, 100.0)
    samples, _ = run(robot, 1.0)
    assert goal.status is GoalStatus.SUCCEEDED
    np.testing.assert_allclose(samples[-1].positions[7:], 0.0, atol=1e-3)


def test_captures_come_at_the_rate_of_the_cameras(robot):
    _, captures = run(robot, 2.0)
    stamps = np.array([capture.stamp for capture in captures])
    np.testing.assert_allclose(stamps - 100.0, np.arange(61) / 30.0, atol=0.00201)
    assert np.all(np.diff(stamps) > 0.03)


def test_equal_seeds_give_equal_captures_whatever_happened_before(robot):
    robot.reset(5)
    _, first = run(robot, 0.3)
    robot.arm.follow(motion(np.full(7, 0.2), 0.5), 100.3)
    run(robot, 0.777, start=200.0)
    robot.reset(5)
    _, second = run(robot, 0.3, start=300.0)
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one.configuration, other.configuration)


def test_a_reset_aborts_goals_and_puts_the_arm_home(robot):
    goal = TrajectoryGoal(motion(np.full(7, 0.2), 1.0), Tolerances.unchecked(7))
    grip = GripperGoal(0.0, 20.0)
    robot.arm.start(goal, 100.0)
    robot.gripper.start(grip, 100.0)
    run(robot, 0.1)
    robot.reset(7)
    assert goal.status is GoalStatus.ABORTED
    assert grip.status is GoalStatus.ABORTED
    samples, _ = run(robot, 0.5, start=101.0)
    for sample in samples:
        np.testing.assert_allclose(sample.positions[:7], HOME, atol=2e-3)


def test_an_unknown_task_changes_nothing(robot):
    goal = TrajectoryGoal(motion(np.full(7, 0.2), 1.0), Tolerances.unchecked(7))
    robot.arm.start(goal, 100.0)
    with pytest.raises(TaskError):
        robot.reset(1, "juggle")
    assert goal.active


def test_a_fast_joint_moves_evenly_between_set_points(robot):
    wrist, speed = np.eye(7)[5], 1.2
    points = (
        TrajectoryPoint(0.4, HOME + 0.2 * speed * wrist, speed * wrist, np.zeros(7)),
        TrajectoryPoint(0.9, HOME + 0.7 * speed * wrist, speed * wrist, np.zeros(7)),
        TrajectoryPoint(1.3, HOME + 0.9 * speed * wrist, np.zeros(7), np.zeros(7)),
    )
    robot.arm.follow(JointTrajectory(100.0, ARM_JOINTS, points), 100.0)
    speeds = np.array([sample.velocities[5] for sample in run(robot, 0.9)[0]])
    # Once it is up to speed. A set point that stepped would saturate its torque in every period.
    assert speeds[70:] == pytest.approx(speed, abs=0.01)


def test_going_back_to_a_snapshot_goes_on_towards_the_same_set_points(world):
    world.reset(2)
    world.set_targets(np.array(HOME) + 0.05, 0.02, period=PERIOD)
    world.step(2)
    snapshot = world.snapshot()
    world.step(20)
    once = world.positions
    world.restore(snapshot)
    world.step(20)
    assert np.array_equal(world.positions, once)
