"""Settings come from the environment, and a production without secrets does not start."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from zhijiao.core import environment
from zhijiao.core.database import django_database
from zhijiao.core.environment import DemoDataRefused, refuse_demo_data
from zhijiao.core.files import ensure_secret_key

SERVER = "postgresql://web:p%40ss@db.example:6432/brain?sslmode=require"
SHOW = """
import json
from django.conf import settings as s
print(json.dumps({"key": s.SECRET_KEY, "debug": s.DEBUG, "hosts": s.ALLOWED_HOSTS, "database": s.DATABASES["default"]}))
"""


def settings_with(show: str = SHOW, **env: str) -> subprocess.CompletedProcess[str]:
    """Read the settings in a process of their own: here they are read already."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("ZHIJIAO_") and k != "DATABASE_URL"}
    return subprocess.run(
        [sys.executable, "-c", show],
        env={**clean, "DJANGO_SETTINGS_MODULE": "zhijiao.config.settings", **env},
        capture_output=True,
        text=True,
    )


def test_a_server_is_named_by_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", SERVER)
    settings = django_database()
    assert (settings["HOST"], settings["PORT"], settings["NAME"]) == ("db.example", "6432", "brain")
    assert (settings["USER"], settings["PASSWORD"]) == ("web", "p@ss")
    assert settings["OPTIONS"] == {"sslmode": "require"}


def test_migrations_may_have_a_login_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", SERVER)
    monkeypatch.setenv("ZHIJIAO_MIGRATION_DATABASE_URL", SERVER.replace("web:", "owner:"))
    assert django_database()["USER"] == "web"
    monkeypatch.setenv("ZHIJIAO_DATABASE_LOGIN", "owner")
    assert django_database()["USER"] == "owner"


def test_an_address_that_is_none_is_explained() -> None:
    done = settings_with(DATABASE_URL="db.example", ZHIJIAO_SECRET_KEY="k")
    assert "postgresql://用户:口令@主机:端口/库名" in done.stderr


def test_a_server_without_a_secret_key_is_refused() -> None:
    done = settings_with(DATABASE_URL=SERVER)
    assert done.returncode != 0
    assert "ZHIJIAO_SECRET_KEY" in done.stderr


def test_production_is_closed_unless_opened() -> None:
    seen = json.loads(settings_with(DATABASE_URL=SERVER, ZHIJIAO_SECRET_KEY="k").stdout)
    assert seen["debug"] is False
    assert seen["hosts"] == ["127.0.0.1", "localhost", "[::1]"]
    opened = json.loads(
        settings_with(
            DATABASE_URL=SERVER, ZHIJIAO_SECRET_KEY="k", ZHIJIAO_ALLOWED_HOSTS="a.example, b.example"
        ).stdout
    )
    assert opened["hosts"][-2:] == ["a.example", "b.example"]


def test_passwords_are_hashed_slowly(tmp_path: Path) -> None:
    """The tests themselves run with a quick hash (tests/support/settings.py)."""
    show = "from django.contrib.auth.hashers import get_hasher as g; print(g().algorithm, g().iterations)"
    done = settings_with(show, ZHIJIAO_DATA=str(tmp_path))
    algorithm, rounds = done.stdout.split()
    assert algorithm == "pbkdf2_sha256"
    assert int(rounds) >= 600_000


def test_the_embedded_instance_keeps_its_own_key(tmp_path: Path) -> None:
    key = ensure_secret_key(tmp_path)
    assert ensure_secret_key(tmp_path) == key
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0
    assert json.loads(settings_with(ZHIJIAO_DATA=str(tmp_path)).stdout)["key"] == key


def test_reading_the_settings_writes_nothing(tmp_path: Path) -> None:
    assert settings_with(ZHIJIAO_DATA=str(tmp_path / "none")).returncode == 0
    assert not (tmp_path / "none").exists()


def test_demo_data_never_meets_a_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", SERVER)
    with pytest.raises(DemoDataRefused, match="DATABASE_URL"):
        refuse_demo_data()


def test_demo_data_may_enter_the_embedded_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    refuse_demo_data()
    assert environment.database_url() is None


def test_cookies_stay_on_tls_where_it_is_used() -> None:
    show = "from django.conf import settings as s; print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS > 0)"
    clean = {k: v for k, v in os.environ.items() if not k.startswith("ZHIJIAO_") and k != "DATABASE_URL"}
    for value, said in (("1", "True True True"), ("", "False False False")):
        done = subprocess.run(
            [sys.executable, "-c", show],
            env={**clean, "DJANGO_SETTINGS_MODULE": "zhijiao.config.settings", "ZHIJIAO_HTTPS": value},
            capture_output=True,
            text=True,
        )
        assert done.stdout.strip() == said, done.stderr
