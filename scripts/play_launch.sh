#!/bin/sh
# Runs a launch file without a ROS distribution: play_launch.sh launch steadyhand simulation.launch.py ARG:=VALUE...
# The runner wants the library of Python 3.10; that of the environment's own Python serves it, by that name.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
venv=$(cd "${VENV:-$here/.venv}" && pwd)
links=$venv/lib/play_launch
library=$("$venv/bin/python" - <<'PYTHON'
import ctypes.util, os, sys, sysconfig
name = sysconfig.get_config_var("INSTSONAME")
folders = [sysconfig.get_config_var("LIBDIR"), sysconfig.get_config_var("LIBPL"), "/usr/lib/x86_64-linux-gnu"]
found = [path for path in (os.path.join(folder, name) for folder in folders) if os.path.exists(path)]
print(found[0] if found and ".so" in name else "")
PYTHON
)
if [ -z "$library" ]; then
    echo "This Python has no shared library, which play_launch needs. Install libpython3-dev, or use a shared build." >&2
    exit 1
fi
mkdir -p "$links"
ln -sf "$library" "$links/libpython3.10.so.1.0"
AMENT_PREFIX_PATH=$venv${AMENT_PREFIX_PATH:+:$AMENT_PREFIX_PATH}
LD_LIBRARY_PATH=$links:$venv/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
export AMENT_PREFIX_PATH LD_LIBRARY_PATH
exec "$here/scripts/run.sh" play_launch "$@"
