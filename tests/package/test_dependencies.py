"""Whatever is imported is asked for, of pip and of rosdep."""

import ast
import re
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    from pip._vendor import tomli as tomllib

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
MANIFEST = {element.text for element in ElementTree.parse(ROOT / "package.xml").iter() if element.text}

# Import -> (requirement of pip, key of rosdep). Keys are those of rosdistro, or packages of Jazzy, Kilted and
# Lyrical. None: there is no key, or no requirement, and the comment says why.
PACKAGES = {
    "PIL": ("pillow", "python3-pil"),
    "coal": ("coal", "coal"),
    "cv2": ("opencv-python-headless", "python3-opencv"),
    "matplotlib": ("matplotlib", "python3-matplotlib"),
    "mujoco": ("mujoco", "python3-mujoco-pip"),
    "numpy": ("numpy", "python3-numpy"),
    "onnx": ("onnx", None),  # for training only; rosdistro has no key
    "onnxruntime": ("onnxruntime", "python3-onnxruntime-pip"),
    "pinocchio": ("pin", "pinocchio"),
    "pocketsphinx": ("pocketsphinx", None),  # for spoken instructions only; rosdistro has no key
    "pydantic": ("pydantic", "python3-pydantic"),
    "pydantic_core": ("pydantic", "python3-pydantic"),
    "rich": ("rich", "python3-rich"),
    "rosbags": ("rosbags", "python3-rosbags-pip"),
    "ruckig": ("ruckig", None),  # rosdistro's ruckig is the C++ library, without Python
    "scipy": ("scipy", "python3-scipy"),
    "torch": ("torch", None),  # for training and two stitching methods only; gigabytes for whoever uses neither
    "transforms3d": ("transforms3d", "python3-transforms3d"),
    "typer": ("typer", "python3-typer"),
    "xacro": ("xacro", "xacro"),
    "yaml": ("pyyaml", "python3-yaml"),
}
# Parts of ROS that are imported only where a profile asks for them, with an error that names the apt package.
OPTIONAL_ROS = {"bond", "cv_bridge", "moveit", "moveit_configs_utils", "ur_dashboard_msgs"}
BROUGHT_BY_RCLPY = {"rcl_interfaces"}


def _imports() -> set[str]:
    """Return the packages that source and launch files import, without Python's own and ours."""
    found = set()
    for file in [*(ROOT / "src").rglob("*.py"), *(ROOT / "launch").glob("*.py")]:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
                found.add(node.module.split(".")[0])
    return found - set(sys.stdlib_module_names) - {"steadyhand"}


def _requirements() -> set[str]:
    lists = [PROJECT["dependencies"], *PROJECT["optional-dependencies"].values()]
    return {re.split(r"[<>=]", line)[0] for lines in lists for line in lines}


ROS = {name for name in _imports() if name not in PACKAGES} - OPTIONAL_ROS - BROUGHT_BY_RCLPY


@pytest.mark.parametrize("name", sorted(_imports() - ROS - OPTIONAL_ROS - BROUGHT_BY_RCLPY))
def test_a_python_package_that_is_imported_is_required_and_has_its_key(name: str) -> None:
    requirement, key = PACKAGES[name]
    assert requirement in _requirements()
    assert key is None or key in MANIFEST


def test_a_part_of_ros_that_is_imported_is_in_the_manifest() -> None:
    assert MANIFEST >= ROS


def test_nothing_is_listed_that_nobody_imports() -> None:
    assert set(PACKAGES) | OPTIONAL_ROS | BROUGHT_BY_RCLPY <= _imports()


def test_keys_that_rosdep_gets_with_pip_are_those_the_installation_skips() -> None:
    keys = {name for name in MANIFEST if name.startswith("python3-") and name.endswith("-pip")}
    assert set((ROOT / "docker" / "rosdep-skip-keys.txt").read_text().split()) == keys
    assert all(key in (ROOT / "docs" / "install.md").read_text() for key in keys)
