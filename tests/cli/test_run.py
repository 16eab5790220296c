"""``steadyhand run`` refuses what makes no sense before it starts anything."""

from __future__ import annotations

import sys

import pytest

from steadyhand.cli import main


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["panda_embedded", " "], "it is empty"),
        (["panda_embedded", "wave", "--speed", "0"], "steadyhand stop"),
        (["panda_embedded", "wave", "--speed", "nan"], "nan is not above 0"),
        (["panda_embedded", "wave", "--mode", "fast"], "'shadow'"),
        (["nowhere", "wave"], "no such deployment"),
    ],
)
def test_what_makes_no_sense_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    monkeypatch.setattr(sys, "argv", ["steadyhand", "run", *arguments])
    with pytest.raises(SystemExit) as ended:
        main.main()
    assert ended.value.code == 2
    assert said in " ".join(capsys.readouterr().err.replace("│", " ").split())
