"""YAML as a person means it, and an answer to what cannot be meant."""

from __future__ import annotations

import pytest

from steadyhand.profiles.reading import read_document


@pytest.fixture
def read(tmp_path):
    def read_text(text: str | bytes):
        path = tmp_path / "profile.yaml"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return read_document(path)

    return read_text


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("1e-6", 1e-6),
        ("-2.5E+3", -2500.0),
        ("12", 12),
        ("012", "012"),
        ("1:30", "1:30"),
        ("off", "off"),
        ("yes", "yes"),
        ("n", "n"),
        ("true", True),
        ("2024-01-02", "2024-01-02"),
        ("none", "none"),
        ("null", None),
        ("1_000", "1_000"),
    ],
)
def test_words_and_numbers_are_what_they_look_like(read, word, value):
    found = read(f"key: {word}").data["key"]
    assert found == value
    assert type(found) is type(value)


def test_every_key_and_element_has_its_line(read):
    document = read("a: 1\nb:\n  c:\n    - 1\n    - 2\n")
    assert document.line(("a",)) == 1
    assert document.line(("b", "c")) == 3
    assert document.line(("b", "c", 1)) == 5
    assert document.line(("b", "c", 1, "unknown")) == 5
    assert document.line(("z",)) is None


def test_a_key_given_twice_names_both_lines_and_keeps_the_first(read):
    document = read("a: 1\nb: {c: 1}\na: 2\n")
    (problem,) = document.problems
    assert (problem.key, problem.line, "line 1" in problem.message) == ("a", 3, True)
    assert document.data["a"] == 1


def test_a_mapping_taken_over_may_be_overridden(read):
    document = read("all: &all {upper: 1, lower: 0}\nelbow: {<<: *all, upper: 2}\n")
    assert document.problems == []
    assert document.data["elbow"] == {"upper": 2, "lower": 0}


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("a: [1, 2\nb: 3\n", "not valid YAML", 2),
        ("a: 1\n\tb: 2\n", "not valid YAML", 2),
        ("a: *nothing\n", "not valid YAML", 1),
        ("a: !!python/name:os.system\n", "not valid YAML", 1),
        ("a: &a [*a]\n", "not valid YAML", None),
        ("---\na: 1\n---\nb: 2\n", "not valid YAML", 3),
        ("- a\n", "must hold keys", None),
        ("", "must hold keys", None),
        (b"a: \xff\xfe\n", "not UTF-8", None),
    ],
)
def test_what_cannot_be_read_is_said_with_its_line(read, text, message, line):
    document = read(text)
    (problem,) = document.problems
    assert message in problem.message
    assert problem.line == line
    assert not document.readable


def test_a_missing_file_is_a_problem_and_no_exception(tmp_path):
    (problem,) = read_document(tmp_path / "nothing.yaml").problems
    assert "cannot be read" in problem.message
