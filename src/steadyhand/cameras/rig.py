"""A file of cameras: one entry for each, with the settings of its node.

Launch files read it with whatever Python ROS has, so that nothing but PyYAML is imported here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from steadyhand.cameras.settings import OPTIONS, Value
from steadyhand.profiles.document import Document
from steadyhand.profiles.exceptions import ProfileError, ProfileProblem
from steadyhand.profiles.reading import read_document
from steadyhand.profiles.search import find_profile, profile_names, suggestion

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*(/[A-Za-z][A-Za-z0-9_]*)*")


@dataclass(frozen=True)
class RigCamera:
    """One camera of a file.

    Attributes:
        name: Its name, which is the namespace of its topics.
        settings: Parameters of its node, each of the type that the node declares; relative paths are absolute.
    """

    name: str
    settings: dict[str, Value]


def load_rig(reference: str) -> tuple[RigCamera, ...]:
    """Read the cameras of a file.

    Args:
        reference: Name of a file in a ``cameras`` folder of the config folders, or a path.

    Raises:
        ProfileError: Everything that is wrong with it, with keys, lines and remedies.
    """
    path = find_profile("cameras", reference)
    if path is None:
        remedy = suggestion(reference, profile_names("cameras"), noun="files of cameras")
        raise ProfileError([ProfileProblem(reference, "", "no such file of cameras", remedy)])
    document = read_document(path)
    problems = list(document.problems)
    cameras = []
    if document.readable:
        unknown = [key for key in document.data if key != "cameras"]
        problems += [_unknown(document, (key,), ["cameras"]) for key in unknown]
        entries = document.data.get("cameras")
        if not isinstance(entries, dict) or not entries:
            remedy = "Write 'cameras:' and under it one 'NAME: {source: ...}' for each camera."
            problems.append(document.problem(("cameras",) if "cameras" in document.data else (), "no cameras", remedy))
        else:
            for name, entry in entries.items():
                cameras.append(RigCamera(name, _settings(document, name, entry, problems)))
    if problems:
        raise ProfileError(problems)
    return tuple(cameras)


def _settings(document: Document, name: str, entry: Any, problems: list[ProfileProblem]) -> dict[str, Value]:
    """Return the settings of one camera, and add what is wrong with them to the problems."""
    key = ("cameras", name)
    settings: dict[str, Value] = {"frame_id": f"{name.replace('/', '_')}_optical_frame"}
    if not _NAME.fullmatch(name):
        remedy = "It becomes a namespace: letters, digits and underscores, such as front_camera."
        problems.append(document.problem(key, "is no name of a camera", remedy, value=name))
    if not isinstance(entry, dict):
        problems.append(document.problem(key, "must hold keys and values", "Write NAME: {source: /dev/video0}."))
        return settings
    if "source" not in entry:
        remedy = "Add the device, file, folder or address: 'steadyhand cameras' lists devices."
        problems.append(document.problem(key, "has no 'source'", remedy))
    for option, value in entry.items():
        if option not in OPTIONS:
            problems.append(_unknown(document, (*key, option), list(OPTIONS)))
            continue
        wrong = OPTIONS[option].complaint(value)
        if wrong:
            problems.append(document.problem((*key, option), wrong, OPTIONS[option].description + "."))
            continue
        settings[option] = _located(document.path, option, type(OPTIONS[option].default)(value))
    return settings


def _located(file: Path, option: str, value: Value) -> Value:
    """Return a value; relative paths count from the folder of the file."""
    if option not in ("source", "calibration") or not value or "://" in str(value):
        return value
    return str(file.parent / Path(str(value)).expanduser())


def _unknown(document: Document, key: tuple[str, ...], known: list[str]) -> ProfileProblem:
    return document.problem(key, "unknown key", suggestion(key[-1], known, noun="keys here"))
