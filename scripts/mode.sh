#!/bin/sh
# Prints where ROS comes from: the name of the distribution that is sourced, or "wheels": mode.sh [FOLDER].
# Fails where the virtual environment in FOLDER was made for another one: their libraries do not mix.
set -eu
folder=${1:-.}
mode=wheels
# An environment with the ROS wheels names them to what its Python starts; that is not a distribution that is sourced.
if [ -n "${ROS_DISTRO:-}" ] && [ -n "${AMENT_PREFIX_PATH:-}" ]; then
    own=$(cd "$folder" 2>/dev/null && pwd -P) || own=
    [ "$(cd "$AMENT_PREFIX_PATH" 2>/dev/null && pwd -P)" = "$own" ] && [ -n "$own" ] || mode=$ROS_DISTRO
elif [ -n "${ROS_DISTRO:-}" ]; then
    echo "ROS_DISTRO is $ROS_DISTRO, but AMENT_PREFIX_PATH is not set: ROS $ROS_DISTRO is not sourced. Run:" \
        ". /opt/ros/$ROS_DISTRO/setup.sh, or, to take ROS from wheels: unset ROS_DISTRO" >&2
    exit 1
fi
made_for=$mode
[ ! -e "$folder/.mode" ] || made_for=$(cat "$folder/.mode")
if [ "$mode" = "$made_for" ]; then
    echo "$mode"
elif [ "$made_for" = wheels ]; then
    echo "$folder has ROS from wheels, and ROS $mode is sourced. Use a shell without it, or start anew: make clean setup" >&2
    exit 1
else
    echo "$folder was made for ROS $made_for, and that is not sourced. Run: . /opt/ros/$made_for/setup.sh" >&2
    exit 1
fi
