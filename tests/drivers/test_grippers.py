"""Openings to goals and commands, and answers to words and faults."""

import pytest

pytest.importorskip("rclpy")
pytest.importorskip("control_msgs")

from types import SimpleNamespace

from action_msgs.msg import GoalStatus

from steadyhand.drivers import gripper_action
from steadyhand.drivers.forward_gripper import ForwardGripperDriver
from steadyhand.drivers.gripper_command import GripperCommandDriver
from steadyhand.drivers.joint_trajectory_gripper import JointTrajectoryGripperDriver
from steadyhand.drivers.parallel_gripper_command import ParallelGripperCommandDriver
from steadyhand.execution.reasons import Reason
from steadyhand.profiles.robot import Gripper

from .doubles import FakeActionClient, FakeNode

GRIPPER = Gripper(
    controller="hand", joint="finger", closed=0.01, open=0.05, max_effort=20.0, travel=0.8, state_latency=None
)
POSITIONS = {
    GripperCommandDriver: lambda goal: goal.command.position,
    ParallelGripperCommandDriver: lambda goal: goal.command.position[0],
    JointTrajectoryGripperDriver: lambda goal: goal.trajectory.points[0].positions[0],
}
STALLED = {
    GripperCommandDriver: {"position": 0.03, "effort": 20.0, "stalled": True, "reached_goal": False},
    ParallelGripperCommandDriver: {
        "state": SimpleNamespace(position=[0.03], effort=[20.0]),
        "stalled": True,
        "reached_goal": False,
    },
    JointTrajectoryGripperDriver: {"error_code": -5, "error_string": "goal tolerance"},
}


@pytest.fixture(params=POSITIONS, ids=lambda kind: kind.__name__)
def driver(request, monkeypatch):
    monkeypatch.setattr(gripper_action, "ActionClient", FakeActionClient)
    return request.param(FakeNode(), "hand", GRIPPER)


def test_an_opening_becomes_the_position_of_the_joint(driver):
    driver.command(0.5)
    (goal,) = driver._client.goals
    assert POSITIONS[type(driver)](goal) == pytest.approx(0.03)


def test_a_stall_is_told_and_is_no_fault_even_where_the_controller_aborts(driver):
    driver.command(0.0)
    driver._client.answer().end(GoalStatus.STATUS_ABORTED, **STALLED[type(driver)])
    assert driver.outcome.startswith("aborted, stalled")
    assert driver.take_fault() is None


def test_the_end_of_a_goal_that_was_replaced_says_nothing(driver):
    driver.command(0.0)
    first = driver._client.answer()
    driver.command(1.0)
    first.end(GoalStatus.STATUS_CANCELED, **STALLED[type(driver)])
    assert driver.outcome == "opening 1.00 sent"


def test_a_refused_goal_and_an_absent_controller_are_faults(driver):
    driver.command(0.0)
    driver._client.answer(accepted=False)
    driver._client.ready = False
    for _ in range(2):
        fault = driver.take_fault()
        assert fault is not None
        assert fault.reason is Reason.GRIPPER_REFUSED
        assert "gripper hand" in str(fault)
        assert driver.take_fault() is None
        driver.command(1.0)


def test_a_trajectory_takes_the_time_of_a_stroke_from_its_arrival_on(monkeypatch):
    monkeypatch.setattr(gripper_action, "ActionClient", FakeActionClient)
    driver = JointTrajectoryGripperDriver(FakeNode(), "hand", GRIPPER)
    driver.command(1.0)
    trajectory = driver._client.goals[0].trajectory
    assert (trajectory.header.stamp.sec, trajectory.header.stamp.nanosec) == (0, 0)
    assert trajectory.points[0].time_from_start.nanosec == 800_000_000


def test_a_forwarder_gets_the_position_and_an_absent_one_is_a_fault():
    node = FakeNode()
    driver = ForwardGripperDriver(node, "hand", GRIPPER)
    driver.command(1.0)
    assert list(node.publisher.messages[0].data) == [0.05]
    assert driver.take_fault() is None
    node.publisher.subscribers = 0
    driver.command(0.0)
    fault = driver.take_fault()
    assert fault is not None
    assert fault.reason is Reason.GRIPPER_REFUSED
