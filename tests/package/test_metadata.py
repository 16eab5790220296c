"""What the package says of itself agrees in every place where it says it."""

import re
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

import steadyhand

if sys.version_info >= (3, 11):
    import tomllib
else:
    from pip._vendor import tomli as tomllib

ROOT = Path(__file__).parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
MANIFEST = ElementTree.parse(ROOT / "package.xml").getroot()
INTERFACES = sorted(path for kind in ("msg", "srv", "action") for path in (ROOT / kind).glob(f"*.{kind}"))


def _name(requirement: str) -> str:
    """Return the normalised project name of a requirement or a constraint."""
    return re.split(r"[^A-Za-z0-9._-]", requirement)[0].lower().replace("_", "-").replace(".", "-")


def test_the_version_is_the_same_everywhere() -> None:
    assert steadyhand.__version__ == PYPROJECT["project"]["version"] == MANIFEST.findtext("version")
    assert f"[{steadyhand.__version__}]" in (ROOT / "CHANGELOG.md").read_text()


def test_the_manifest_is_one_that_ros_tools_accept() -> None:
    catkin_pkg = pytest.importorskip("catkin_pkg.package")
    for manifest in [ROOT / "package.xml", *(ROOT / "compat").glob("*/package.xml")]:
        package = catkin_pkg.parse_package(str(manifest))
        package.validate()
        assert [group.name for group in package.member_of_groups] == ["rosidl_interface_packages"]


def test_the_manifest_declares_every_interface_package_that_is_imported() -> None:
    declared = {element.text for element in MANIFEST.iter() if element.tag in ("depend", "exec_depend")}
    imported = set()
    for path in (ROOT / "src" / "steadyhand").rglob("*.py"):
        imported |= set(re.findall(r"^\s*from (\w+(?:_msgs|_srvs|_interfaces))\.\w+ import", path.read_text(), re.M))
    # rclpy brings rcl_interfaces; who has a Universal Robots arm has its driver's messages.
    assert imported <= declared | {"rcl_interfaces", "ur_dashboard_msgs"}


def test_every_requirement_is_pinned() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pinned = {_name(line) for line in lines if line and not line.startswith("#")}
    extras = PYPROJECT["project"]["optional-dependencies"]
    groups = PYPROJECT["dependency-groups"]
    installed = [extras[name] for name in ("kinematics", "simulation", "bags", "ros")]
    installed += [PYPROJECT["project"]["dependencies"], groups["interfaces"], groups["check"]]
    assert {_name(requirement) for requirements in installed for requirement in requirements} <= pinned


@pytest.mark.parametrize("path", INTERFACES, ids=lambda path: path.stem)
def test_every_interface_is_documented(path: Path) -> None:
    assert f"`{path.stem}`" in (ROOT / "docs" / "interfaces.md").read_text()


@pytest.mark.parametrize("path", INTERFACES, ids=lambda path: path.stem)
def test_every_number_of_an_interface_has_its_meaning_beside_it(path: Path) -> None:
    lines = [line for line in path.read_text().splitlines() if re.match(r"(float|int|uint)\d+(\[\])? \w+ *(#|$)", line)]
    assert [line for line in lines if "#" not in line] == []
