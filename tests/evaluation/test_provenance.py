"""Results say where they come from."""

import json
import platform
import subprocess

import numpy as np

from steadyhand.evaluation.provenance import commit, provenance


def git(folder, *arguments):
    identity = ["-c", "user.name=tester", "-c", "user.email=tester@example.org"]
    subprocess.run(["git", "-C", str(folder), *identity, *arguments], check=True, capture_output=True)


def test_machine_versions_and_commit_are_named_in_json():
    document = json.loads(json.dumps(provenance()))
    assert set(document) == {"machine", "versions", "commit"}
    assert document["machine"]["cores"] >= 1
    assert document["machine"]["processor"]
    assert document["versions"]["python"] == platform.python_version()
    assert document["versions"]["numpy"] == np.__version__


def test_a_folder_outside_of_any_checkout_has_no_commit(tmp_path):
    assert commit(tmp_path) is None


def test_changed_files_mark_the_commit(tmp_path):
    git(tmp_path, "init")
    (tmp_path / "a").write_text("1")
    git(tmp_path, "add", "a")
    git(tmp_path, "commit", "-m", "first")
    clean = commit(tmp_path)
    assert len(clean) == 40
    (tmp_path / "a").write_text("2")
    assert commit(tmp_path) == clean + "+"
