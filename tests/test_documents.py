"""Documents that list what the code knows list all of it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from steadyhand.execution.reasons import Reason, Recovery

_ROOT = Path(__file__).parents[1]
_SOURCE = _ROOT / "src" / "steadyhand"
_ROOMS = ("episodes", "observation", "nodes")
_RECOVERIES = {
    Recovery.FRESH_CHUNK: "fresh chunk",
    Recovery.CONFIRM: "confirm",
    Recovery.RESUME: "resume",
    Recovery.GOAL: "goal",
}


def test_the_safety_document_lists_every_reason_with_what_it_takes_to_move_again() -> None:
    rows = {code: cells[-1] for code, cells in _rows("safety.md").items()}
    assert rows == {str(reason): _RECOVERIES[reason.recovery] for reason in Reason}


def test_the_interfaces_document_lists_every_code_of_pilot_and_policy() -> None:
    said = {code for room in _ROOMS for file in (_SOURCE / room).glob("*.py") for code in _codes(file)}
    assert _rows("interfaces.md").keys() == said - {str(reason) for reason in Reason}


def _codes(file: Path) -> set[str]:
    """Return every string of a module that looks like a code, but for names of the environment."""
    strings = {node.value for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Constant)}
    codes = {
        text for text in strings if isinstance(text, str) and re.fullmatch(r"[A-Z]+(_[A-Z]+)+|BUSY|UNAVAILABLE", text)
    }
    return {code for code in codes if not code.startswith(("ROS_", "FASTDDS_", "FASTRTPS_"))}


def _rows(document: str) -> dict[str, list[str]]:
    """Return the cells of every table row of three columns whose first is a code."""
    rows = {}
    for line in (_ROOT / "docs" / document).read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 3 and re.fullmatch(r"`[A-Z]+(_[A-Z]+)*`", cells[0]):
            rows[cells[0].strip("`")] = cells[1:]
    return rows
