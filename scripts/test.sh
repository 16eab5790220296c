#!/bin/sh
# Runs the tests: those of single modules with coverage, then those that start processes; arguments go to pytest.
set -eu
cd "$(dirname "$0")/.."
export OMP_NUM_THREADS=1

start=$(date +%s)
status=0
# Processes on a busy machine may miss each other's discovery: a test that fails is run again, and the report says so.
again="--reruns 2"
# shellcheck disable=SC2086
scripts/run.sh python -m pytest tests --ignore=tests/integration $again --cov --cov-report=term:skip-covered "$@" || status=$?
middle=$(date +%s)
# shellcheck disable=SC2086
scripts/run.sh python -m pytest tests/integration $again "$@" || { code=$?; [ "$status" -ne 0 ] || status=$code; }
end=$(date +%s)
echo "Modules: $((middle - start)) s. Processes: $((end - middle)) s."
exit "$status"
