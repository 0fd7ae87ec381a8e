"""Trial: the quick way through the migrations builds what Django's own way builds."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.support.database import open_folder, postgres
from zhijiao.core.postgres import SUPERUSER

pytestmark = pytest.mark.trial

USUAL = ("manage", "migrate", "--verbosity", "0")
QUICK = ("migrate", "--quiet")
STRUCTURE = (
    "SELECT table_name, column_name, ordinal_position, data_type, is_nullable, column_default,"
    " character_maximum_length, identity_generation FROM information_schema.columns WHERE table_schema = 'public'",
    "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE connamespace = 'public'::regnamespace",
    "SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "SELECT tablename, policyname, permissive, roles::text, cmd, qual, with_check FROM pg_policies",
    "SELECT proname, pg_get_functiondef(oid) FROM pg_proc"
    " WHERE pronamespace = 'public'::regnamespace AND prokind = 'f'",
    "SELECT relname, relacl::text, relrowsecurity, relforcerowsecurity FROM pg_class"
    " WHERE relnamespace = 'public'::regnamespace",
    "SELECT app, name FROM django_migrations",
    "SELECT app_label, model FROM django_content_type",
)


def test_both_ways_build_the_same_database() -> None:
    usual, quick = _built(USUAL), _built(QUICK)
    assert len(usual) > 1000
    assert usual == quick


def _built(words: tuple[str, ...]) -> set[str]:
    """Everything that the database consists of, after this command on an empty folder."""
    with open_folder() as folder:
        environment = {**os.environ, "ZHIJIAO_DATA": str(folder), "ZHIJIAO_DATABASE_LOGIN": "owner"}
        for name in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE"):
            environment.pop(name, None)
        subprocess.run([sys.executable, "-m", "zhijiao", *words], env=environment, check=True)
        return _structure(folder)


def _structure(folder: Path) -> set[str]:
    with (
        postgres(folder) as logins,
        psycopg.connect(**logins.parameters(SUPERUSER)) as connection,  # type: ignore[arg-type]
    ):
        return {repr(row) for query in STRUCTURE for row in connection.execute(query)}
