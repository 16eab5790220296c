from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from steadyhand.profiles.contract import Contract, load_deployment

sys.path.insert(0, str(Path(__file__).parent))


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
