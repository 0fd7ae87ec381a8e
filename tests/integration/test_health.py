"""/healthz when not all is well."""

from __future__ import annotations

import logging
import time

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


def test_a_probe_while_starting_is_no_error_and_later_what_is_wrong_is_logged_once(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def unwell() -> str:
        raise health.Unwell("示例：还没有准备好")

    monkeypatch.setattr(health, "_database", unwell)
    for name in ("django", "django.request"):
        monkeypatch.setattr(logging.getLogger(name), "propagate", True)
    monkeypatch.setattr(health, "_STARTED", time.monotonic())
    assert client.get("/healthz").status_code == 503
    assert not caplog.records
    monkeypatch.setattr(health, "_STARTED", time.monotonic() - health.GRACE - 1)
    for _ in range(3):
        assert client.get("/healthz").status_code == 503
    assert [(one.levelname, one.getMessage()) for one in caplog.records] == [
        ("WARNING", "/healthz: database: 示例：还没有准备好")
    ]


def test_the_packs_that_are_installed_are_listed(client: Client, shipped_packs: None) -> None:
    assert set(client.get("/healthz").json()["packs"]) >= {"zhejiang", "taizhou", "wenzhou"}
