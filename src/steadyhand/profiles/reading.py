"""YAML files read strictly: no key twice, no word that turns into a truth value, and the line of every key."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from steadyhand.profiles.document import Document, KeyPath, key_text
from steadyhand.profiles.exceptions import ProfileProblem


class _StrictLoader(yaml.SafeLoader):
    """YAML 1.2's booleans and floats: ``off`` and ``yes`` are words, ``1e-6`` is a number."""


_StrictLoader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in resolvers
        if tag not in ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:float", "tag:yaml.org,2002:int")
        and tag != "tag:yaml.org,2002:timestamp"
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_StrictLoader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)
_StrictLoader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"^[-+]?(?:0|[1-9][0-9]*)$"), list("-+0123456789")
)
_StrictLoader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(
        r"""^(?:[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?
        |[-+]?[0-9]+[eE][-+]?[0-9]+|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$""",
        re.VERBOSE,
    ),
    list("-+0123456789."),
)


def read_document(path: Path) -> Document:
    """Read a YAML file whose top level is a mapping; what is wrong with it is in ``problems``.

    Args:
        path: The file.
    """
    document = Document(path)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        document.problems.append(
            document.problem((), f"cannot be read: {error.strerror or error}", "Check the path and its permissions.")
        )
        return document
    except UnicodeDecodeError as error:
        document.problems.append(
            document.problem((), f"is not UTF-8 text: {error.reason} at byte {error.start}", "Save it as UTF-8.")
        )
        return document
    loader = _StrictLoader(text)
    try:
        node = loader.get_single_node()
        data = None if node is None else _construct(loader, node, (), document)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        document.problems.append(_syntax_problem(document, error))
        return document
    finally:
        loader.dispose()
    if not isinstance(data, dict):
        document.problems.append(
            document.problem((), "must hold keys and values", "Begin with a line such as 'name: my_robot'.", value=data)
        )
        return document
    document.data = data
    document.readable = True
    return document


def _construct(loader: _StrictLoader, node: yaml.Node, key: KeyPath, document: Document) -> Any:
    if isinstance(node, yaml.MappingNode):
        loader.flatten_mapping(node)
        mapping: dict[str, Any] = {}
        own: set[str] = set()
        for key_node, value_node in node.value:
            name = str(loader.construct_object(key_node, deep=True))
            part = (*key, name)
            line = key_node.start_mark.line + 1
            # Keys taken over by "<<" stand before the mapping's own, in the mapping they come from.
            taken_over = not node.start_mark.index <= key_node.start_mark.index < node.end_mark.index
            if name in own:
                document.problems.append(
                    ProfileProblem(
                        file=str(document.path),
                        key=key_text(part),
                        message=f"is given twice, first in line {document.lines[part]}",
                        remedy="Keep one of the two.",
                        line=line,
                    )
                )
                continue
            if not taken_over:
                own.add(name)
            document.lines[part] = line
            mapping[name] = _construct(loader, value_node, part, document)
        return mapping
    if isinstance(node, yaml.SequenceNode):
        elements = []
        for index, child in enumerate(node.value):
            place: KeyPath = (*key, index)
            document.lines[place] = child.start_mark.line + 1
            elements.append(_construct(loader, child, place, document))
        return elements
    return loader.construct_object(node, deep=True)


def _syntax_problem(document: Document, error: Exception) -> ProfileProblem:
    mark = getattr(error, "problem_mark", None)
    reason = getattr(error, "problem", None) or str(error) or type(error).__name__
    context = getattr(error, "context", None)
    return ProfileProblem(
        file=str(document.path),
        key="",
        message=f"is not valid YAML: {reason}" + (f" ({context})" if context else ""),
        remedy="Look at this line and the one before it: indentation, a missing colon, quote or bracket.",
        line=None if mark is None else mark.line + 1,
    )
