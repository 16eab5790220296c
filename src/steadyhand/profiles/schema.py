"""Which keys a profile may have at which place, read from the models."""

from __future__ import annotations

import types
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from steadyhand.profiles.base import ProfileModel
from steadyhand.profiles.document import KeyPath


def models_of(annotation: Any) -> list[type[ProfileModel]]:
    """Return the profile models that a type may stand for, itself or as one of its alternatives."""
    if isinstance(annotation, type) and issubclass(annotation, ProfileModel):
        return [annotation]
    origin = get_origin(annotation)
    if origin is Annotated:
        return models_of(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        return [model for part in get_args(annotation) for model in models_of(part)]
    return []


def model_at(model: type[ProfileModel], key: KeyPath, data: Any) -> type[ProfileModel] | None:
    """Return the model that describes the mapping under a key, None where there is none.

    Args:
        model: Model of the whole file.
        key: Path of the mapping in the file.
        data: Content of the file; of alternatives, the one with the ``kind`` found there is taken.
    """
    annotation: Any = model
    for part in key:
        annotation = _child(annotation, part, data)
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return None
    return _chosen(annotation, data)


def _child(annotation: Any, part: str | int, data: Any) -> Any:
    chosen = _chosen(annotation, data)
    if chosen is not None:
        field: FieldInfo | None = chosen.model_fields.get(str(part))
        return field.annotation if field is not None else None
    for candidate in _alternatives(annotation):
        origin, arguments = get_origin(candidate), get_args(candidate)
        if origin is dict and isinstance(part, str):
            return arguments[1]
        if origin is tuple and isinstance(part, int):
            return arguments[0] if arguments[-1] is ... else arguments[min(part, len(arguments) - 1)]
    return None


def _alternatives(annotation: Any) -> list[Any]:
    origin = get_origin(annotation)
    if origin is Annotated:
        return _alternatives(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        return [one for part in get_args(annotation) for one in _alternatives(part)]
    return [annotation]


def _chosen(annotation: Any, data: Any) -> type[ProfileModel] | None:
    models = models_of(annotation)
    if len(models) <= 1:
        return models[0] if models else None
    kind = data.get("kind") if isinstance(data, dict) else None
    return next((model for model in models if kind in get_args(model.model_fields["kind"].annotation)), None)
