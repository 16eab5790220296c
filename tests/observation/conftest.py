from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from steadyhand.profiles.contract import Contract, load_deployment

sys.path.insert(0, str(Path(__file__).parent))

from scenario import SIZE, WRIST


@pytest.fixture(scope="session")
def contract() -> Contract:
    return load_deployment("panda_embedded")


@pytest.fixture(scope="session")
def altered(contract: Contract) -> Callable[..., Contract]:
    """Return the contract with other keys: ``altered(policy={...}, deployment={...}, robot={...})``."""

    def make(**parts: dict[str, Any]) -> Contract:
        models = {
            name: type(model).model_validate(model.model_dump() | parts.get(name, {}))
            for name, model in (
                ("robot", contract.robot),
                ("policy", contract.policy),
                ("deployment", contract.deployment),
            )
        }
        return replace(contract, **models)

    return make


@pytest.fixture(scope="session")
def recorded(contract: Contract, altered: Callable[..., Contract]) -> Contract:
    """A policy with a history, of measured and commanded state, with every stream late in its own way."""
    camera = {"height": SIZE[0], "width": SIZE[1], "rate": 25.0}
    images = contract.deployment.model_dump()["images"]
    images["front"] |= {"latency": 0.07, "rotate": 90, "tolerance": 0.08}
    images["wrist"] |= {"transport": "compressed", "topic": WRIST, "tolerance": 0.08}
    hand = contract.robot.grippers["hand"].model_dump() | {"state_latency": 0.013}
    return altered(
        robot={"cameras": {"front": camera, "wrist": camera | {"latency": 0.11}}, "grippers": {"hand": hand}},
        policy={
            "history": {"steps": 2, "interval": 0.1},
            "images": {key: {"width": 30, "height": 20, "resize": "pad"} for key in ("front", "wrist")},
            "state": [
                {"kind": "end_effector_position"},
                {"kind": "joint_velocity"},
                {"kind": "gripper", "gripper": "hand"},
                {"kind": "joint_position", "source": "commanded"},
            ],
        },
        deployment={"images": images},
    )
