"""The rooms keep their order, and ROS stays in the two rooms that may know it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

_SOURCE = Path(__file__).parents[1] / "src" / "steadyhand"
_ROOMS = (
    "profiles",
    "kinematics",
    "observation",
    "chunks",
    "policies",
    "execution",
    "drivers",
    "episodes",
    "simulation",
    "cameras",
    "learning",
    "evaluation",
    "doctor",
    "visualisation",
    "speech",
    "benchmarks",
    "nodes",
    "cli",
)
_FOUNDATIONS = ("profiles", "kinematics")
_ROS_ROOMS = ("nodes", "drivers")
_INTERFACES = ("msg", "srv", "action")


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module


@pytest.mark.parametrize("room", _ROOMS)
def test_a_room_imports_only_rooms_above_it(room: str) -> None:
    allowed = {room, *_ROOMS[: _ROOMS.index(room)]} - (set(_FOUNDATIONS) - {room} if room in _FOUNDATIONS else set())
    for path in sorted((_SOURCE / room).rglob("*.py")):
        for module in imported(path):
            parts = module.split(".")
            if parts[0] == "steadyhand" and len(parts) > 1 and parts[1] in _ROOMS:
                assert parts[1] in allowed, f"{path.relative_to(_SOURCE)} imports {module}"


def test_only_nodes_and_drivers_know_ros() -> None:
    for path in sorted(_SOURCE.rglob("*.py")):
        if path.relative_to(_SOURCE).parts[0] in _ROS_ROOMS:
            continue
        for module in imported(path):
            parts = module.split(".")
            ros = parts[0] == "rclpy" or parts[0].endswith(("_msgs", "_interfaces", "_srvs"))
            generated = parts[0] == "steadyhand" and len(parts) > 1 and parts[1] in _INTERFACES
            assert not ros and not generated, f"{path.relative_to(_SOURCE)} imports {module}"
