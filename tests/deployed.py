"""Shipped robot profiles, each in a deployment with the actions that a test wants."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from steadyhand.profiles.contract import Contract, load_deployment

ROBOTS = ("panda", "ur5e", "xarm7", "so101", "aloha", "mobile_aloha")


def deployed(
    robot: str, action: Sequence[dict[str, Any]], state: Sequence[dict[str, Any]] = (), **deployment: Any
) -> Contract:
    """Return the checked contract of a robot profile and a policy that holds still, by name or path."""
    policy = {
        "name": "tested",
        "backend": "hold",
        "state": list(state),
        "action": list(action),
        "normalisation": "none",
        "horizon": 16,
        "dt": 0.1,
        "first_row": 1.0,
        "stitching": {"method": "splice", "blend": 0.2, "execute": 8},
    }
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "tested.yaml").write_text(yaml.safe_dump(policy))
        path = Path(folder) / "deployment.yaml"
        named = {"name": "tested", "robot": robot, "policy": "./tested.yaml"}
        path.write_text(yaml.safe_dump(named | deployment))
        return load_deployment(str(path))


def joints_and_grippers(robot: str, meaning: str = "absolute") -> list[dict[str, Any]]:
    """Return the terms of a policy that moves every joint and gripper."""
    grippers = {"ur5e": [], "aloha": ["left", "right"], "mobile_aloha": ["left", "right"]}.get(robot, ["hand"])
    terms: list[dict[str, Any]] = [{"kind": "joint_position", "meaning": meaning}]
    return terms + [{"kind": "gripper", "gripper": name, "meaning": "absolute"} for name in grippers]
