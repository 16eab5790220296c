#!/bin/sh
# Prints the Python for .venv: $PYTHON, or the first of 3.10 to 3.14 that can make virtual environments and C extensions.
# What is missing from it is installed with apt where that is allowed, and named where not.
set -eu
here=$(dirname "$0")

version_of() { # 3.X of a suitable interpreter, fails for others
    "$1" -c 'import sys; v = sys.version_info; v[:2] in {(3, 10), (3, 11), (3, 12), (3, 13), (3, 14)} or sys.exit(1)
print(f"3.{v[1]}")' 2>/dev/null
}

missing_from() { # Debian's names of the parts that an interpreter lacks
    "$1" - "$2" <<'PYTHON'
import os, sys, sysconfig
from importlib.util import find_spec
version, missing = sys.argv[1], []
if not (find_spec("venv") and find_spec("ensurepip")):
    missing.append(f"python{version}-venv")
if not os.path.exists(os.path.join(sysconfig.get_paths()["include"], "Python.h")):
    missing.append(f"python{version}-dev")
print(*missing)
PYTHON
}

# One that is named may have spaces in its path.
if [ -n "${PYTHON:-}" ]; then set -- "$PYTHON"; else set -- python3 python3.12 python3.11 python3.13 python3.10 python3.14; fi
incomplete=
for candidate in "$@"; do
    version=$(version_of "$candidate") || continue
    if [ -z "$(missing_from "$candidate" "$version")" ]; then
        command -v "$candidate"
        exit
    fi
    incomplete=${incomplete:-$candidate}
done

if [ -n "${PYTHON:-}" ] && [ -z "$incomplete" ]; then
    if ! command -v "$PYTHON" >/dev/null; then
        said="was not found"
    elif said=$("$PYTHON" -c 'import platform; print("is Python " + platform.python_version())' 2>/dev/null); then
        said="$said, not 3.10 to 3.14"
    else
        said="cannot be run as a Python"
    fi
    echo "PYTHON=$PYTHON $said. Name another, or none: make setup PYTHON=python3.12" >&2
    exit 1
fi
if [ -z "$incomplete" ]; then
    "$here/apt.sh" "Python 3.10 to 3.14" python3 python3-venv python3-dev >&2
    incomplete=python3
fi
version=$(version_of "$incomplete") || {
    echo "This system's python3 is $(python3 -V 2>&1), and 3.10 to 3.14 are what steadyhand's wheels are for. Install one, and name it: make setup PYTHON=/path/to/python3.12" >&2
    exit 1
}
packages=$(missing_from "$incomplete" "$version")
# shellcheck disable=SC2086  # several packages
[ -z "$packages" ] || "$here/apt.sh" "virtual environments and headers of $incomplete" $packages >&2
command -v "$incomplete"
