#!/usr/bin/env bash
# What can be known about the code without running it. Every check runs, so that one look shows all that is wrong.
set -uo pipefail
cd "$(dirname "$0")/.."
bin=${BIN:-.venv/bin}
export DJANGO_SETTINGS_MODULE=zhijiao.config.settings
failed=()

step() {
    local name=$1
    shift
    printf '— %s\n' "$name" >&2
    "$@" || failed+=("$name")
}

step "ruff check" "$bin/ruff" check --quiet .
step "ruff format" "$bin/ruff" format --check --quiet .
step "lint-imports" "$bin/lint-imports" --no-logo
step "mypy" "$bin/mypy" --no-error-summary
# No database is asked here, and Django warns about that: only the migration files are compared with the models.
step "migrations" "$bin/python" -W ignore::RuntimeWarning -m django makemigrations --check --dry-run
step "packs" "$bin/zhijiao" packs check

if [ ${#failed[@]} -gt 0 ]; then
    printf '检查没有通过：%s\n' "${failed[*]}" >&2
    exit 1
fi
