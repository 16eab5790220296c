"""The reference of all keys, written from the models into docs/profiles.md."""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from steadyhand.profiles import support
from steadyhand.profiles.base import ProfileModel
from steadyhand.profiles.deployment import DeploymentProfile
from steadyhand.profiles.policy import PolicyProfile
from steadyhand.profiles.robot import RobotProfile
from steadyhand.profiles.schema import models_of

BEGIN, END = "<!-- reference: begin -->", "<!-- reference: end -->"
_FILES: dict[str, type[ProfileModel]] = {
    "robots/NAME.yaml": RobotProfile,
    "policies/NAME.yaml": PolicyProfile,
    "deployments/NAME.yaml": DeploymentProfile,
}
_WORDS = {float: "number", int: "whole number", str: "word", bool: "true or false", Any: "anything"}


def reference() -> str:
    """Return tables of all keys of the three files, in Markdown."""
    parts = []
    for file, model in _FILES.items():
        parts.append(f"### {file}\n\n{_table(_rows(model, ''))}")
        for key, term in _terms(model):
            kind = get_args(term.model_fields["kind"].annotation)[0]
            parts.append(f"#### A term of `{key}`: `kind: {kind}`\n\n{_table(_rows(term, ''))}")
    parts.append(f"### What can be executed today\n\n{_EXECUTED}\n\n{_support_table()}")
    return "\n\n".join(parts)


_EXECUTED = """The words above describe policies and arms exactly, but not all of them can be executed yet.
Others are refused by the check, before anything moves."""


def _support_table() -> str:
    listed = {
        "`state`": support.STATES,
        "`backend`": support.BACKENDS,
        "`stitching.method`": support.STITCHINGS,
        "`arm.driver`": support.ARM_DRIVERS,
        "`grippers.NAME.driver`": support.GRIPPER_DRIVERS,
        "`mode`": support.MODES,
    }
    rows = [f"| {key} | {', '.join(f'`{word}`' for word in sorted(words))} |" for key, words in listed.items()]
    return "\n".join(["| key | possible |", "|---|---|", *rows])


def updated(document: str) -> str:
    """Return a document with everything between the two markers replaced by the reference.

    Args:
        document: Markdown with the two markers.

    Raises:
        ValueError: A marker is missing.
    """
    before, _, rest = document.partition(BEGIN)
    _, marker, after = rest.partition(END)
    if not marker:
        raise ValueError(f"the document lacks {BEGIN} or {END}: put them around the place for the reference")
    return f"{before}{BEGIN}\n\n{reference()}\n\n{END}{after}"


def _table(rows: Iterator[tuple[str, str, str, str]]) -> str:
    lines = ["| key | value | default | meaning |", "|---|---|---|---|"]
    return "\n".join(lines + [f"| `{key}` | {value} | {default} | {text} |" for key, value, default, text in rows])


def _rows(model: type[ProfileModel], prefix: str) -> Iterator[tuple[str, str, str, str]]:
    for name, field in model.model_fields.items():
        key = f"{prefix}{name}"
        yield key, _value(field.annotation), _default(field), field.description or ""
        for below, part in _below(field.annotation):
            yield from _rows(part, f"{key}{below}.")


def _below(annotation: Any) -> Iterator[tuple[str, type[ProfileModel]]]:
    """Yield the models whose keys stand below one of this type; terms of several kinds have tables of their own."""
    if get_origin(annotation) is dict:
        yield from (("." + "NAME", model) for model in models_of(get_args(annotation)[1]))
    elif len(models := models_of(annotation)) == 1:
        yield "", models[0]


def _terms(model: type[ProfileModel]) -> Iterator[tuple[str, type[ProfileModel]]]:
    for name, field in model.model_fields.items():
        if get_origin(field.annotation) is tuple and len(models := models_of(get_args(field.annotation)[0])) > 1:
            yield from ((name, term) for term in models)


def _value(annotation: Any) -> str:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _value(arguments[0])
    if origin is Literal:
        return ", ".join(f"`{word}`" for word in arguments)
    if origin in (Union, types.UnionType):
        return " or ".join(dict.fromkeys(_value(part) for part in arguments if part is not type(None)))
    if origin is dict:
        return f"{_value(arguments[1])} by name"
    if origin is tuple:
        count = "list of" if arguments[-1] is ... else f"{len(arguments)} times"
        return f"{count} {_value(arguments[0])}"
    if isinstance(annotation, type) and issubclass(annotation, ProfileModel):
        return "term" if "kind" in annotation.model_fields else "keys"
    return _WORDS[annotation]


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    if isinstance(value, ProfileModel) or value in ({}, (), "", None):
        return ""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{list(value) if isinstance(value, tuple) else value}`"


def _main() -> None:
    path = Path(sys.argv[1])
    path.write_text(updated(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    _main()
