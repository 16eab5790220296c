#!/bin/sh
# Makes the virtual environment and installs the wheels: environment.sh FOLDER.
# Where a ROS distribution is sourced, the environment sees its packages, and keeps its NumPy: other packages of the
# distribution are compiled against that. Elsewhere every version is the one in constraints.txt, ROS included.
set -eu
cd "$(dirname "$0")/.."
venv=$1
mode=$(scripts/mode.sh "$venv")

if [ ! -e "$venv/.mode" ]; then
    python=$(scripts/find_python.sh)
    scripts/system.sh "$python"
    echo "Making $venv with $("$python" -V) ($python)"
    if [ "$mode" = wheels ]; then
        "$python" -m venv "$venv"
    else
        "$python" -m venv --system-site-packages "$venv"
    fi
    echo "$mode" > "$venv/.mode"
fi

constraints=constraints.txt
names="kinematics simulation bags check"
if [ "$mode" = wheels ]; then
    if [ "$(uname -sm)" != "Linux x86_64" ]; then
        echo "The ROS 2 wheels are for Linux on x86_64, not $(uname -sm). Source a ROS distribution first." >&2
        exit 1
    fi
    names="$names ros interfaces"
else
    constraints=$venv/.constraints.txt
    "$venv/bin/python" -c 'import numpy; print(f"numpy=={numpy.__version__}")' > "$constraints"
    command -v colcon >/dev/null || names="$names colcon"
fi
requirements=$venv/.requirements.txt
# shellcheck disable=SC2086  # several names
"$venv/bin/python" scripts/requirements.py $names > "$requirements"
echo "Installing wheels"
"$venv/bin/python" -m pip install -qq --disable-pip-version-check --prefer-binary --no-compile -c "$constraints" -r "$requirements"
"$venv/bin/python" scripts/editable.py
