#!/usr/bin/env bash
# Writes requirements-test.lock (everything) and requirements.lock (what runs the product), hash-pinned and
# naming no registry's host, so that both install from whatever index a machine is set up with.
set -euo pipefail
cd "$(dirname "$0")/.."

tools=.venv-lock
if [ ! -x "$tools/bin/uv" ]; then
    python3 -m venv "$tools"
    "$tools/bin/pip" install --quiet uv
fi

compile() { # output file, then further options
    local output=$1
    shift
    "$tools/bin/uv" pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
        --no-header --no-annotate --no-emit-index-url --extra editable "$@" -o "$output"
}

compile requirements-test.lock --extra test "$@"
# The smaller lock takes its versions from the larger one: one environment holds both.
grep -E '^[a-zA-Z0-9]' requirements-test.lock | sed -E 's/ *\\$//' >"$tools/constraints.txt"
compile requirements.lock --constraint "$tools/constraints.txt"
if grep -nE 'https?://' requirements.lock requirements-test.lock; then
    echo "a lock names a host" >&2
    exit 1
fi
