#!/bin/sh
# Runs the tests: those of single modules with coverage, then those that start processes; arguments go to pytest.
set -eu
cd "$(dirname "$0")/.."
export OMP_NUM_THREADS=1

start=$(date +%s)
status=0
scripts/run.sh python -m pytest tests --ignore=tests/integration --cov --cov-report=term:skip-covered "$@" || status=$?
middle=$(date +%s)
# Processes on a busy machine may miss each other's discovery: a test that fails is run again, and the report says so.
scripts/run.sh python -m pytest tests/integration --reruns 2 "$@" || { code=$?; [ "$status" -ne 0 ] || status=$code; }
end=$(date +%s)
echo "Modules: $((middle - start)) s. Processes: $((end - middle)) s."
exit "$status"
