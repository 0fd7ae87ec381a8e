"""/healthz when not all is well."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection
from django.test import Client

from zhijiao.core import health

pytestmark = pytest.mark.django_db


def test_all_is_well_on_a_migrated_database(client: Client) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"
    assert answer["Cache-Control"] == "no-store"


def test_a_migration_that_was_not_applied_is_named(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'policy' AND name = '0001_initial'")
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert "policy.0001_initial" in answer.json()["migrations"]["error"]


def test_a_broken_database_is_said_without_its_secrets(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> str:
        raise DatabaseError("connection to zhijiao_app@10.0.0.1 failed")

    monkeypatch.setattr(health, "_database", broken)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["database"] == {"error": "DatabaseError"}


def test_the_packs_that_are_installed_are_listed(client: Client, shipped_packs: None) -> None:
    assert set(client.get("/healthz").json()["packs"]) >= {"zhejiang", "taizhou", "wenzhou"}
