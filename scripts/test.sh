#!/bin/sh
# Runs the tests: those of single modules with coverage, then those that start processes; arguments go to pytest.
set -eu
cd "$(dirname "$0")/.."
export OMP_NUM_THREADS=1

status=0
# Processes on a busy machine may miss each other's discovery: a test that fails is run again, and the report says so.
again="--reruns 2"
report=$(mktemp -d)
trap 'rm -rf "$report"' EXIT

# Tests that start processes share a process with a middleware that may hang, or crash, where its peers are killed. A
# run that does not reach its end leaves no report, and is repeated once; of one that does, what failed is.
processes() {
    # shellcheck disable=SC2086
    scripts/run.sh python -m pytest $again --junitxml="$report/processes.xml" "$@" && return 0 || code=$?
    [ "$code" -ne 5 ] || return 0 # none of them was asked for
    if [ -e "$report/processes.xml" ]; then
        echo "What failed, once more in a graph of its own:"
        set -- --last-failed "$@"
    else
        echo "The run did not reach its end. Once more:"
    fi
    # shellcheck disable=SC2086
    scripts/run.sh python -m pytest $again "$@"
}

start=$(date +%s)
# shellcheck disable=SC2086
scripts/run.sh python -m pytest tests --ignore=tests/integration $again -n auto --dist worksteal \
    --cov --cov-report=term:skip-covered "$@" || status=$?
middle=$(date +%s)
integration=tests/integration
rm -f "$report/processes.xml"
processes -n auto --dist loadfile -m "not real_time" "$integration" "$@" || status=1
rm -f "$report/processes.xml"
processes -m real_time "$integration" "$@" || status=1
end=$(date +%s)
echo "Modules: $((middle - start)) s. Processes: $((end - middle)) s."
exit "$status"
