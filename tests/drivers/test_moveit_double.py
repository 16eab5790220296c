"""The double of moveit_py catches what its users must not do."""

from __future__ import annotations

import inspect
from copy import copy

import moveit_double as double
import pytest
from moveit_double import GROUP, JOINTS, Misuse, Model, Rig, State, Trajectory

from steadyhand.drivers import moveit_api as api


@pytest.mark.parametrize(
    ("protocol", "of_double"),
    [
        (api.MoveItPy, double.Instance),
        (api.PlanningComponent, double.Component),
        (api.PlanningScene, double.Scene),
        (api.PlanningSceneMonitor, double.Monitor),
        (api.RobotState, double.State),
        (api.RobotTrajectory, double.Trajectory),
        (api.TrajectoryExecutionManager, double.Executions),
    ],
)
def test_the_double_takes_what_the_declared_part_of_moveit_py_takes(protocol: type, of_double: type) -> None:
    declared = {name: member for name, member in vars(protocol).items() if inspect.isfunction(member)}
    for name, member in declared.items():
        if not name.startswith("_"):
            wanted = inspect.signature(member).parameters
            assert tuple(inspect.signature(getattr(of_double, name)).parameters) == tuple(wanted), name


def test_a_scene_is_of_no_use_after_its_lock() -> None:
    monitor = Rig().moveit().instance.get_planning_scene_monitor()
    with monitor.read_only() as scene:
        state = copy(scene.current_state)
    with pytest.raises(Misuse, match="outside of its lock"):
        scene.is_state_colliding(state, GROUP)


def test_a_lock_is_held_from_the_call_on() -> None:
    rig = Rig()
    monitor = rig.moveit().instance.get_planning_scene_monitor()
    monitor.read_only()
    with pytest.raises(Misuse, match="locked twice"):
        monitor.read_only()


def test_positions_without_an_update_are_not_checked() -> None:
    with Rig().moveit().instance.get_planning_scene_monitor().read_only() as scene:
        state = copy(scene.current_state)
        state.joint_positions = {JOINTS[0]: 0.1}
        with pytest.raises(Misuse, match="update"):
            scene.is_state_colliding(state, GROUP)


def test_the_controllers_have_to_be_given() -> None:
    with pytest.raises(TypeError, match="controllers"):
        Rig().moveit().instance.execute(Trajectory(Model()))  # type: ignore[call-arg]


def test_a_trajectory_without_a_group_is_aborted() -> None:
    assert Rig().moveit().instance.execute(Trajectory(Model()), []).status == "ABORTED"


def test_a_state_knows_only_the_joints_of_its_model() -> None:
    with pytest.raises(IndexError):
        State(Model()).joint_positions = {"tail": 0.0}
