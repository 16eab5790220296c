"""Profiles by name and by path."""

from __future__ import annotations

import os

import pytest

from steadyhand.profiles.contract import load_deployment
from steadyhand.profiles.exceptions import ProfileError
from steadyhand.profiles.search import find_profile, profile_names, suggestion


def test_the_packages_profiles_are_found_by_name():
    assert find_profile("robots", "panda").name == "panda.yaml"
    assert "panda_embedded" in profile_names("deployments")
    assert find_profile("robots", "no_such_robot") is None


def test_folders_of_the_environment_come_first(bench, monkeypatch):
    monkeypatch.setenv("STEADYHAND_CONFIG_PATH", os.pathsep.join(["/nowhere", str(bench.folder)]))
    assert load_deployment("reach_on_lift_arm").files[1] == bench.path("robot")
    (bench.folder / "robots" / "panda.yaml").write_text("name: mine\n")
    assert find_profile("robots", "panda") == bench.folder / "robots" / "panda.yaml"
    assert "reach_on_lift_arm" in profile_names("deployments")


def test_a_deployment_may_name_profiles_relative_to_itself(bench, tmp_path_factory):
    folder = tmp_path_factory.mktemp("project")
    text = bench.path("deployment").read_text()
    text = text.replace("robot: lift_arm", f"robot: {os.path.relpath(bench.path('robot'), folder)}")
    (folder / "mine.yaml").write_text(text.replace("policy: reach\n", "policy: reach_here\n"))
    (folder / "reach_here.yaml").write_text(bench.path("policy").read_text())
    (folder / "reach.onnx").write_bytes(b"weights")
    contract = load_deployment(str(folder / "mine.yaml"), policy_files=True)
    assert contract.files == (folder / "mine.yaml", bench.path("robot"), folder / "reach_here.yaml")
    assert contract.policy.arguments["model"] == str(folder / "reach.onnx")


def test_a_deployment_of_ones_own_may_use_the_packages_profiles(tmp_path):
    source = find_profile("deployments", "panda_embedded").read_text()
    (tmp_path / "mine.yaml").write_text(source.replace("mode: run", "mode: shadow"))
    contract = load_deployment(str(tmp_path / "mine.yaml"))
    assert contract.deployment.mode == "shadow"
    assert contract.files[1] == find_profile("robots", "panda")


def test_a_path_is_taken_from_the_working_directory(bench, monkeypatch):
    monkeypatch.chdir(bench.folder)
    assert load_deployment("deployments/reach_on_lift_arm.yaml").deployment.name == "reach_on_lift_arm"


def test_a_path_of_a_profile_that_is_not_there_is_named(bench):
    bench.replace("deployment", "robot: lift_arm", "robot: ./lift.yaml")
    with pytest.raises(ProfileError, match=r"no such robot profile \['\./lift.yaml'\]"):
        bench.load()


def test_a_suggestion_names_the_nearest_word_or_what_exists():
    assert suggestion("pandaa", ["panda", "ur5e"], noun="robots") == "Did you mean 'panda'? Known robots: panda, ur5e."
    assert suggestion("x", ["panda"], noun="robots") == "Known robots: panda."
    assert suggestion("x", [], noun="robots") == "There are no robots."
    many = suggestion("x", [f"joint{i}" for i in range(40)], noun="joints")
    assert many.endswith("and 24 more.")
