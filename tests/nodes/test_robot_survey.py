"""What controller managers list becomes controllers with the words of profiles."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace

import pytest

robot_survey = pytest.importorskip("steadyhand.nodes.robot_survey")


def controller(name, kind, *claims, state="active"):
    return SimpleNamespace(name=name, type=kind, claimed_interfaces=list(claims), state=state)


LISTED = [
    controller("old", "joint_trajectory_controller/JointTrajectoryController", state="inactive"),
    controller("scaled", "ur_controllers/ScaledJointTrajectoryController", "a/position", "a/velocity", "b/position"),
    controller("hand", "position_controllers/GripperActionController", "f/position"),
    controller("jaw", "parallel_gripper_action_controller/GripperActionController", "g/position"),
    controller("forward", "forward_command_controller/ForwardCommandController", "a/position"),
    controller("states", "joint_state_broadcaster/JointStateBroadcaster"),
]


class Survey(robot_survey.RobotSurvey):
    """A survey whose graph has one controller manager in a namespace."""

    def __init__(self):
        service = ("/left/controller_manager/list_controllers", ["controller_manager_msgs/srv/ListControllers"])
        self._node = SimpleNamespace(get_service_names_and_types=lambda: [service])

    def _call(self, _kind, service, _request, *, wait=True):
        del wait
        return SimpleNamespace(controller=LISTED) if service.endswith("list_controllers") else None


def test_controllers_are_listed_active_first_in_their_namespace(monkeypatch):
    messages = ModuleType("controller_manager_msgs.srv")
    messages.ListControllers = type("ListControllers", (), {"Request": SimpleNamespace})
    monkeypatch.setitem(sys.modules, "controller_manager_msgs", ModuleType("controller_manager_msgs"))
    monkeypatch.setitem(sys.modules, "controller_manager_msgs.srv", messages)
    assert [(one.name, one.driver, one.joints) for one in Survey()._controllers()] == [
        ("left/scaled", "joint_trajectory", ("a", "b")),
        ("left/hand", "gripper_command", ("f",)),
        ("left/jaw", "parallel_gripper_command", ("g",)),
        ("left/forward", "forward_position", ("a",)),
        ("left/old", "joint_trajectory", ()),
    ]


def test_rates_follow_the_stamps():
    stamps = [
        SimpleNamespace(header=SimpleNamespace(stamp=SimpleNamespace(sec=0, nanosec=20_000_000 * k))) for k in range(6)
    ]
    assert robot_survey._rate(stamps) == pytest.approx(50.0)
    assert robot_survey._rate(stamps[:1]) == 0.0
