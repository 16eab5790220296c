"""The simulated Panda with other actions and bindings than the embedded policy's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from steadyhand.profiles.contract import Contract, load_deployment
from steadyhand.profiles.deployment import DeploymentProfile
from steadyhand.profiles.policy import PolicyProfile

PANDA = load_deployment("panda_embedded")
HOME = PANDA.robot.home_positions


def contract(
    action: Sequence[dict[str, Any]],
    policy_joints: dict[str, Any] | None = None,
    end_effector: dict[str, Any] | None = None,
) -> Contract:
    policy = PANDA.policy.model_dump() | {"action": action}
    deployment = PANDA.deployment.model_dump() | {
        "policy_joints": policy_joints or {},
        "end_effector": end_effector or {},
    }
    return replace(
        PANDA, policy=PolicyProfile.model_validate(policy), deployment=DeploymentProfile.model_validate(deployment)
    )


def pose_terms(meaning: str, frame: str, representation: str) -> list[dict[str, Any]]:
    """Position, rotation and gripper."""
    keys = {"meaning": meaning, "frame": frame}
    return [
        {"kind": "end_effector_position"} | keys,
        {"kind": "end_effector_rotation", "representation": representation} | keys,
        {"kind": "gripper", "gripper": "hand", "meaning": "absolute", "closed": 1.0, "open": -1.0},
    ]
