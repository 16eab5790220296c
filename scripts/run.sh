#!/bin/sh
# Runs a command of a virtual environment, with everything it needs on its paths: [VENV=.venv] run.sh COMMAND...
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
venv=$(cd "${VENV:-$here/.venv}" && pwd)
mode=$("$here/scripts/mode.sh" "$venv")
if [ "$mode" != wheels ] && [ -e "$here/install/local_setup.sh" ]; then
    set +u # what colcon writes reads variables that may be unset
    COLCON_CURRENT_PREFIX=$here/install
    . "$here/install/local_setup.sh"
    set -u
fi
PATH=$venv/bin:$PATH
export PATH
exec "$@"
