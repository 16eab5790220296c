#!/bin/bash
# Runs a command with ROS, the workspace and its virtual environment on the paths.
set -e
. "/opt/ros/$ROS_DISTRO/setup.bash"
. /workspace/install/setup.bash
PATH=/workspace/venv/bin:$PATH
export PATH
exec "$@"
