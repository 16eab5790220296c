"""Robot profiles that extend another one."""

import pytest

from steadyhand.profiles.inheritance import read_extended


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "base.yaml").write_text("name: base\nhome: [1.0, 2.0]\narm: {driver: a, latency: 0.1}\n")
    return tmp_path


def read(folder, text):
    (folder / "own.yaml").write_text(text)
    return read_extended(folder / "own.yaml", "robots")


def test_mappings_are_merged_and_anything_else_is_replaced(folder):
    document = read(folder, "extends: base\nname: own\nhome: [3.0]\narm: {driver: b}\n")
    assert not document.problems
    assert document.data == {"name": "own", "home": [3.0], "arm": {"driver": "b", "latency": 0.1}}


def test_a_problem_with_what_was_taken_over_points_at_extends(folder):
    document = read(folder, "name: own\nextends: base\n\narm: {driver: b}\n")
    assert document.problem(("home",), "is wrong", "Correct it.").line == 2
    assert document.problem(("arm", "latency"), "is wrong", "Correct it.").line == 4


def test_profiles_extend_one_another_but_not_in_a_circle(folder):
    (folder / "base.yaml").write_text("extends: own\nname: base\n")
    assert "comes back" in str(read(folder, "extends: base\nname: own\n").problems[0])
    (folder / "base.yaml").write_text("extends: root\nname: base\n")
    (folder / "root.yaml").write_text("name: root\nhome: [1.0]\n")
    assert read(folder, "extends: base\nname: own\n").data == {"name": "own", "home": [1.0]}


@pytest.mark.parametrize("name", ["bass", "", "[base]"])
def test_a_profile_that_is_not_there_is_named(folder, name):
    assert "no such robot profile" in str(read(folder, f"extends: {name or '~'}\nname: own\n").problems[0])
