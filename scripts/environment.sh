#!/bin/sh
# Makes the virtual environment and installs the wheels: [PYTHON=...] [ROS=jazzy] [NUMPY=1.26] environment.sh FOLDER.
# Where a ROS distribution is sourced, the environment sees its packages, and keeps its NumPy: other packages of the
# distribution are compiled against that. FOR=robot leaves out what only developers need. Elsewhere every version is the one in constraints.txt, ROS included; of
# another distribution (ROS) or NumPy than those there, it is the newest that fits. INSTALLER=uv takes uv in pip's place.
set -eu
cd "$(dirname "$0")/.."
venv=$1
mode=$(scripts/mode.sh "$venv")
ros=${ROS:-kilted}
written=$venv
[ -e "$venv" ] || written=$(dirname "$venv")
if [ ! -w "$written" ]; then
    echo "$(cd "$written" && pwd) cannot be written by $(id -un). Clone steadyhand, as yourself and without sudo, to where" \
        "you may write." >&2
    exit 1
fi

if [ "$mode" = wheels ]; then
    case $ros in
        kilted | jazzy) ;;
        *)
            echo "ROS=$ros has no wheels; kilted and jazzy have. For others source the distribution, and leave ROS out." >&2
            exit 1
            ;;
    esac
    if [ "$(uname -sm)" != "Linux x86_64" ]; then
        echo "The ROS 2 wheels are for Linux on x86_64, not $(uname -sm). Source a ROS distribution first." >&2
        exit 1
    fi
elif [ -n "${ROS:-}" ] && [ "$ROS" != "$mode" ]; then
    echo "ROS=$ROS was asked for, and ROS $mode is sourced, which is what counts. Leave ROS out." >&2
    exit 1
fi

if [ ! -e "$venv/.mode" ]; then
    python=$(scripts/find_python.sh)
    scripts/system.sh "$python"
    echo "Making $venv with $("$python" -V) ($python)"
    shared=--system-site-packages
    [ "$mode" != wheels ] || shared=
    # shellcheck disable=SC2086  # nothing, where there is nothing to share
    if [ "${INSTALLER:-pip}" = uv ]; then
        uv venv -q --clear --seed $shared --python "$python" "$venv"
    else
        "$python" -m venv $shared "$venv"
    fi
    [ "$mode" != wheels ] || echo "$ros" > "$venv/.wheels"
    echo "$mode" > "$venv/.mode"
fi

constraints=constraints.txt
names="kinematics simulation bags"
[ "${FOR:-}" = robot ] || names="$names check"
if [ "$mode" = wheels ]; then
    made_for=kilted
    [ ! -e "$venv/.wheels" ] || made_for=$(cat "$venv/.wheels")
    if [ "${ROS:-$made_for}" != "$made_for" ]; then
        echo "$venv has the wheels of ROS $made_for, and ROS=$ROS was asked for. Start anew: make clean setup ROS=$ROS" >&2
        exit 1
    fi
    ros=$made_for
    if [ "$ros" = kilted ]; then names="$names ros interfaces"; else names="$names ros-$ros interfaces-$ros"; fi
    if [ "$ros" != kilted ] || [ -n "${NUMPY:-}" ]; then
        constraints=$venv/.constraints.txt
        dropped=
        [ -z "${NUMPY:-}" ] || dropped='numpy==|opencv-python-headless==|pin==|coal==|cmeel|eigenpy==|lib(coal|pinocchio)=='
        [ "$ros" = kilted ] || dropped="${dropped:+$dropped|}ros-"
        grep -vE "^($dropped)" constraints.txt > "$constraints"
        [ -z "${NUMPY:-}" ] || echo "numpy==$NUMPY.*" >> "$constraints"
    fi
    numpy=${NUMPY:-2}
else
    constraints=$venv/.constraints.txt
    numpy=$("$venv/bin/python" -c 'import numpy; print(numpy.__version__)') || {
        echo "ROS $mode's own NumPy cannot be imported by $("$venv/bin/python" -V): is this the distribution's Python?" \
            "Leave PYTHON out, and: sudo apt-get install python3-numpy" >&2
        exit 1
    }
    echo "numpy==$numpy" > "$constraints"
    command -v colcon >/dev/null || names="$names colcon"
fi
# Pinocchio 3 and Coal on PyPI are for NumPy 2. A distribution's are for its own NumPy, and come before them.
without=
if [ "$mode" != wheels ] && "$venv/bin/python" -c 'import coal, pinocchio, sys
sys.exit(pinocchio.__file__.startswith(sys.prefix))' 2>/dev/null; then
    without="pin coal"
elif [ "${numpy%%.*}" = 1 ]; then
    without="pin coal"
    echo "Going on without Pinocchio and Coal, which PyPI has for NumPy 2 only: policies and motion need them." \
        "$([ "$mode" = wheels ] || echo "Get them with: sudo apt-get install ros-$mode-pinocchio ros-$mode-coal")" >&2
fi
requirements=$venv/.requirements.txt
# shellcheck disable=SC2086  # several names
"$venv/bin/python" scripts/requirements.py $names > "$requirements"
for name in $without; do
    grep -v "^$name\(>\|$\)" "$requirements" > "$requirements.rest"
    mv "$requirements.rest" "$requirements"
done
install() {
    if [ "${INSTALLER:-pip}" = uv ]; then
        uv pip install -q --python "$venv/bin/python" "$@"
    else
        "$venv/bin/python" -m pip install -q --root-user-action=ignore --disable-pip-version-check --prefer-binary --no-compile "$@"
    fi
}

echo "Installing wheels"
install -c "$constraints" -r "$requirements" || {
    echo "Could not install what $requirements names; the reason is above. Where that is the network: set one up" \
        "(a proxy in HTTPS_PROXY, an index in PIP_INDEX_URL), and run this again." >&2
    exit 1
}
if [ "${FOR:-}" = robot ]; then
    : # colcon installs the package
elif [ "$mode" = wheels ]; then
    "$venv/bin/python" scripts/editable.py "$ros"
else
    "$venv/bin/python" scripts/editable.py
fi
