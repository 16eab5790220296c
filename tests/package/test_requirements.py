"""The requirements that are handed to pip are those of pyproject.toml."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

PYPROJECT = {
    "project": {"dependencies": ["numpy"], "optional-dependencies": {"simulation": ["mujoco"], "bags": ["mcap"]}},
    "dependency-groups": {"check": ["pytest"]},
}


@pytest.fixture
def script() -> ModuleType:
    spec = spec_from_file_location("requirements_script", Path(__file__).parents[2] / "scripts/requirements.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_dependencies_come_with_the_named_extras_and_groups(script: ModuleType) -> None:
    assert script.requirements(PYPROJECT, []) == ["numpy"]
    assert script.requirements(PYPROJECT, ["simulation", "check"]) == ["numpy", "mujoco", "pytest"]


def test_an_unknown_name_is_refused(script: ModuleType) -> None:
    with pytest.raises(KeyError, match="camera"):
        script.requirements(PYPROJECT, ["camera"])
