"""Robot descriptions: URDF text, with xacro expanded."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from xml.etree import ElementTree
from xml.parsers.expat import ExpatError

from steadyhand.exceptions import SteadyhandError

_expanding = Lock()
"""xacro keeps arguments and macros in its module: two threads would read each other's."""


class DescriptionError(SteadyhandError):
    """A robot description cannot be read, expanded, or is not a URDF."""


def read_description(path: Path, arguments: Mapping[str, str] | None = None) -> str:
    """Reads a URDF.

    Args:
        path: A ``.urdf`` file, or a ``.xacro`` file, which is expanded.
        arguments: Arguments of the xacro by name; those that are not given have their defaults.

    Returns:
        The URDF's XML text.

    Raises:
        DescriptionError: The file cannot be read or expanded, is not XML, or has no joints under a ``robot`` root.
    """
    try:
        text = _expand(path, arguments or {}) if path.suffix == ".xacro" else path.read_text(encoding="utf-8")
    except OSError as error:
        raise DescriptionError(
            f"robot description {path}: {error.strerror or error}. Check the robot profile's 'description'."
        ) from error
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise DescriptionError(f"robot description {path}: not XML: {error}. Give a URDF or a xacro file.") from error
    if root.tag != "robot":
        raise DescriptionError(f"robot description {path}: root element <{root.tag}>, expected <robot>. Give a URDF.")
    if root.find("joint") is None:
        raise DescriptionError(
            f"robot description {path}: no <joint>. A file that uses xacro macros must be named *.xacro to be expanded."
        )
    return text


def _expand(path: Path, arguments: Mapping[str, str]) -> str:
    import xacro

    try:
        with _expanding:
            document = xacro.process_file(str(path), mappings=dict(arguments))
    except (xacro.XacroException, ExpatError) as error:
        given = " ".join([str(path), *(f"{name}:={value}" for name, value in arguments.items())])
        raise DescriptionError(
            f"robot description {path}: xacro cannot expand it: {error}. Try: xacro {given}"
        ) from error
    # xacro heads its output with the path of the source, which would make equal robots differ between machines.
    for node in [node for node in document.childNodes if node.nodeType == node.COMMENT_NODE]:
        document.removeChild(node)
    text: str = document.toxml()
    return text
