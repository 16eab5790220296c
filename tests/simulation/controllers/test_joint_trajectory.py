"""The controller against what ros2_control's does, with a plant that lags."""

import numpy as np
import pytest
from scipy.interpolate import BPoly

from steadyhand.simulation.controllers.exceptions import RefusedTrajectoryError
from steadyhand.simulation.controllers.goal import GoalStatus
from steadyhand.simulation.controllers.joint_trajectory import (
    JointTrajectoryController,
    JointTrajectoryOptions,
)
from steadyhand.simulation.controllers.tolerances import Tolerances
from steadyhand.simulation.controllers.trajectory import JointTrajectory, TrajectoryPoint
from steadyhand.simulation.controllers.trajectory_goal import TrajectoryGoal

JOINTS = ("a", "b")
PERIOD = 0.01


class Plant:
    """Joints that reach a command ``lag`` updates later."""

    def __init__(self, controller, lag=0, now=1000.0):
        self.controller = controller
        self.commands = [controller.command] * (lag + 2)
        self.lag = lag
        self.now = now
        self.log = []

    @property
    def measured(self):
        return self.commands[-1 - self.lag]

    @property
    def velocities(self):
        return (self.commands[-1 - self.lag] - self.commands[-2 - self.lag]) / PERIOD

    def run(self, seconds):
        for _ in range(round(seconds / PERIOD)):
            command = self.controller.update(self.now, self.measured, self.velocities)
            self.commands.append(command)
            self.log.append((self.now, command))
            self.now += PERIOD
        return self


def controller(**options):
    return JointTrajectoryController(JointTrajectoryOptions(JOINTS, **options), np.zeros(2))


def trajectory(*points, stamp=0.0):
    return JointTrajectory(stamp, JOINTS, tuple(TrajectoryPoint(*point) for point in points))


def goal(wanted, **tolerances):
    return TrajectoryGoal(
        wanted,
        Tolerances(
            np.full(2, tolerances.get("path", 0.0)),
            np.full(2, tolerances.get("goal", 0.0)),
            tolerances.get("goal_time", 0.0),
        ),
    )


RAMP = trajectory((0.0, [0.0, 0.0]), (1.0, [1.0, -1.0]))


def test_it_starts_by_holding():
    arm = JointTrajectoryController(JointTrajectoryOptions(JOINTS), np.array([0.3, -0.4]))
    plant = Plant(arm).run(0.5)
    np.testing.assert_array_equal(plant.commands[-1], [0.3, -0.4])


@pytest.mark.parametrize("degree", [1, 3, 5])
def test_the_command_is_the_polynomial_one_period_ahead(degree):
    fields = {1: 1, 3: 2, 5: 3}[degree]
    start, end = [0.0, 0.5, 2.0][:fields], [1.0, 0.0, -1.0][:fields]
    wanted = BPoly.from_derivatives([0.0, 1.0], [start, end])
    arm = controller()
    points = [(time, *[[value, -value] for value in row]) for time, row in ((0.0, start), (1.0, end))]
    arm.follow(trajectory(*points), 1000.0)

    plant = Plant(arm).run(0.5)

    for time, command in plant.log:
        expected = float(wanted(time - 1000.0 + PERIOD))
        np.testing.assert_allclose(command, [expected, -expected], atol=1e-9)


def test_a_later_stamp_waits_at_the_measured_state_on_the_way_to_the_first_point():
    arm = controller()
    arm.follow(trajectory((1.0, [1.0, 0.0]), stamp=1001.0), 1000.0)
    plant = Plant(arm).run(1.0)
    assert plant.commands[-1][0] == pytest.approx(0.5, abs=1e-6)


def replaced(interpolate_from_desired_state):
    """Follow a curve with a lag, and replace it half a second later by its continuation from 0.2 s ahead on.

    Returns the plant before the replacement's first update, and the first future point of the replacement.
    """
    curve = BPoly.from_derivatives([0.0, 2.0], [[0.0, 1.0], [2.0, 0.0]])
    arm = controller(interpolate_from_desired_state=interpolate_from_desired_state)
    arm.follow(trajectory((0.0, [0.0, 0.0], [1.0, 0.0]), (2.0, [2.0, 0.0], [0.0, 0.0])), 1000.0)
    plant = Plant(arm, lag=4).run(0.5)
    future = [float(curve(0.7)), float(curve.derivative()(0.7))]
    points = ((0.2, [future[0], 0.0], [future[1], 0.0]), (1.5, [2.0, 0.0], [0.0, 0.0]))
    arm.follow(trajectory(*points, stamp=plant.now), plant.now)
    return plant, future


