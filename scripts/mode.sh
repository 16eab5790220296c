#!/bin/sh
# Prints where ROS comes from: the name of the distribution that is sourced, or "wheels": mode.sh [FOLDER].
# Fails where the virtual environment in FOLDER was made for another one: their libraries do not mix.
set -eu
mode=wheels
if [ -n "${ROS_DISTRO:-}" ] && [ -n "${AMENT_PREFIX_PATH:-}" ]; then
    mode=$ROS_DISTRO
fi
made_for=$mode
[ ! -e "${1:-.}/.mode" ] || made_for=$(cat "$1/.mode")
if [ "$mode" = "$made_for" ]; then
    echo "$mode"
elif [ "$made_for" = wheels ]; then
    echo "$1 has ROS from wheels, and ROS $mode is sourced. Use a shell without it, or start anew: make clean setup" >&2
    exit 1
else
    echo "$1 was made for ROS $made_for, and that is not sourced. Run: . /opt/ros/$made_for/setup.sh" >&2
    exit 1
fi
