"""The files that profiles name: descriptions, weights, statistics."""

from __future__ import annotations

from pathlib import Path

from steadyhand.profiles.resources import ResourceNotFoundError, resource

PACKAGE_SCHEME = "package://"


def find_file(reference: str, beside: Path) -> Path | None:
    """Return the file that a profile names, None where there is none.

    Args:
        reference: ``package://PACKAGE/PATH``, found through the ament index; an absolute path; or a relative one,
            looked for beside the profile, beside its config folder, and among the files that ship with the package.
        beside: The profile's file.
    """
    return next((place for place in _places(reference, beside) if place.is_file()), None)


def places_text(reference: str, beside: Path) -> str:
    """Return where a file that a profile names was looked for, as a remedy."""
    if reference.startswith(PACKAGE_SCHEME) and not _places(reference, beside):
        package = reference.removeprefix(PACKAGE_SCHEME).partition("/")[0]
        return f"Package {package!r} is not installed: source its workspace, or give a path."
    return "Looked for: " + ", ".join(str(place) for place in _places(reference, beside)) + "."


def _places(reference: str, beside: Path) -> list[Path]:
    if reference.startswith(PACKAGE_SCHEME):
        package, _, inside = reference.removeprefix(PACKAGE_SCHEME).partition("/")
        return [share / inside for share in _share_folders(package)]
    path = Path(reference).expanduser()
    if path.is_absolute():
        return [path]
    folders = [beside.parent]
    if beside.parent.name in ("deployments", "robots", "policies"):
        folders += [beside.parent.parent, beside.parent.parent.parent]
    places = [folder / path for folder in folders]
    try:
        places.append(resource(reference))
    except ResourceNotFoundError:
        places.append(Path(__file__).resolve().parent.parent / "resources" / reference)
    return list(dict.fromkeys(places))


def _share_folders(package: str) -> list[Path]:
    try:
        from ament_index_python.packages import PackageNotFoundError, get_package_share_directory
    except ImportError:
        return []
    try:
        return [Path(get_package_share_directory(package))]
    except (PackageNotFoundError, ValueError):
        return []
