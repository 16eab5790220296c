"""The document lists every finding, as bad as it is, and every finding can be made."""

from __future__ import annotations

import re
from pathlib import Path

from steadyhand.doctor.codes import Code

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| `([A-Z_]+)` \| (error|warning|note) \| (.+?) \| (.+?) \|$")


def test_the_document_lists_every_code_with_severity_meaning_and_remedy():
    rows = [ROW.match(line) for line in (ROOT / "docs" / "doctor.md").read_text().splitlines()]
    listed = [(row[1], row[2]) for row in rows if row is not None]
    assert sorted(listed) == sorted((str(code), code.severity.value) for code in Code)


def test_every_code_is_given_by_one_judgement():
    sources = [file.read_text() for file in (ROOT / "src/steadyhand/doctor/judgements").glob("*.py")]
    for code in Code:
        givers = sum(re.search(rf"\bCode\.{code.name}\b", text) is not None for text in sources)
        assert givers == 1, code
