"""A profile's file as it was read: its content, the line of every key, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from steadyhand.profiles.exceptions import ProfileProblem

KeyPath = tuple[str | int, ...]


@dataclass
class Document:
    """One profile's file.

    Attributes:
        path: Where it is.
        data: Its content, empty where it could not be read.
        lines: Line of each key and list element, counted from 1.
        problems: What is wrong with the file itself.
        readable: True where the content could be read.
    """

    path: Path
    data: dict[str, Any] = field(default_factory=dict)
    lines: dict[KeyPath, int] = field(default_factory=dict)
    problems: list[ProfileProblem] = field(default_factory=list)
    readable: bool = False

    def line(self, key: KeyPath) -> int | None:
        """Return the line of a key, or of the nearest key around it, or of what the file extends."""
        for length in range(len(key), 0, -1):
            if key[:length] in self.lines:
                return self.lines[key[:length]]
        return self.lines.get(("extends",)) if key else None

    def value(self, key: KeyPath) -> Any:
        """Return the value under a key, None where there is none."""
        value: Any = self.data
        for part in key:
            try:
                value = value[part]
            except (KeyError, IndexError, TypeError):
                return None
        return value

    def problem(self, key: KeyPath, message: str, remedy: str, *, value: object = None) -> ProfileProblem:
        """Describe something that is wrong with a key of this file.

        Args:
            key: The key, empty for the whole file.
            message: What is wrong.
            remedy: What to do about it.
            value: The offending value; where None, it is read from the file.
        """
        shown = self.value(key) if value is None and key else value
        return ProfileProblem(
            file=str(self.path),
            key=key_text(key),
            message=message,
            remedy=remedy,
            value=value_text(shown),
            line=self.line(key),
        )


def key_text(key: KeyPath) -> str:
    """Write a key as in ``joints.elbow.velocity`` and ``state[1].kind``."""
    text = ""
    for part in key:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def value_text(value: object) -> str:
    """Write a value on one short line; nothing for None and for what holds many keys."""
    if value is None or isinstance(value, dict):
        return ""
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
