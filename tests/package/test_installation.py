"""What is installed can be found and started."""

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

import steadyhand
from steadyhand.compiled import LIBRARY
from steadyhand.profiles.resources import resource

ROOT = Path(__file__).parents[2]
NODES = re.findall(r"set\(nodes ([\w ]+)\)", (ROOT / "cmake/Python.cmake").read_text())[0].split()


def _prefix() -> Path:
    index = pytest.importorskip("ament_index_python.packages")
    try:
        return Path(index.get_package_prefix("steadyhand"))
    except index.PackageNotFoundError:
        pytest.skip("the ROS package is not installed here")


@pytest.mark.parametrize("node", NODES)
def test_every_executable_is_a_node_of_ours(node: str) -> None:
    executable = _prefix() / "lib/steadyhand" / node
    assert os.access(executable, os.X_OK)
    assert f" -m steadyhand.nodes.{node} " in executable.read_text()
    assert find_spec(f"steadyhand.nodes.{node}") is not None


def test_the_compiled_part_is_installed_with_the_package() -> None:
    assert (_prefix() / "lib/steadyhand" / LIBRARY).is_file() or resource(LIBRARY).is_file()


@pytest.mark.parametrize("folder", ["config", "launch", "urdf"])
def test_shared_files_are_found_through_the_index(folder: str) -> None:
    installed = _prefix() / "share/steadyhand" / folder
    assert sorted(path.name for path in installed.iterdir() if path.suffix) == sorted(
        path.name for path in (ROOT / folder).iterdir() if path.suffix
    )


def test_an_executable_prefers_the_python_of_the_folder_it_lies_in(tmp_path: Path) -> None:
    template = (ROOT / "cmake/executable.in").read_text()
    executable = tmp_path / "lib/steadyhand/node"
    executable.parent.mkdir(parents=True)
    for key, value in {
        "module": "platform",
        "prefix_from_folder": "../..",
        "Python3_EXECUTABLE": sys.executable,
    }.items():
        template = template.replace(f"@{key}@", value)
    executable.write_text(template)
    executable.chmod(0o755)
    built_with = subprocess.run([executable], capture_output=True, text=True, check=True)
    assert built_with.stdout.startswith("Linux")

    own = tmp_path / "bin/python3"
    own.parent.mkdir()
    own.write_text('#!/bin/sh\necho "own $*"\n')
    own.chmod(0o755)
    found = subprocess.run([executable, "--ros-args"], capture_output=True, text=True, check=True)
    assert found.stdout == "own -m platform --ros-args\n"


def test_the_command_and_the_module_are_the_same(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "steadyhand", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout == f"steadyhand {steadyhand.__version__}\n"
    installed = _prefix() / "bin/steadyhand"
    assert subprocess.run([installed, "--version"], capture_output=True, text=True, check=True).stdout == done.stdout


def test_nothing_needs_to_be_exported_to_import_the_interfaces(tmp_path: Path) -> None:
    _prefix()
    kept = {key: os.environ[key] for key in ("PATH", "HOME", "ROS_DISTRO", "LD_LIBRARY_PATH") if key in os.environ}
    if (Path(sys.prefix) / ".mode").exists() and (Path(sys.prefix) / ".mode").read_text().strip() != "wheels":
        pytest.skip("a ROS distribution has to be sourced")
    kept.pop("LD_LIBRARY_PATH", None)
    code = "from steadyhand.msg import ActionChunk; from steadyhand.chunks import chunk; print(ActionChunk().dt)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, env=kept)
    assert done.stdout == "0.0\n", done.stderr
