#!/bin/sh
# Runs tests on several Pythons, ROS distributions and NumPys, and prints what came out:
#   [TESTS="tests/chunks ..."] matrix.sh [PYTHON:ROS:NUMPY...], for example matrix.sh 3.12:jazzy:2.2 3.10:kilted:
# PYTHON is a version or a path, ROS kilted or jazzy, NUMPY what its version begins with, or nothing for whatever is
# installed otherwise. Each has an environment and a log of its own in out/matrix/, and is made once.
set -eu
cd "$(dirname "$0")/.."
export OMP_NUM_THREADS=1
# With NumPy 1.26 PyPI has neither Pinocchio 3 nor Coal: what needs them is tested on a distribution, or not at all.
[ $# -gt 0 ] || set -- 3.12:jazzy:2.2 3.10:kilted: 3.11:jazzy:2.2 3.12:kilted: 3.13:kilted:
tests=${TESTS:-tests/package tests/profiles tests/observation tests/chunks tests/policies tests/execution
    tests/integration/test_embedded.py tests/integration/test_launch.py}
folder=out/matrix
mkdir -p "$folder"
table=$folder/table.md
printf '| Python | ROS | NumPy | OpenCV | result |\n|---|---|---|---|---|\n' > "$table"

find_python() { # a version's interpreter: on the path, or of pyenv
    for candidate in "$1" "python$1" "${PYENV_ROOT:-$HOME/.pyenv}/versions/$1".*/bin/python3; do
        "$candidate" -c '' 2>/dev/null && command -v "$candidate" && return
    done
    return 1
}

version_of() { "$VENV/bin/python" -c 'import sys; from importlib.metadata import version; print(version(sys.argv[1]))' "$1" 2>/dev/null || echo -; }

status=0
for row in "$@"; do
    python=${row%%:*} rest=${row#*:}
    ros=${rest%%:*} numpy=${rest#*:}
    VENV=$PWD/$folder/python${python##*/python}-$ros-numpy${numpy:-any}
    log=$VENV.log
    export VENV
    echo "== Python $python, ROS $ros, NumPy ${numpy:-any}: $log"
    : > "$log"
    if found=$(find_python "$python"); then
        if PYTHON=$found ROS=$ros NUMPY=$numpy scripts/environment.sh "$VENV" >> "$log" 2>&1 &&
            "$VENV/bin/python" scripts/interfaces.py >> "$log" 2>&1; then
            # shellcheck disable=SC2086  # several folders
            scripts/run.sh python -m pytest -q -p no:cacheprovider --continue-on-collection-errors $tests >> "$log" 2>&1 || status=1
            result=$(tail -n 1 "$log" | tr -d '=' | sed 's/^ *//; s/ *$//')
        else
            result="not built: $(tail -n 1 "$log" | cut -c 1-120)" status=1
        fi
    else
        result="no such Python here" status=1
    fi
    printf '| %s | %s | %s | %s | %s |\n' "$python" "$ros" "$(version_of numpy)" "$(version_of opencv-python-headless)" "$result" >> "$table"
done
cat "$table"
exit "$status"
