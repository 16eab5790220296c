"""The agenda: instructions from a file with how often each is to be carried out, and a summary of what came of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from steadyhand.episodes.exceptions import AgendaError

_LINE = re.compile(r"(?:(\d+)\s*[x×]\s+)?(.+)")
_MOST = 10_000


@dataclass(frozen=True)
class Item:
    """An instruction, and how often it is to be carried out."""

    instruction: str
    count: int


def read_agenda(path: Path) -> list[Item]:
    """Return the items of a file: lines such as ``10x pick up the red cube``, or YAML.

    A file that ends in .yaml or .yml is a list of instructions, or of ``{instruction: ..., count: 10}``. In other files
    blank lines and those that begin with # are passed over.

    Raises:
        AgendaError: It cannot be read, has no instruction, or an item or a count is none.
    """
    try:
        text = path.read_text()
        entries: Any = yaml.safe_load(text) if path.suffix in (".yaml", ".yml") else _lines(text)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise AgendaError(f"cannot read the instructions of {path}: {error}") from error
    if not isinstance(entries, list) or not entries:
        raise AgendaError(f"{path} has no instructions: write lines such as '10x pick up the red cube', or a YAML list")
    return [_item(entry, f"{path}, instruction {number}") for number, entry in enumerate(entries, 1)]


def _lines(text: str) -> list[dict[str, Any]]:
    found = []
    for line in text.splitlines():
        match = _LINE.fullmatch(line.strip())
        if match is not None and not line.strip().startswith("#"):
            found.append({"instruction": match[2], "count": int(match[1] or 1)})
    return found


def _item(entry: Any, where: str) -> Item:
    keys = {"instruction": entry} if isinstance(entry, str) else entry
    if not isinstance(keys, dict) or not {"instruction"} <= keys.keys() <= {"instruction", "count"}:
        raise AgendaError(f"{where} is {entry!r}; give a text, or instruction and count")
    instruction, count = keys["instruction"], keys.get("count", 1)
    if not isinstance(instruction, str) or not instruction.strip():
        raise AgendaError(f"{where}: the instruction is {instruction!r}; say what to do")
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= _MOST:
        raise AgendaError(f"{where}: count is {count!r}; give a whole number from 1 to {_MOST}")
    return Item(instruction.strip(), count)


def summary(episodes: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return what came of episodes, each with ``instruction`` and ``outcome``: in all, and for each instruction."""
    instructions = list(dict.fromkeys(str(episode["instruction"]) for episode in episodes))
    return {
        "episodes": len(episodes),
        "outcomes": dict(Counter(str(episode["outcome"]) for episode in episodes)),
        "instructions": {
            said: dict(Counter(str(e["outcome"]) for e in episodes if e["instruction"] == said))
            for said in instructions
        },
        "each": list(episodes),
    }
