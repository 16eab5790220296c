"""Goals one after the other, whatever their answers are and whenever they come."""

import numpy as np
import pytest

pytest.importorskip("rclpy")
pytest.importorskip("control_msgs")

from action_msgs.msg import GoalStatus
from control_msgs.action import FollowJointTrajectory

from steadyhand.drivers import follow_joint_trajectory
from steadyhand.drivers.follow_joint_trajectory import FollowJointTrajectoryDriver
from steadyhand.execution.reasons import Reason
from steadyhand.execution.reference import Reference
from steadyhand.profiles.binding import JointBinding, JointMap
from steadyhand.profiles.robot import Tolerances

from .doubles import FakeActionClient, FakeNode

JOINTS = JointMap((JointBinding("a", "A"), JointBinding("b", "B", factor=-0.5, offset=3.0)))
PATIENCE = 0.5
Result = FollowJointTrajectory.Result


@pytest.fixture
def steady(monkeypatch):
    """The steady clock, to be set."""

    class Clock:
        now = 100.0

    monkeypatch.setattr(follow_joint_trajectory.time, "monotonic", lambda: Clock.now)
    return Clock


@pytest.fixture
def rig(monkeypatch, steady):
    """A driver, its node and its action client."""
    monkeypatch.setattr(follow_joint_trajectory, "ActionClient", FakeActionClient)
    node = FakeNode()

    def make(tolerances=None):
        driver = FollowJointTrajectoryDriver(node, "arm", JOINTS, tolerances, PATIENCE)
        return driver, node, driver._client

    return make


def window(start, speed=0.2):
    """A window of half a second, in motion at its start unless ``speed`` is 0."""
    times = np.array([start - 0.1, start, start + 0.4])
    velocities = np.array([[speed, 0.0], [speed, 0.0], [0.0, 0.0]])
    return Reference(times, np.outer(times - start, [speed, 0.0]), velocities, np.zeros((3, 2)))


def starts(client):
    return [goal.trajectory.header.stamp.sec + goal.trajectory.header.stamp.nanosec * 1e-9 for goal in client.goals]


def test_one_goal_at_a_time_and_the_newest_window_next(rig):
    driver, _, client = rig()
    for start in (10.0, 10.05, 10.1):
        driver.send(window(start))
    assert starts(client) == pytest.approx([9.9])
    client.answer()
    assert starts(client) == pytest.approx([9.9, 10.0])
    client.answer()
    assert len(client.goals) == 2
    assert driver.take_fault() is None


def test_a_window_that_has_ended_while_it_waited_is_not_sent(rig):
    driver, node, client = rig()
    driver.send(window(10.0))
    driver.send(window(10.05))
    node.now = 11.0
    client.answer()
    assert len(client.goals) == 1


def test_an_answer_that_does_not_come_is_a_fault_and_the_brake_does_not_wait_for_it(rig, steady):
    driver, _, client = rig()
    driver.send(window(10.0))
    driver.send(window(10.05))
    steady.now += PATIENCE + 0.01
    fault = driver.take_fault()
    assert fault is not None
    assert fault.reason is Reason.CONTROLLER_SILENT
    assert len(client.goals) == 2
    assert driver.take_fault() is None


def test_a_refused_goal_is_a_fault(rig):
    driver, _, client = rig()
    driver.send(window(10.0))
    client.answer(accepted=False)
    fault = driver.take_fault()
    assert fault is not None
    assert fault.reason is Reason.CONTROLLER_REFUSED


def test_a_replaced_goal_is_none_and_the_newest_ended_by_others_is(rig):
    driver, _, client = rig()
    driver.send(window(10.0))
    first = client.answer()
    driver.send(window(10.05))
    first.end(GoalStatus.STATUS_ABORTED, error_code=Result.INVALID_GOAL, error_string="preempted")
    second = client.answer()
    assert driver.take_fault() is None
    second.end(GoalStatus.STATUS_CANCELED, error_code=0, error_string="somebody asked")
    fault = driver.take_fault()
    assert fault is not None
    assert fault.reason is Reason.CONTROLLER_ABORTED
    assert "somebody asked" in str(fault)


def test_after_a_violated_tolerance_only_another_motion_is_sent(rig):
    driver, _, client = rig()
    driver.send(window(10.0))
    client.answer().end(GoalStatus.STATUS_ABORTED, error_code=Result.PATH_TOLERANCE_VIOLATED, error_string="blocked")
    fault = driver.take_fault()
    assert fault is not None
    assert fault.reason is Reason.TOLERANCE_VIOLATED
    driver.send(window(10.05))
    assert len(client.goals) == 1
    driver.send(window(10.1, speed=0.0))
    assert len(client.goals) == 2


def test_what_a_motion_has_left_unanswered_says_nothing_about_the_next(rig, steady):
    driver, _, client = rig()
    driver.send(window(10.0))
    driver.send(window(10.1, speed=0.0))
    driver.send(window(10.15, speed=0.0))
    assert len(client.goals) == 2
    steady.now += 0.4
    client.answer()
    client.answer()
    steady.now += 0.2
    assert driver.take_fault() is None


def test_a_server_that_leaves_in_the_middle_of_a_goal_is_a_fault(rig):
    driver, _, client = rig()
    driver.send(window(10.0))
    client.answer()
    client.ready = False
    fault = driver.take_fault()
    assert fault is not None
    assert fault.reason is Reason.CONTROLLER_ABSENT
    assert driver.take_fault() is None


def test_closing_cancels_nothing_that_still_moves(rig):
    driver, node, client = rig()
    driver.send(window(10.0))
    moving = client.answer()
    driver.close()
    assert not moving.cancelled

    driver, node, client = rig()
    driver.send(window(10.0))
    resting = client.answer()
    node.now = 11.0
    driver.close()
    assert resting.cancelled


def test_tolerances_are_asked_for_in_the_controllers_units_or_not_at_all(rig):
    driver, _, client = rig(Tolerances(path=0.1, goal_time=1.5))
    driver.send(window(10.0))
    (goal,) = client.goals
    assert [(t.name, t.position) for t in goal.path_tolerance] == [("A", 0.1), ("B", 0.2)]
    assert list(goal.goal_tolerance) == []
    assert (goal.goal_time_tolerance.sec, goal.goal_time_tolerance.nanosec) == (1, 500_000_000)


def test_how_long_answers_take_is_told(rig, steady):
    driver, _, client = rig()
    driver.send(window(10.0))
    steady.now += 0.012
    client.answer()
    driver.send(window(10.05))
    steady.now += 0.003
    client.answer()
    assert driver.outcome.endswith("last answer after 3.0 ms, longest 12.0 ms")
