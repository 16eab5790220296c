from __future__ import annotations

from pathlib import Path

import pytest

from steadyhand.episodes.agenda import Item, read_agenda, summary
from steadyhand.episodes.exceptions import AgendaError

WANTED = [Item("pick up the red cube", 10), Item("pick up 2 x 4 lumber", 1)]


def written(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text)
    return folder / name


def test_lines_say_how_often_and_comments_are_passed_over(tmp_path: Path) -> None:
    path = written(tmp_path, "run.txt", "# today\n10x pick up the red cube\n\n  pick up 2 x 4 lumber\n")
    assert read_agenda(path) == WANTED


def test_yaml_says_the_same(tmp_path: Path) -> None:
    text = "- {instruction: pick up the red cube, count: 10}\n- pick up 2 x 4 lumber\n"
    assert read_agenda(written(tmp_path, "run.yaml", text)) == WANTED


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a.txt", "# nothing\n", "no instructions"),
        ("a.txt", "0x wave\n", "count is 0"),
        ("a.yaml", "instruction: wave\n", "no instructions"),
        ("a.yaml", "- {instruction: wave, count: often}\n", "count is 'often'"),
        ("a.yaml", "- {instruction: wave, speed: 1}\n", "instruction 1"),
        ("a.yaml", "- [", "cannot read"),
        ("a.yaml", "- ' '\n", "instruction 1"),
    ],
)
def test_a_file_that_is_wrong_says_where(tmp_path: Path, name: str, text: str, says: str) -> None:
    with pytest.raises(AgendaError, match=says):
        read_agenda(written(tmp_path, name, text))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(AgendaError, match=r"absent\.txt"):
        read_agenda(tmp_path / "absent.txt")


def test_the_summary_counts_in_all_and_for_each_instruction() -> None:
    pairs = [("a", "succeeded"), ("a", "failed"), ("b", "succeeded")]
    found = summary([{"instruction": said, "outcome": outcome} for said, outcome in pairs])
    assert found["outcomes"] == {"succeeded": 2, "failed": 1}
    assert found["instructions"] == {"a": {"succeeded": 1, "failed": 1}, "b": {"succeeded": 1}}
