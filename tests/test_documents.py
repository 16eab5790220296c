"""Documents that list what the code knows list all of it."""

from __future__ import annotations

from pathlib import Path

from steadyhand.execution.reasons import Reason, Recovery

_ROOT = Path(__file__).parents[1]
_RECOVERIES = {Recovery.FRESH_CHUNK: "fresh chunk", Recovery.RESUME: "resume", Recovery.GOAL: "goal"}


def test_the_safety_document_lists_every_reason_with_what_it_takes_to_move_again() -> None:
    rows = {}
    for line in (_ROOT / "docs" / "safety.md").read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 3 and cells[0].startswith("`"):
            rows[cells[0].strip("`")] = cells[2]
    assert rows == {str(reason): _RECOVERIES[reason.recovery] for reason in Reason}
