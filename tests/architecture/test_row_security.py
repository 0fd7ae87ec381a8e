"""Every table whose rows are for an organisation or a person is kept by the database itself."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection, models
from django.test import Client

from tests.support.database import as_login
from zhijiao.core.governance import Scope
from zhijiao.core.guarded import GUARDED

pytestmark = pytest.mark.django_db

TABLES = [
    model
    for model in apps.get_models()
    if model.__module__.startswith("zhijiao.") and model.governance.scope in GUARDED  # type: ignore[attr-defined]
]


def _policies(table: str) -> dict[str, tuple[str, str]]:
    """Command and reading condition of each policy that binds the web's login, by name."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT policyname, cmd, coalesce(qual, '') FROM pg_policies WHERE tablename = %s"
            " AND NOT 'zhijiao_bulk' = ANY(roles)",
            [table],
        )
        return {name: (command, condition) for name, command, condition in cursor.fetchall()}


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model._meta.label)
def test_a_guarded_table_has_policies(model: type[models.Model]) -> None:
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("SELECT relrowsecurity FROM pg_class WHERE relname = %s", [table])
        assert cursor.fetchone() == (True,), (
            f"{table}: state its policies in its migration (core/rowsecurity.py)"
        )
    reading = [condition for command, condition in _policies(table).values() if command in ("SELECT", "ALL")]
    assert reading, f"{table} has no policy for reading"
    scope = model.governance.scope  # type: ignore[attr-defined]
    assert "true" not in reading, f"{table} is open to everybody, but its governance says {scope}"


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model._meta.label)
def test_outside_a_scope_no_row_is_read(model: type[models.Model]) -> None:
    """The condition itself refuses, whatever a row says: it is asked of a row in which every column is null or zero."""
    table = model._meta.db_table
    for name, (command, condition) in _policies(table).items():
        if command in ("SELECT", "ALL"):
            with as_login() as owner:
                # A row of nothing; rules that open rows by a flag of theirs open none that says nothing.
                found = owner.execute(
                    f"SELECT count(*) FROM (SELECT (NULL::{table}).*) AS {table} WHERE {condition}"
                )
                row = found.fetchone()
            assert row == (0,), f"{table}: policy {name} lets rows out of every scope"


def test_health_says_that_scopes_are_in_force(client: Client) -> None:
    assert client.get("/healthz").json()["row_security"] == "ok"


def test_health_names_a_table_that_lost_its_policies(client: Client) -> None:
    with as_login() as owner:
        owner.execute("ALTER TABLE core_message DISABLE ROW LEVEL SECURITY")
        try:
            answer = client.get("/healthz")
        finally:
            owner.execute("ALTER TABLE core_message ENABLE ROW LEVEL SECURITY")
    assert answer.status_code == 503
    assert "core_message" in answer.json()["row_security"]["error"]


def test_health_fails_where_the_login_passes_the_scopes(client: Client) -> None:
    with as_login() as owner:
        owner.execute("ALTER ROLE zhijiao_app BYPASSRLS")
        try:
            answer = client.get("/healthz")
        finally:
            owner.execute("ALTER ROLE zhijiao_app NOBYPASSRLS")
    assert answer.status_code == 503
    assert "BYPASSRLS" in answer.json()["row_security"]["error"]


def test_some_tables_are_guarded() -> None:
    assert {Scope.ORGANISATION, Scope.PERSON} == {model.governance.scope for model in TABLES}  # type: ignore[attr-defined]
