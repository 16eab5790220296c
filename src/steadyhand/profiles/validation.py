"""From a YAML file to a model, or to as much of one as can be read, with a problem for everything that cannot."""

from __future__ import annotations

import copy
from difflib import get_close_matches
from typing import Annotated, Any, Generic, TypeVar, cast

from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from steadyhand.profiles.base import ProfileModel
from steadyhand.profiles.document import Document, KeyPath
from steadyhand.profiles.exceptions import ProfileProblem
from steadyhand.profiles.schema import model_at
from steadyhand.profiles.search import suggestion
from steadyhand.profiles.wording import key_of, problem_of

ModelT = TypeVar("ModelT", bound=ProfileModel)


class Draft(Generic[ModelT]):
    """A model as far as its file could be read.

    Attributes:
        document: The file.
        model: The model; only the attributes in ``readable`` may be used.
        readable: Top-level keys whose values are valid (or left out, where that is allowed).
        problems: What is wrong with the keys and values, each by itself.
    """

    def __init__(self, model_type: type[ModelT], document: Document) -> None:
        """Read a document as a model.

        Args:
            model_type: The model.
            document: The file, read already.
        """
        self.document = document
        self.problems: list[ProfileProblem] = list(document.problems)
        self.readable: frozenset[str] = frozenset()
        self.model = cast(ModelT, model_type.model_construct())
        if not document.readable:
            return
        data = copy.deepcopy(document.data)
        errors = _errors(model_type, data)
        unknown = [error for error in errors if error["type"] == "extra_forbidden"]
        if unknown:
            for error in unknown:
                self._drop_unknown(model_type, data, key_of(error["loc"], data), errors)
            errors = _errors(model_type, data)
        self.problems += [problem_of(document, data, error) for error in errors]
        wrong = {error["loc"][0] for error in errors}
        if not wrong:
            self.model = model_type.model_validate(data)
            self.readable = frozenset(model_type.model_fields)
            return
        values = {
            name: _field_value(name, field, data)
            for name, field in model_type.model_fields.items()
            if name not in wrong
        }
        self.model = cast(ModelT, model_type.model_construct(**values))
        self.readable = frozenset(values)

    def _drop_unknown(
        self, model_type: type[ModelT], data: dict[str, Any], key: KeyPath, errors: list[ErrorDetails]
    ) -> None:
        """Report an unknown key; take it for a missing one that is spelled alike, so that the rest can be checked."""
        parents, name = key[:-1], str(key[-1])
        model = model_at(model_type, parents, data)
        missing = [
            str(error["loc"][-1])
            for error in errors
            if error["type"] == "missing" and key_of(error["loc"], data)[:-1] == parents
        ]
        close = get_close_matches(name, missing, n=1, cutoff=0.6)
        known = close + [word for word in (model.model_fields if model else ()) if word not in close]
        self.problems.append(self.document.problem(key, "unknown key", suggestion(name, known, noun="keys here")))
        parent: Any = data
        for part in parents:
            parent = parent[part]
        value = parent.pop(key[-1])
        if close:
            parent.setdefault(close[0], value)


def _errors(model_type: type[ProfileModel], data: dict[str, Any]) -> list[ErrorDetails]:
    try:
        model_type.model_validate(data)
    except ValidationError as error:
        return error.errors(include_url=False)
    return []


def _field_value(name: str, field: FieldInfo, data: dict[str, Any]) -> Any:
    if name not in data:
        return field.get_default(call_default_factory=True)
    annotation: Any = field.annotation
    for constraint in field.metadata:
        annotation = Annotated[annotation, constraint]
    return TypeAdapter(annotation).validate_python(data[name])
