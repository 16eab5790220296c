#!/bin/sh
# In a colcon workspace, with a ROS distribution sourced: makes its virtual environment (venv/) and builds steadyhand for
# that environment's Python: workspace.sh [venv|build], both where neither is named.
set -eu
scripts=$(cd "$(dirname "$0")" && pwd)
workspace=$(pwd)
python=$workspace/venv/bin/python3
case $scripts in
    "$workspace"/src/*) ;;
    *)
        echo "Run this in the root of the workspace that has steadyhand below src/; $workspace has not." >&2
        exit 1
        ;;
esac
if [ "$("$scripts/mode.sh" "$workspace/venv")" = wheels ]; then
    echo "No ROS distribution is sourced. Run: . /opt/ros/jazzy/setup.sh (or that of yours). Without ROS: make setup" >&2
    exit 1
fi
if [ "${1:-venv}" = venv ]; then
    FOR=robot "$scripts/environment.sh" "$workspace/venv"
    touch "$workspace/venv/COLCON_IGNORE"
fi
if [ "${1:-build}" = build ]; then
    colcon build --packages-up-to steadyhand --cmake-args "-DPython3_EXECUTABLE=$python" -DBUILD_TESTING=OFF
fi
