#!/usr/bin/env bash
# What can be known about the code without running it. Cheap checks first, so that a slip shows at once.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=${BIN:-.venv/bin}

step() {
    printf '— %s\n' "$1" >&2
    shift
    "$@"
}

export DJANGO_SETTINGS_MODULE=zhijiao.config.settings
# No database is asked here: only the migration files are compared with the models.
export ZHIJIAO_CHECK_ONLY=1

step "ruff check" "$bin/ruff" check --quiet .
step "ruff format" "$bin/ruff" format --check --quiet .
step "lint-imports" "$bin/lint-imports" --no-logo
step "mypy" "$bin/mypy" --no-error-summary
step "migrations" "$bin/python" -W ignore::RuntimeWarning -m django makemigrations --check --dry-run
step "packs" "$bin/zhijiao" packs check
