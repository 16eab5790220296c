"""What pydantic finds wrong, in sentences with a remedy, at the key where a person will look."""

from __future__ import annotations

from typing import Any

from pydantic_core import ErrorDetails

from steadyhand.profiles.document import Document, KeyPath
from steadyhand.profiles.exceptions import ProfileProblem
from steadyhand.profiles.search import suggestion

_SENTENCES: dict[str, tuple[str, str]] = {
    "missing": ("is missing", "Add the key."),
    "float_type": ("must be a number", "Write a number without quotes, such as 0.5."),
    "int_type": ("must be a whole number", "Write a whole number without quotes."),
    "bool_type": ("must be true or false", "Write true or false without quotes."),
    "string_type": ("must be a word", "Write a word; put quotes around what looks like a number."),
    "finite_number": (
        "must be a finite number",
        "Write a finite number.",
    ),
    "greater_than": ("must be greater than {gt:g}", "Write a larger number."),
    "greater_than_equal": ("must be at least {ge:g}", "Write a larger number."),
    "less_than_equal": ("must be at most {le:g}", "Write a smaller number."),
    "literal_error": ("must be {expected}", "Write one of these words."),
    "too_short": ("must have at least {min_length} entries, has {actual_length}", "Add what is missing."),
    "too_long": ("must have at most {max_length} entries, has {actual_length}", "Remove what is too much."),
    "tuple_type": ("must be a list", "Write a list in brackets, such as [1.0, 2.0]."),
    "dict_type": ("must hold keys and values", "Write one 'key: value' a line, indented."),
    "model_type": ("must hold keys and values", "Write one 'key: value' a line, indented."),
    "model_attributes_type": ("must hold keys and values", "Write one 'key: value' a line, indented."),
    "union_tag_not_found": ("has no 'kind'", "Add kind: and one of the kinds in the reference."),
    "union_tag_invalid": ("unknown kind {tag!r}", "Known kinds: {expected_tags}."),
}


def key_of(location: tuple[int | str, ...], data: Any) -> KeyPath:
    """Turn pydantic's location into a path in the file: it also names the kind of a term, which the file does not.

    Args:
        location: Where pydantic found an error.
        data: Content of the file.
    """
    key: list[str | int] = []
    for position, part in enumerate(location):
        if isinstance(data, dict) and isinstance(part, str):
            if part == "[key]":
                break
            if part == data.get("kind") and isinstance(location[position - 1], int):
                continue
            key.append(part)
            data = data.get(part)
        elif isinstance(data, list) and isinstance(part, int):
            key.append(part)
            data = data[part] if part < len(data) else None
    return tuple(key)


def problem_of(document: Document, data: dict[str, Any], error: ErrorDetails) -> ProfileProblem:
    """Describe one error of pydantic's as a problem, with a remedy.

    Args:
        document: The file.
        data: Its content as pydantic saw it.
        error: The error.
    """
    key = key_of(error["loc"], data)
    context = error.get("ctx", {})
    if error["type"] in _SENTENCES:
        message, remedy = (sentence.format(**context) for sentence in _SENTENCES[error["type"]])
    else:
        message, remedy = error["msg"].removeprefix("Value error, "), "Correct the value."
    if error["type"] == "literal_error":
        words = [word.strip("'") for word in str(context["expected"]).replace(" or ", ", ").split(", ")]
        remedy = suggestion(error["input"], words, noun="values")
        message = "unknown value"
    if error["type"] == "union_tag_invalid":
        words = [word.strip("' ") for word in str(context["expected_tags"]).split(",")]
        remedy = suggestion(context["tag"], words, noun="kinds")
    if error["type"] == "missing" and isinstance(error["loc"][-1], int):
        message, remedy = "is missing", "Add the value: the list is too short."
    return document.problem(key, message, remedy)
