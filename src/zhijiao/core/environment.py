"""What the environment says, in one place and without Django, so that light commands start quickly."""

from __future__ import annotations

import os
from pathlib import Path

from zhijiao.core.errors import Refusal


class DemoDataRefused(Refusal):
    """演示数据只能装入内置数据库。DATABASE_URL 指向一台数据库服务器，那里可能是真实数据，因此已拒绝。"""

    def __init__(self) -> None:
        super().__init__(type(self).__doc__)


def data_folder() -> Path:
    """Return the folder that holds everything a running instance writes."""
    return Path(os.environ.get("ZHIJIAO_DATA") or "var").absolute()


def database_url() -> str | None:
    """Return the address of the database server, or None when the embedded one is used."""
    return os.environ.get("DATABASE_URL") or None


def migration_url() -> str | None:
    """Return the address for migrations: the owner's login, where production keeps it apart from the web's."""
    return os.environ.get("ZHIJIAO_MIGRATION_DATABASE_URL") or database_url()


def wants_owner() -> bool:
    """Say whether this process migrates, and so needs the login that owns the tables."""
    return os.environ.get("ZHIJIAO_DATABASE_LOGIN") == "owner"


def text(name: str) -> str:
    """Read a plain value; empty where it is not set."""
    return os.environ.get(name, "")


def flag(name: str) -> bool:
    """Read a switch; anything but a clear yes is no."""
    return os.environ.get(name, "").strip().lower() in {"1", "true", "yes", "on"}


def listed(name: str) -> list[str]:
    """Read a list separated by commas."""
    return [part.strip() for part in os.environ.get(name, "").split(",") if part.strip()]


def refuse_demo_data() -> None:
    """Raise unless the embedded database is in use: demo rows must never mix with a real server's."""
    if database_url() is not None:
        raise DemoDataRefused
