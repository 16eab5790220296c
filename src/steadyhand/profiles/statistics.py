"""Statistics for normalisation, read from the files that training leaves behind."""

from __future__ import annotations

from dataclasses import replace

from steadyhand.profiles.document import Document, KeyPath, key_text
from steadyhand.profiles.exceptions import ProfileProblem
from steadyhand.profiles.files import find_file, places_text
from steadyhand.profiles.normalisation import Normalisation, Statistics
from steadyhand.profiles.reading import read_document
from steadyhand.profiles.validation import Draft

_NAMES = {"state": ("state", "observation.state"), "action": ("action", "actions")}


def read_statistics(document: Document, normalisation: Normalisation) -> tuple[Normalisation, list[ProfileProblem]]:
    """Fill in the statistics that a policy profile takes from a file.

    The file holds ``state`` and ``action`` (or ``observation.state`` and ``actions``), each with lists ``mean``,
    ``std``, ``min``, ``max``, ``q01``, ``q99`` and ``mask`` as far as it has them, at its top level or under
    ``norm_stats``. Other keys are passed over. Statistics in the profile itself come first.

    Args:
        document: The policy profile's file.
        normalisation: Its normalisation, with ``file`` set.

    Returns:
        The normalisation with statistics, and what is wrong.
    """
    key = ("normalisation", "file")
    path = find_file(normalisation.file, document.path)
    if path is None:
        remedy = places_text(normalisation.file, document.path)
        return normalisation, [document.problem(key, "no such file", remedy)]
    content = read_document(path)
    if not content.readable:
        return normalisation, content.problems
    above: KeyPath = ("norm_stats",) if "norm_stats" in content.data else ()
    data = content.value(above)
    if not isinstance(data, dict):
        remedy = "Give state and action below it."
        return normalisation, [content.problem(above, "must hold keys and values", remedy)]
    update: dict[str, Statistics] = {}
    problems: list[ProfileProblem] = []
    for vector, names in _NAMES.items():
        name = next((name for name in names if isinstance(data.get(name), dict)), None)
        if name is None or getattr(normalisation, vector) is not None:
            continue
        place = (*above, name)
        draft = Draft(Statistics, _statistics_of(content, place))
        problems += [
            replace(problem, key=f"{key_text(place)}.{problem.key}", file=str(path)) for problem in draft.problems
        ]
        if not draft.problems:
            update[vector] = draft.model
    return normalisation.model_copy(update=update), problems


def _statistics_of(content: Document, place: KeyPath) -> Document:
    """Return the part of a file that holds one vector's statistics, without the keys that are passed over."""
    known = {name: value for name, value in content.value(place).items() if name in Statistics.model_fields}
    depth = len(place)
    lines = {key[depth:]: line for key, line in content.lines.items() if key[:depth] == place and len(key) > depth}
    return Document(content.path, data=known, lines=lines, readable=True)
