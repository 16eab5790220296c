#!/bin/sh
# Sees to the system's part: a C++ compiler for the interfaces, and OpenGL for the simulated cameras.
set -eu
here=$(dirname "$0")
python=$1

command -v c++ >/dev/null || "$here/apt.sh" "a C++ compiler" g++

loads() { "$python" -c 'import ctypes, sys; ctypes.CDLL(sys.argv[1])' "$1" 2>/dev/null; }

if ! loads libEGL.so.1 || ! { loads libOpenGL.so.0 || loads libGL.so.1; }; then
    "$here/apt.sh" "OpenGL without a display" libegl1 libopengl0 libgl1 ||
        echo "Going on without: the cameras of the simulator are drawn by a slower ray caster." >&2
fi
