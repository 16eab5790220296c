"""`make setup` tells what it has found: no ROS, a ROS distribution, one that is not sourced, a wrong Python."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"


def _run(script: str, *arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {"PATH": environment.pop("PATH", os.environ["PATH"]), "HOME": os.environ.get("HOME", "/")}
    command = [str(SCRIPTS / script), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env={**kept, **environment})


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """Folder of an environment, with a space in its path."""
    folder = tmp_path / "with a space" / "venv"
    folder.mkdir(parents=True)
    return folder


def test_without_a_distribution_ros_comes_from_wheels(environment: Path) -> None:
    assert _run("mode.sh", environment).stdout == "wheels\n"


def test_the_distribution_that_is_sourced_is_the_mode(environment: Path) -> None:
    sourced = {"ROS_DISTRO": "jazzy", "AMENT_PREFIX_PATH": "/opt/ros/jazzy"}
    assert _run("mode.sh", environment, **sourced).stdout == "jazzy\n"


def test_a_distribution_that_is_named_but_not_sourced_is_pointed_out(environment: Path) -> None:
    done = _run("mode.sh", environment, ROS_DISTRO="jazzy")
    assert done.returncode == 1
    assert ". /opt/ros/jazzy/setup.sh" in done.stderr
    assert "unset ROS_DISTRO" in done.stderr


def test_what_an_environment_of_wheels_tells_its_programs_is_no_sourced_distribution(environment: Path) -> None:
    (environment / ".mode").write_text("wheels\n")
    told = {"ROS_DISTRO": "jazzy", "AMENT_PREFIX_PATH": str(environment)}
    assert _run("mode.sh", environment, **told).stdout == "wheels\n"


@pytest.mark.parametrize(
    ("made_for", "variables", "remedy"),
    [
        ("wheels", {"ROS_DISTRO": "jazzy", "AMENT_PREFIX_PATH": "/opt/ros/jazzy"}, "make clean setup"),
        ("kilted", {"ROS_DISTRO": "jazzy", "AMENT_PREFIX_PATH": "/opt/ros/jazzy"}, ". /opt/ros/kilted/setup.sh"),
        ("kilted", {}, ". /opt/ros/kilted/setup.sh"),
    ],
)
def test_an_environment_is_not_mixed_with_another_distribution(
    environment: Path, made_for: str, variables: dict[str, str], remedy: str
) -> None:
    (environment / ".mode").write_text(f"{made_for}\n")
    done = _run("mode.sh", environment, **variables)
    assert done.returncode == 1
    assert remedy in done.stderr


def test_a_distribution_without_wheels_is_refused(environment: Path) -> None:
    done = _run("environment.sh", environment, ROS="lyrical")
    assert done.returncode == 1
    assert "kilted and jazzy" in done.stderr


def test_wheels_are_not_asked_for_beside_a_sourced_distribution(environment: Path) -> None:
    sourced = {"ROS_DISTRO": "jazzy", "AMENT_PREFIX_PATH": "/opt/ros/jazzy"}
    done = _run("environment.sh", environment, ROS="kilted", **sourced)
    assert done.returncode == 1
    assert "ROS jazzy is sourced" in done.stderr


def test_a_folder_that_cannot_be_written_is_said_before_anything_is_made() -> None:
    as_somebody = ["setpriv", "--reuid", "65534", "--clear-groups"] if os.getuid() == 0 else []
    command = [*as_somebody, str(SCRIPTS / "environment.sh"), "/usr/no-venv"]
    done = subprocess.run(command, capture_output=True, text=True, env={"PATH": os.environ["PATH"]})
    assert done.returncode == 1
    assert done.stderr.startswith("/usr cannot be written by")
    assert "Clone steadyhand" in done.stderr


@pytest.mark.parametrize(
    ("prints", "said"),
    [("is Python 3.9.18", "is Python 3.9.18, not 3.10"), ("", "cannot be run as a Python")],
)
def test_a_python_that_will_not_do_is_told_by_what_it_is(tmp_path: Path, prints: str, said: str) -> None:
    python = tmp_path / "python"
    answer = f'case "$2" in *platform*) echo "{prints}"; exit;; esac; ' if prints else ""
    python.write_text(f"#!/bin/sh\n{answer}exit 1\n")
    python.chmod(0o755)
    done = _run("find_python.sh", PYTHON=str(python))
    assert done.returncode == 1
    assert said in done.stderr


def test_a_python_that_is_not_there_is_said_to_be_missing() -> None:
    assert "was not found" in _run("find_python.sh", PYTHON="python3.99").stderr


def test_a_python_in_a_path_with_a_space_is_one(tmp_path: Path) -> None:
    python = tmp_path / "my python3"
    python.write_text("#!/bin/sh\nexit 1\n")
    python.chmod(0o755)
    assert "cannot be run as a Python" in _run("find_python.sh", PYTHON=str(python)).stderr


def test_this_python_will_do() -> None:
    base = Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info[1]}"
    if not base.exists():
        pytest.skip("the base interpreter lies elsewhere")
    done = _run("find_python.sh", PYTHON=str(base))
    assert done.returncode != 0 or done.stdout == f"{base}\n"


def test_a_workspace_is_built_in_its_own_root_only(tmp_path: Path) -> None:
    done = subprocess.run([SCRIPTS / "workspace.sh"], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 1
    assert "root of the workspace" in done.stderr
