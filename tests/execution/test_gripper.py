from __future__ import annotations

import numpy as np

from steadyhand.execution.gripper import GripperRule, GripperSchedule


def schedule(binary: bool = True, latency: float = 0.0) -> GripperSchedule:
    return GripperSchedule(GripperRule(binary, threshold=0.5, hysteresis=0.1, latency=latency))


def test_a_command_is_due_when_its_row_is_and_only_once() -> None:
    gripper = schedule()
    gripper.load(np.array([1.0, 2.0, 3.0]), np.array([1.0, 0.2, 0.1]))
    assert gripper.due(0.5) is None
    assert gripper.due(1.0) == 1.0
    assert gripper.due(1.9) is None
    assert gripper.due(2.0) == 0.0
    assert gripper.due(3.5) is None


def test_latency_brings_commands_forward() -> None:
    gripper = schedule(latency=0.3)
    gripper.load(np.array([1.0]), np.array([0.0]))
    assert gripper.due(0.65) is None
    assert gripper.due(0.71) == 0.0


def test_values_near_the_threshold_change_nothing() -> None:
    gripper = schedule()
    gripper.load(np.array([0.0, 1.0, 2.0, 3.0]), np.array([0.9, 0.45, 0.55, 0.35]))
    assert gripper.due(0.0) == 1.0
    assert gripper.due(1.0) is None
    assert gripper.due(2.0) is None
    assert gripper.due(3.0) == 0.0


def test_continuous_openings_are_sent_when_they_differ_enough() -> None:
    gripper = schedule(binary=False)
    gripper.load(np.array([0.0, 1.0, 2.0]), np.array([0.5, 0.55, 0.7]))
    assert gripper.due(0.0) == 0.5
    assert gripper.due(1.0) is None
    assert gripper.due(2.0) == 0.7


def test_after_a_brake_nothing_is_due_and_a_new_episode_commands_again() -> None:
    gripper = schedule()
    gripper.load(np.array([0.0]), np.array([1.0]))
    assert gripper.due(0.0) == 1.0
    gripper.clear()
    assert gripper.due(5.0) is None
    gripper.forget()
    gripper.load(np.array([6.0]), np.array([1.0]))
    assert gripper.due(6.0) == 1.0
