"""Robot profiles that differ from another one in a few keys: ``extends: NAME``."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

from steadyhand.profiles.document import Document
from steadyhand.profiles.exceptions import ProfileProblem
from steadyhand.profiles.reading import read_document
from steadyhand.profiles.search import ProfileKind, find_profile, profile_names, suggestion

KEY = "extends"


def read_extended(path: Path, kind: ProfileKind) -> Document:
    """Read a profile, and take from the one that it extends whatever it does not say itself.

    Mappings are merged key by key; anything else is replaced as a whole. Paths are relative to the file that extends.
    A key that is taken over has the line of ``extends``.

    Args:
        path: The file.
        kind: What it is, and what it may extend.
    """
    document = read_document(path)
    document.data, problems = _extended(document, kind, [path])
    document.problems += problems
    return document


def _extended(document: Document, kind: ProfileKind, chain: list[Path]) -> tuple[dict[str, Any], list[ProfileProblem]]:
    if KEY not in document.data:
        return document.data, []
    name, own = document.data[KEY], {key: value for key, value in document.data.items() if key != KEY}
    noun = f"{kind.removesuffix('s')} profile"
    beside = document.path
    found = find_profile(kind, name, beside) if isinstance(name, str) and name else None
    if found is None:
        remedy = suggestion(name, profile_names(kind, beside), noun=f"{noun}s")
        return own, [document.problem((KEY,), f"no such {noun}", remedy, value=name)]
    if found in chain:
        return own, [document.problem((KEY,), "comes back to this file", "Extend another one, or none.", value=name)]
    base = read_document(found)
    inherited, problems = _extended(base, kind, [*chain, found])
    return _merged(inherited, own), [*base.problems, *problems]


def _merged(base: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    merged = copy.deepcopy(base)
    for key, value in own.items():
        inherited = merged.get(key)
        if isinstance(value, dict) and isinstance(inherited, dict):
            merged[key] = _merged(inherited, value)
        else:
            merged[key] = value
    return merged
