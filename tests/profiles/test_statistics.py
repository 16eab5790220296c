"""Statistics from the files that training leaves behind."""

from __future__ import annotations

import json

import pytest

STATISTICS = {"mean": [0.1, 0.2, 0.3, 0.4], "std": [1.0, 1.0, 1.0, 2.0], "count": [1000]}


@pytest.fixture
def scaled(bench):
    """A policy whose statistics are in a file."""
    bench.replace("policy", "normalisation: none", "normalisation: {method: mean_std, file: norm.json}")

    def write(content: object) -> None:
        (bench.folder / "policies" / "norm.json").write_text(json.dumps(content))

    return bench, write


@pytest.mark.parametrize(
    "layout",
    [
        {"state": STATISTICS, "action": STATISTICS},
        {"norm_stats": {"state": STATISTICS, "actions": STATISTICS}},
        {"observation.state": STATISTICS, "action": STATISTICS, "observation.images.top": {"mean": [[[0.5]]]}},
    ],
)
def test_the_usual_layouts_are_read(scaled, layout):
    bench, write = scaled
    write(layout)
    normalisation = bench.load().policy.normalisation
    assert normalisation.action.mean == (0.1, 0.2, 0.3, 0.4)
    assert normalisation.state.std == (1.0, 1.0, 1.0, 2.0)


def test_the_profiles_own_statistics_come_first(scaled):
    bench, write = scaled
    write({"state": STATISTICS, "action": STATISTICS})
    bench.replace("policy", "file: norm.json", "file: norm.json, action: {mean: [9, 9, 9, 9], std: [1, 1, 1, 1]}")
    assert bench.load().policy.normalisation.action.mean == (9.0, 9.0, 9.0, 9.0)


def test_the_values_are_part_of_the_hash_and_the_files_name_is_not(scaled):
    bench, write = scaled
    write({"state": STATISTICS, "action": STATISTICS})
    first = bench.load().hash
    (bench.folder / "policies" / "norm.json").rename(bench.folder / "policies" / "other.json")
    bench.replace("policy", "norm.json", "other.json")
    assert bench.load().hash == first
    bench.replace("policy", "other.json", "norm.json")
    write({"state": STATISTICS, "action": {**STATISTICS, "mean": [0.1, 0.2, 0.3, 0.5]}})
    assert bench.load().hash != first


def test_a_wrong_value_is_named_in_the_statistics_file(scaled):
    bench, write = scaled
    write({"state": STATISTICS, "action": {**STATISTICS, "std": [1.0, "wide", 1.0, 1.0]}})
    problems = bench.problems()
    assert any(problem.file.endswith("norm.json") and problem.key == "action.std[1]" for problem in problems)


def test_a_vector_that_the_file_lacks_is_named(scaled):
    bench, write = scaled
    write({"state": STATISTICS})
    assert {problem.key for problem in bench.problems()} == {"normalisation.action.mean", "normalisation.action.std"}


def test_a_list_for_norm_stats_is_a_problem_and_no_exception(scaled):
    bench, write = scaled
    write({"norm_stats": [1, 2]})
    assert any(problem.file.endswith("norm.json") for problem in bench.problems())


def test_an_element_without_spread_may_be_left_unscaled(scaled):
    bench, write = scaled
    still = {"mean": [0.0] * 4, "std": [1.0, 1.0, 1.0, 0.0]}
    write({"state": STATISTICS, "action": still})
    assert [problem.key for problem in bench.problems()] == ["normalisation.action.std[3]"]
    write({"state": STATISTICS, "action": {**still, "mask": [True, True, True, False]}})
    assert bench.load().policy.normalisation.action.mask == (True, True, True, False)


def test_padding_at_the_end_needs_no_statistics(scaled):
    bench, write = scaled
    bench.replace("policy", "open: -1.0}\n", "open: -1.0}\n  - {kind: padding, size: 28}\n")
    write({"state": STATISTICS, "action": STATISTICS})
    assert len(bench.load().policy.dimension_names) == 32
    write({"state": STATISTICS, "action": {"mean": [0.0] * 32, "std": [1.0] * 4 + [0.0] * 28}})
    assert bench.load().policy.normalisation.action.std[4:] == (0.0,) * 28
    write({"state": STATISTICS, "action": {"mean": [0.0] * 3, "std": [1.0] * 3}})
    assert {problem.key for problem in bench.problems()} == {"normalisation.action.mean", "normalisation.action.std"}
