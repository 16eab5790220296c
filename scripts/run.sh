#!/bin/sh
# Runs a command of the virtual environment, with everything it needs on its paths: run.sh COMMAND...
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
mode=$("$here/scripts/mode.sh" "$here/.venv")
if [ "$mode" != wheels ] && [ -e "$here/install/local_setup.sh" ]; then
    set +u # what colcon writes reads variables that may be unset
    COLCON_CURRENT_PREFIX=$here/install
    . "$here/install/local_setup.sh"
    set -u
fi
PATH=$here/.venv/bin:$PATH
export PATH
exec "$@"
