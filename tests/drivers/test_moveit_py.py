from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest
from moveit_double import Instance

from steadyhand.drivers.exceptions import DriverError
from steadyhand.drivers.moveit_py import check_release, open_moveit, resident


def bound(documentation: str) -> object:
    """What a method of pybind11 looks like: it takes anything by its signature, and tells more in words."""
    return type("bound", (), {"__doc__": documentation, "__call__": len, "__signature__": None})()


JAZZY = (
    "execute(self: moveit.planning.MoveItPy, robot_trajectory: robot_trajectory::RobotTrajectory, "
    "controllers: List[str]) -> moveit_controller_manager::ExecutionStatus\n\nExecute a trajectory."
)
HUMBLE = (
    "execute(self: moveit.planning.MoveItPy, group_name: str, robot_trajectory: robot_trajectory::RobotTrajectory, "
    "blocking: bool = True) -> bool\n"
)


def test_without_moveit_the_error_names_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "moveit", None)
    with pytest.raises(DriverError, match=r"ros-\$ROS_DISTRO-moveit-py.*move_group"):
        open_moveit()


def test_releases_since_jazzy_are_known_by_their_signature() -> None:
    check_release(bound(JAZZY))  # type: ignore[arg-type]
    check_release(Instance.execute)


def test_humbles_moveit_py_is_refused() -> None:
    with pytest.raises(DriverError, match=r"Humble: its MoveItPy.execute takes \(group_name, robot_trajectory, block"):
        check_release(bound(HUMBLE))  # type: ignore[arg-type]


def test_a_release_that_tells_nothing_is_refused() -> None:
    with pytest.raises(DriverError, match="tells no arguments"):
        check_release(bound(""))  # type: ignore[arg-type]


def test_moveit_py_is_started_with_its_configuration_and_without_a_planning_service(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("moveit_msgs")
    made = []

    class MoveItPy:
        def __init__(self, node_name="moveit_py", config_dict=None, provide_planning_service=True):
            made.append((node_name, config_dict, provide_planning_service))

        def execute(self, robot_trajectory, controllers):
            raise NotImplementedError

    modules = {
        "moveit": {},
        "moveit.core": {},
        "moveit.core.robot_trajectory": {"RobotTrajectory": object},
        "moveit.planning": {"MoveItPy": MoveItPy, "PlanRequestParameters": object},
    }
    for name, content in modules.items():
        module = type(sys)(name)
        vars(module).update(content)
        monkeypatch.setitem(sys.modules, name, module)
    open_moveit({"robot_description": "<robot/>"})
    open_moveit()
    name = "steadyhand_moveit_py"
    assert made == [(name, {"robot_description": "<robot/>"}, False), (name, None, False)]


def test_a_configuration_package_is_read_once_for_scene_and_planner(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, opened = [], []

    class Builder:
        def __init__(self, robot_name: str, package_name: str) -> None:
            asked.append((robot_name, package_name))

        def moveit_cpp(self) -> Builder:
            return self

        to_moveit_configs = moveit_cpp

        def to_dict(self) -> dict[str, str]:
            return {"robot_description": "<robot/>"}

    monkeypatch.setitem(sys.modules, "moveit_configs_utils", SimpleNamespace(MoveItConfigsBuilder=Builder))
    monkeypatch.setattr("steadyhand.drivers.moveit_py.open_moveit", lambda given: opened.append(given) or object())
    resident.cache_clear()
    try:
        assert resident("moveit_resources_panda_moveit_config") is resident("moveit_resources_panda_moveit_config")
    finally:
        resident.cache_clear()
    assert asked == [("moveit_resources_panda", "moveit_resources_panda_moveit_config")]
    assert opened == [{"robot_description": "<robot/>"}]


def test_a_configuration_package_that_cannot_be_read_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def builder(*_arguments: object, **_named: object) -> None:
        raise RuntimeError("package not found")

    monkeypatch.setitem(sys.modules, "moveit_configs_utils", SimpleNamespace(MoveItConfigsBuilder=builder))
    resident.cache_clear()
    with pytest.raises(DriverError, match=r"'arm_moveit_config' cannot be read: package not found.*moveit_cpp\.yaml"):
        resident("arm_moveit_config")
