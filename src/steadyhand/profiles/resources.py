"""Files that ship with the package: profiles, descriptions, weights."""

from __future__ import annotations

from pathlib import Path

from steadyhand.exceptions import SteadyhandError


class ResourceNotFoundError(SteadyhandError, FileNotFoundError):
    """A file that should ship with the package is in none of the places it is looked for."""

    def __init__(self, relative: str, places: tuple[Path, ...]) -> None:
        tried = ", ".join(str(place) for place in places)
        super().__init__(
            f"no file {relative!r} in the package. Looked for: {tried}. "
            "Check the spelling, or install the package again (make setup)."
        )


def resource(relative: str) -> Path:
    """Finds a file or folder that ships with the package.

    The package's own ``resources`` folder comes first (an installed package, and the network weights); then the root of
    the checkout that this source lies in, recognised by its package.xml.

    Args:
        relative: Path below the package's resources, such as ``config/robots/panda.yaml`` or ``urdf/panda.urdf.xacro``.

    Returns:
        The existing path.

    Raises:
        ResourceNotFoundError: It is in neither place.
    """
    package = Path(__file__).resolve().parent.parent
    places = [package / "resources" / relative]
    checkout = package.parent.parent
    if (checkout / "package.xml").is_file() or (checkout / "pyproject.toml").is_file():
        places.append(checkout / relative)
    for place in places:
        if place.exists():
            return place
    raise ResourceNotFoundError(relative, tuple(places))
