"""What computes the policy: a backend that exists, arguments that it takes, files that are there."""

from __future__ import annotations

import math
from collections.abc import Iterator

from steadyhand.profiles import support
from steadyhand.profiles.document import KeyPath
from steadyhand.profiles.exceptions import ProfileProblem
from steadyhand.profiles.files import find_file, places_text
from steadyhand.profiles.parts import Parts, needs
from steadyhand.profiles.search import suggestion


@needs("policy.backend")
def backend(parts: Parts) -> Iterator[ProfileProblem]:
    """The backend exists."""
    name = parts.policy.backend
    if name not in support.BACKENDS:
        remedy = suggestion(name, sorted(support.BACKENDS), noun="backends")
        yield parts.problem("policy", ("backend",), "no such backend", remedy)


@needs("policy.backend", "policy.arguments")
def arguments(parts: Parts) -> Iterator[ProfileProblem]:
    """The backend takes the arguments, and has those it needs."""
    name, given = parts.policy.backend, parts.policy.arguments
    for key in given:
        yield from _plain(parts, ("arguments", key), given[key])
    if name not in support.BACKENDS:
        return
    known = sorted(support.BACKENDS[name])
    for key in given:
        if key not in known:
            remedy = suggestion(key, known, noun=f"arguments of {name}")
            yield parts.problem("policy", ("arguments", key), f"backend {name!r} has no such argument", remedy)
    for key in support.BACKEND_FILES.get(name, ()):
        if key not in given:
            yield parts.problem("policy", ("arguments",), f"backend {name!r} needs {key!r}", "Give the path of a file.")
        elif not isinstance(given[key], str) or not given[key]:
            yield parts.problem("policy", ("arguments", key), "must be the path of a file", "Write a path.")
        elif parts.policy_files and parts.policy_draft is not None:
            file = parts.policy_draft.document.path
            if find_file(given[key], file) is None:
                yield parts.problem("policy", ("arguments", key), "no such file", places_text(given[key], file))


def _plain(parts: Parts, key: KeyPath, value: object) -> Iterator[ProfileProblem]:
    """Arguments are plain values, so that two machines can compare them."""
    if isinstance(value, dict):
        for name, element in value.items():
            yield from _plain(parts, (*key, name), element)
    elif isinstance(value, list):
        for index, element in enumerate(value):
            yield from _plain(parts, (*key, index), element)
    elif isinstance(value, float) and not math.isfinite(value):
        yield parts.problem("policy", key, "must be a finite number", "Write a finite number.", value=value)
    elif not (value is None or isinstance(value, (str, int, float, bool))):
        yield parts.problem(
            "policy", key, "must be a word, a number, true, false or a list of these", "Write it as one of these."
        )


CHECKS = (backend, arguments)
