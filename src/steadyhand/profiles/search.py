"""Where profiles are found: by name in the user's folders and the package, or by path."""

from __future__ import annotations

import os
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path
from typing import Literal

from steadyhand.profiles.resources import ResourceNotFoundError, resource

ProfileKind = Literal["deployments", "robots", "policies", "cameras"]

CONFIG_PATH_VARIABLE = "STEADYHAND_CONFIG_PATH"
"""Environment variable: more config folders, separated as in PATH, searched before the package's own."""


_FEW, _MANY = 6, 16


def config_folders(beside: Path | None = None) -> list[Path]:
    """Return the config folders to search, in order: around a file, from the environment, the package's own.

    Args:
        beside: A profile's file. Where it lies in a folder ``deployments``, ``robots`` or ``policies``, the folder
            around that counts as a config folder.
    """
    folders = []
    if beside is not None and beside.parent.name in ("deployments", "robots", "policies"):
        folders.append(beside.parent.parent)
    folders += [Path(part).expanduser() for part in os.environ.get(CONFIG_PATH_VARIABLE, "").split(os.pathsep) if part]
    with suppress(ResourceNotFoundError):
        folders.append(resource("config"))
    return list(dict.fromkeys(folders))


def find_profile(kind: ProfileKind, name: str, beside: Path | None = None) -> Path | None:
    """Return the file of a profile, None where there is none.

    Args:
        kind: Which of them.
        name: A path (it ends in .yaml or .yml, or holds a slash), absolute or relative to the file that names it,
            else to the working directory; or a name, looked for beside the file that names it and in the
            config folders.
        beside: The file that names it, None where the user does.
    """
    here = Path.cwd() if beside is None else beside.parent
    if is_path(name):
        path = here / Path(name).expanduser()
        return path.resolve() if path.is_file() else None
    places = [here / f"{name}.yaml"] if beside is not None else []
    places += [folder / kind / f"{name}.yaml" for folder in config_folders(beside)]
    return next((place.resolve() for place in places if place.is_file()), None)


def is_path(name: str) -> bool:
    """Return whether a reference to a profile is a path rather than a name."""
    return "/" in name or os.sep in name or name.endswith((".yaml", ".yml"))


def profile_names(kind: ProfileKind, beside: Path | None = None) -> list[str]:
    """Return the names of all profiles of one kind that can be found by name, sorted."""
    names: set[str] = set()
    for folder in config_folders(beside):
        names |= {path.stem for path in (folder / kind).glob("*.yaml")}
    return sorted(names)


def suggestion(word: object, known: list[str], *, noun: str) -> str:
    """Return a remedy that names the nearest known word, or all of them.

    Args:
        word: What was written.
        known: What exists.
        noun: What the words are, in plural ("robot profiles").
    """
    close = get_close_matches(str(word), known, n=1, cutoff=0.6)
    if close:
        others = f" Known {noun}: {_listed(known)}." if len(known) <= _FEW else ""
        return f"Did you mean {close[0]!r}?{others}"
    return f"Known {noun}: {_listed(known)}." if known else f"There are no {noun}."


def _listed(words: list[str]) -> str:
    return ", ".join(words) if len(words) <= _MANY else ", ".join(words[:_MANY]) + f" and {len(words) - _MANY} more"