def test_replacement_bridges_from_the_measured_state_by_default():
    plant, future = replaced(False)
    bridge = BPoly.from_derivatives([0.0, 0.2], [[plant.measured[0], plant.velocities[0]], future])
    before = plant.commands[-1][0]
    plant.run(PERIOD)
    assert plant.commands[-1][0] == pytest.approx(float(bridge(PERIOD)))
    assert plant.commands[-1][0] < before, "the command steps back by the lag"


def test_replacement_bridges_from_the_commanded_state_where_asked_for():
    plant, future = replaced(True)
    before, velocity = plant.commands[-1][0], (plant.commands[-1][0] - plant.commands[-2][0]) / PERIOD
    plant.run(PERIOD)
    # ros2_controllers stamps the last command one period early, so the command goes on by two periods.
    bridge = BPoly.from_derivatives([-PERIOD, 0.2], [[before, velocity], future])
    assert plant.commands[-1][0] == pytest.approx(float(bridge(PERIOD)), abs=1e-4)
    assert plant.commands[-1][0] > before


def test_a_replacement_that_begins_in_the_past_on_the_same_curve_leaves_no_trace():
    curve = BPoly.from_derivatives([0.0, 2.0], [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0]])

    def sampled(first, last):
        times = np.linspace(first, last, 30)
        rows = [[float(curve.derivative(k)(t)) if k else float(curve(t)) for k in range(3)] for t in times]
        points = [(t - first, [p, 0.0], [v, 0.0], [a, 0.0]) for t, (p, v, a) in zip(times, rows, strict=True)]
        return trajectory(*points, stamp=1000.0 + first)

    arm = controller(allow_nonzero_velocity_at_trajectory_end=True)
    arm.follow(sampled(0.0, 2.0), 1000.0)
    plant = Plant(arm, lag=4).run(0.7)
    arm.follow(sampled(0.6, 2.0), plant.now)
    plant.run(1.0)
    for time, command in plant.log:
        assert command[0] == pytest.approx(float(curve(time + PERIOD - 1000.0)), abs=1e-6)


def test_a_goal_succeeds_when_the_next_command_is_the_last_point():
    arm = controller()
    wanted = goal(RAMP)
    arm.start(wanted, 1000.0)
    plant = Plant(arm)
    plant.run(0.98)
    assert wanted.active
    plant.run(0.02)
    assert wanted.status is GoalStatus.SUCCEEDED
    assert wanted.result.error_code == 0
    plant.run(0.3)
    np.testing.assert_allclose(plant.commands[-1], [1.0, -1.0], atol=1e-9)


def test_a_goal_waits_for_its_goal_tolerance():
    arm = controller()
    wanted = goal(RAMP, goal=0.01)
    arm.start(wanted, 1000.0)
    plant = Plant(arm, lag=20).run(1.05)
    assert wanted.active
    plant.run(0.3)
    assert wanted.status is GoalStatus.SUCCEEDED


def test_a_goal_that_stays_outside_its_tolerance_is_aborted_after_the_goal_time():
    arm = controller()
    wanted = goal(RAMP, goal=0.01, goal_time=0.1)
    arm.start(wanted, 1000.0)
    for step in range(130):
        arm.update(1000.0 + step * PERIOD, np.array([0.5, -0.5]), np.zeros(2))
        if not wanted.active:
            break
    assert wanted.status is GoalStatus.ABORTED
    assert wanted.result.error_code == -5
    assert step == pytest.approx(110, abs=2)
    np.testing.assert_array_equal(arm.update(1002.0, np.array([0.5, -0.5]), np.zeros(2)), [0.5, -0.5])


def test_a_goal_that_strays_from_its_path_is_aborted_and_the_measured_position_held():
    arm = controller()
    wanted = goal(RAMP, path=0.1)
    arm.start(wanted, 1000.0)
    stuck = np.array([0.01, -0.01])
    for step in range(20):
        command = arm.update(1000.0 + step * PERIOD, stuck, np.zeros(2))
    assert wanted.status is GoalStatus.ABORTED
    assert wanted.result.error_code == -4
    assert "a" in wanted.result.error_string
    np.testing.assert_array_equal(command, stuck)


def test_without_tolerances_nothing_is_checked():
    arm = controller()
    wanted = goal(RAMP)
    arm.start(wanted, 1000.0)
    for step in range(101):
        arm.update(1000.0 + step * PERIOD, np.zeros(2), np.zeros(2))
    assert wanted.status is GoalStatus.SUCCEEDED


def test_a_new_goal_aborts_the_old_one():
    arm = controller()
    old, new = goal(RAMP), goal(RAMP)
    arm.start(old, 1000.0)
    Plant(arm).run(0.2)
    arm.start(new, 1000.2)
    assert old.status is GoalStatus.ABORTED
    assert old.result.error_code == -1
    assert new.active


