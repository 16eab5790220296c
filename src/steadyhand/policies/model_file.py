"""The file that a backend's argument ``model`` names."""

from __future__ import annotations

from pathlib import Path

from steadyhand.policies.exceptions import ModelError
from steadyhand.profiles.resources import resource


def locate_model(model: object, profile: str) -> Path:
    """Return the path of a model: as given, or inside the package.

    Args:
        model: The argument's value.
        profile: Name of the policy profile, for the error.

    Raises:
        ModelError: The argument is no path.
        ResourceNotFoundError: There is no such file.
    """
    if not isinstance(model, str) or not model:
        raise ModelError(f"policy profile '{profile}': arguments.model is {model!r}; give the path of an ONNX file")
    path = Path(model)
    return path if path.is_absolute() and path.exists() else resource(model)
