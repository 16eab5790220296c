"""What ``steadyhand check`` prints, and how it exits."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src"
ROBOT = SOURCE.parent / "config" / "robots" / "panda.yaml"
POLICY = SOURCE.parent / "config" / "policies" / "embedded.yaml"
DEPLOYMENT = SOURCE.parent / "config" / "deployments" / "panda_embedded.yaml"


def check(*arguments: str, columns: int = 80) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "COLUMNS": str(columns), "NO_COLOR": "1"}
    environment["PYTHONPATH"] = os.pathsep.join([str(SOURCE), environment.get("PYTHONPATH", "")])
    command = [sys.executable, "-c", "from steadyhand.cli.main import main; main()", "check", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment, check=False)


@pytest.fixture
def broken(tmp_path: Path) -> str:
    """Three problems in three files."""
    robot = ROBOT.read_text().replace("  lag: 0.5", "  lag: soon")
    policy = POLICY.read_text().replace("execute: 8", "execute: 20")
    deployment = DEPLOYMENT.read_text().replace("speed: 1.0", "speeed: 1.0")
    for folder, name, text in (
        ("robots", "panda", robot),
        ("policies", "embedded", policy),
        ("deployments", "mine", deployment),
    ):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / f"{name}.yaml").write_text(text)
    return str(tmp_path / "deployments" / "mine.yaml")


def test_a_deployment_that_fits_is_shown_on_80_columns():
    result = check("panda_embedded", "--no-policy-files")
    assert result.returncode == 0, result.stderr
    for words in ("panda_joint7", "/wrist_camera/image_raw", "yaw_sin", "delta to observation", "brake", "[s]"):
        assert words in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_a_model_that_gives_other_columns_than_its_profile_is_a_problem_of_the_profile(tmp_path: Path):
    rows = POLICY.read_text().splitlines()
    (tmp_path / "narrow.yaml").write_text(
        "\n".join(row for row in rows if "kind: gripper, gripper: hand, m" not in row)
    )
    deployment = DEPLOYMENT.read_text().replace("policy: embedded", "policy: narrow.yaml")
    (tmp_path / "deployment.yaml").write_text(deployment)
    result = check(str(tmp_path / "deployment.yaml"))
    assert result.returncode == 2
    assert "Traceback" not in result.stderr
    assert "narrow.yaml" in result.stderr
    assert "actions: float[1, 16, 5]" in " ".join(result.stderr.split())
    assert check(str(tmp_path / "deployment.yaml"), "--no-policy-files").returncode == 0


def test_what_is_wrong_is_listed_by_file_on_80_columns(broken):
    result = check(broken, "--no-policy-files")
    assert result.returncode == 2
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    assert "3 problems" in result.stderr
    for words in ("safety.lag = 'soon'", "stitching.execute = 20", "speeed = 1.0", "Did you mean 'speed'?"):
        assert words in result.stderr
    # Paths and values are not broken into lines; sentences are.
    assert all(len(line) <= 80 for line in result.stderr.splitlines() if line.startswith("    "))


def test_problems_can_be_read_by_machines(broken):
    result = check(broken, "--no-policy-files", "--json")
    assert result.returncode == 2
    answer = json.loads(result.stdout)
    assert answer["valid"] is False
    assert {problem["key"] for problem in answer["problems"]} == {"safety.lag", "stitching.execute", "speeed"}
    assert all(problem["remedy"] and problem["line"] for problem in answer["problems"])


def test_the_contract_can_be_read_by_machines():
    answer = json.loads(check("panda_embedded", "--no-policy-files", "--json").stdout)
    assert answer["valid"] is True
    assert len(answer["hash"]) == 64
    assert answer["dimension_names"] == ["x", "y", "z", "yaw", "hand"]
    assert {"machine", "versions", "commit"} <= set(answer)


def test_an_unknown_name_is_answered_with_those_that_exist():
    result = check("panda_embeded")
    assert result.returncode == 2
    assert "Did you mean 'panda_embedded'?" in result.stderr


def test_the_joints_of_the_policy_are_shown_with_those_they_are_bound_to(tmp_path):
    action = "  - {kind: joint_velocity, joints: [j1, panda_joint2]}"
    policy = POLICY.read_text()
    start, end = policy.index("action:\n"), policy.index("normalisation:")
    policy = f"{policy[:start]}action:\n{action}\n\n{policy[end:]}"
    bound = (
        "policy_joints: {j1: {joint: panda_joint1, sign: -1, scale: 3.0}}\nend_effector: {base: front_camera_link}\n"
    )
    for folder, name, text in (
        ("policies", "embedded", policy),
        ("deployments", "mine", DEPLOYMENT.read_text() + bound),
    ):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / f"{name}.yaml").write_text(text)
    result = check(str(tmp_path / "deployments" / "mine.yaml"), "--no-policy-files", columns=120)
    assert result.returncode == 0, result.stdout
    assert "panda_joint1 of the arm, x -3" in result.stdout
    assert "panda_joint2 of the arm" in result.stdout
    assert "base: front_camera_link" in result.stdout