def test_a_refused_goal_leaves_the_old_one_running():
    arm = controller()
    old = goal(RAMP)
    arm.start(old, 1000.0)
    plant = Plant(arm).run(0.2)
    with pytest.raises(RefusedTrajectoryError):
        arm.start(goal(trajectory((1.0, [0.0]))), plant.now)
    assert old.active
    plant.run(0.8)
    assert old.status is GoalStatus.SUCCEEDED


def test_a_message_on_the_topic_replaces_the_trajectory_and_the_goal_is_judged_by_it():
    arm = controller()
    wanted = goal(RAMP)
    arm.start(wanted, 1000.0)
    plant = Plant(arm).run(0.5)
    arm.follow(trajectory((0.3, [0.0, 0.0])), plant.now)
    plant.run(0.25)
    assert wanted.active
    plant.run(0.1)
    assert wanted.status is GoalStatus.SUCCEEDED
    np.testing.assert_allclose(plant.commands[-1], [0.0, 0.0], atol=1e-9)


def test_cancel_holds_the_measured_position():
    arm = controller()
    wanted = goal(RAMP)
    arm.start(wanted, 1000.0)
    plant = Plant(arm, lag=3).run(0.5)
    measured = plant.commands[-1 - 4]
    arm.cancel(wanted)
    assert wanted.status is GoalStatus.CANCELED
    plant.run(0.3)
    np.testing.assert_allclose(plant.commands[-1], measured, atol=1e-9)


def test_cancelling_a_goal_that_has_ended_changes_nothing():
    arm = controller()
    old, new = goal(RAMP), goal(RAMP)
    arm.start(old, 1000.0)
    arm.start(new, 1000.0)
    arm.cancel(old)
    assert new.active


def test_a_trajectory_that_ends_in_motion_stops_dead_at_its_last_point():
    arm = controller(allow_nonzero_velocity_at_trajectory_end=True)
    arm.follow(trajectory((0.0, [0.0, 0.0], [1.0, 0.0]), (0.5, [0.5, 0.0], [1.0, 0.0])), 1000.0)
    plant = Plant(arm).run(1.0)
    np.testing.assert_allclose(plant.commands[-1], [0.5, 0.0], atol=1e-9)


def test_joints_left_out_hold_where_they_are_commanded():
    arm = controller(allow_partial_joints_goal=True)
    arm.follow(RAMP, 1000.0)
    plant = Plant(arm).run(0.5)
    held = plant.commands[-1][0]
    arm.follow(JointTrajectory(0.0, ("b",), (TrajectoryPoint(0.5, [2.0]),)), plant.now)
    plant.run(0.6)
    np.testing.assert_allclose(plant.commands[-1], [held, 2.0], atol=2e-2)
    assert plant.commands[-1][1] == pytest.approx(2.0)


def test_half_speed_takes_twice_as_long():
    arm = controller()
    arm.speed_scaling = 0.5
    arm.follow(RAMP, 1000.0)
    plant = Plant(arm).run(1.0)
    assert plant.commands[-1][0] == pytest.approx(0.5, abs=0.02)


def test_activation_aborts_the_goal_and_holds():
    arm = controller()
    wanted = goal(RAMP)
    arm.start(wanted, 1000.0)
    Plant(arm).run(0.3)
    arm.activate(np.array([0.1, 0.2]))
    assert wanted.status is GoalStatus.ABORTED
    plant = Plant(arm, now=1001.0).run(0.5)
    np.testing.assert_array_equal(plant.commands[-1], [0.1, 0.2])


def test_the_tracking_state_says_what_was_wanted_and_measured():
    arm = controller()
    arm.follow(RAMP, 1000.0)
    Plant(arm, lag=3).run(0.5)
    tracking = arm.tracking
    assert tracking.time == pytest.approx(1000.49)
    assert tracking.time_from_start == pytest.approx(0.49)
    np.testing.assert_allclose(tracking.desired.positions, [0.49, -0.49], atol=1e-9)
    np.testing.assert_allclose(tracking.error, tracking.desired.positions - tracking.positions)
    assert tracking.next_index == 1


def test_wrong_tolerance_requests_leave_the_defaults():
    arm = controller(tolerances=Tolerances(np.array([0.1, 0.1]), np.zeros(2)))
    tolerances, wrong = arm.goal_tolerances({"x": 0.5}, {}, 0.0)
    assert tolerances is arm.options.tolerances
    assert "joint x" in wrong
    tolerances, wrong = arm.goal_tolerances({"a": 0.5}, {}, 0.0)
    assert wrong == ""
    np.testing.assert_array_equal(tolerances.path, [0.5, 0.1])
