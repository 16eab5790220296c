"""Build the interface packages of this source tree for the environment that runs this, where they have changed.

With the ROS wheels they are installed into that environment. Where a ROS distribution is sourced, colcon builds them
into install/. The packages in compat/ are built only where nobody else provides them; MoveIt's, which take as long as
all others together, only where they are asked for: interfaces.py [moveit].
"""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PREFIX = Path(sys.prefix)
COMPAT = ("composition_interfaces", "control_msgs", "controller_manager_msgs", "tf2_msgs")
MOVEIT = ("object_recognition_msgs", "octomap_msgs", "moveit_msgs")
COMPILED = tuple(str(path.relative_to(ROOT)) for path in sorted(ROOT.glob("src/steadyhand/*/*.c")))
AFTER = {"moveit_msgs": {"object_recognition_msgs", "octomap_msgs"}}
OPTIONS = ("-DBUILD_TESTING=OFF", "-DSTEADYHAND_EDITABLE=ON", f"-DPython3_EXECUTABLE={sys.executable}")


class BuildError(Exception):
    """A command failed; the message ends with what it printed last."""


def source_of(package: str) -> Path:
    """Return the folder of a package."""
    return ROOT if package == "steadyhand" else ROOT / "compat" / package


def provided(package: str) -> bool:
    """Tell whether a ROS distribution that is sourced, or a wheel, has a package."""
    prefixes = [Path(p) for p in os.environ.get("AMENT_PREFIX_PATH", "").split(":") if p]
    ours = (PREFIX, ROOT / "install")
    elsewhere = [p for p in prefixes if not any(p.is_relative_to(folder) for folder in ours)]
    if any((p / "share/ament_index/resource_index/packages" / package).exists() for p in elsewhere):
        return True
    try:
        distribution(f"ros-{package.replace('_', '-')}")  # so it is called in the wheels of every distribution
    except PackageNotFoundError:
        return False
    return True


def made_of_wheels() -> bool:
    """Tell whether the environment has ROS from wheels."""
    return (PREFIX / ".mode").read_text().strip() == "wheels"


def fingerprint(package: str) -> str:
    """Return a hash of every file that a package is built from, and of the names of those that are linked to."""
    folder = source_of(package)
    names = ("CMakeLists.txt", "package.xml", "msg", "srv", "action", "jazzy", *COMPILED)
    files = [ROOT / "cmake" / ("" if package == "steadyhand" else "Wheels.cmake"), *(folder / name for name in names)]
    digest = sha256(repr(sorted(path.name for path in folder.glob("launch/*.launch.py"))).encode())
    for file in sorted(f for name in files for f in ([name] if name.is_file() else name.rglob("*")) if f.is_file()):
        digest.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def run(package: str, *command: str | Path) -> None:
    """Run a command of a package's build, with its output in log/PACKAGE.log."""
    environment = {**os.environ, "PATH": f"{PREFIX / 'bin'}:{os.environ['PATH']}"}
    log = (PREFIX if made_of_wheels() else ROOT) / "log" / f"{package}.log"
    log.parent.mkdir(exist_ok=True)
    with log.open("a") as output:
        done = subprocess.run([*map(str, command)], cwd=ROOT, env=environment, stdout=output, stderr=output)
    if done.returncode:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-40:])
        raise BuildError(f"{tail}\n{package}: {command[0]} failed; all of its output is in {log}")


def build_into_environment(package: str) -> None:
    """Build a package with CMake and install it into the environment."""
    folder = PREFIX / "build" / package
    prefixes = (f"-DCMAKE_INSTALL_PREFIX={PREFIX}", f"-DCMAKE_PREFIX_PATH={PREFIX}")
    source = source_of(package)
    run(package, "cmake", "-S", source, "-B", folder, "-G", "Ninja", *prefixes, *OPTIONS, "-DSTEADYHAND_PYTHON_ONLY=ON")
    run(package, "cmake", "--build", folder, "--target", "install")


def build_all_into_environment(packages: list[str]) -> None:
    """Build packages at once, except those that refer to others of them, which wait."""
    waiting = [package for package in packages if AFTER.get(package, set()).intersection(packages)]
    with ThreadPoolExecutor() as pool:
        list(pool.map(build_into_environment, [package for package in packages if package not in waiting]))
        list(pool.map(build_into_environment, waiting))


def build_with_colcon(packages: list[str]) -> None:
    """Build packages with colcon into install/, against the ROS distribution that is sourced."""
    paths = [source_of(package) for package in packages]
    run("steadyhand", "colcon", "--log-base", "log", "build", "--paths", *paths, "--cmake-args", *OPTIONS)


def main() -> None:
    """Build what has changed."""
    compat = (*COMPAT, *MOVEIT) if "moveit" in sys.argv[1:] else COMPAT
    wanted = [package for package in compat if not provided(package)] + ["steadyhand"]
    stamps = {package: PREFIX / ".interfaces" / package for package in wanted}
    marks = {package: fingerprint(package) for package in wanted}
    changed = [p for p in wanted if not stamps[p].exists() or stamps[p].read_text() != marks[p]]
    if not changed:
        return
    sys.stdout.write(f"Building interfaces: {', '.join(changed)}\n")
    sys.stdout.flush()
    try:
        if made_of_wheels():
            build_all_into_environment(changed)
        else:
            build_with_colcon(changed)
    except BuildError as error:
        sys.exit(str(error))
    for package in changed:
        stamps[package].parent.mkdir(exist_ok=True)
        stamps[package].write_text(marks[package])


if __name__ == "__main__":
    main()
