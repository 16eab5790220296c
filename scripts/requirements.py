"""Print the requirements of pyproject.toml for pip: the dependencies, and the extras and groups that are named."""

import sys
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:  # every pip carries a parser for the Python versions that have none
    from pip._vendor import tomli as tomllib

PYPROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"


def requirements(pyproject: dict[str, Any], names: list[str]) -> list[str]:
    """Return the requirements of a parsed pyproject.toml.

    Args:
        pyproject: Tables of the file.
        names: Extras (``optional-dependencies``) and groups (``dependency-groups``).

    Raises:
        KeyError: If a name is neither an extra nor a group.
    """
    project = pyproject["project"]
    lists = {**project["optional-dependencies"], **pyproject["dependency-groups"]}
    return [*project["dependencies"], *(line for name in names for line in lists[name])]


if __name__ == "__main__":
    sys.stdout.write("\n".join(requirements(tomllib.loads(PYPROJECT.read_text()), sys.argv[1:])) + "\n")
