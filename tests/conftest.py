"""What all tests share: a database of their own, no way out of the machine, a browser, a running product."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

import pytest

from tests.support.browser import browser, open_page, site, windows
from tests.support.database import adopt, postgres
from tests.support.network import block_outside
from tests.support.prepared import Stage, clear_shelf, open_shelf, prepared_folder
from tests.support.spreading import Spreading, in_order
from tests.support.town import town

if TYPE_CHECKING:
    from pytest_django.plugin import DjangoDbBlocker
    from xdist.remote import Producer

__all__ = ["browser", "open_page", "site", "town", "windows"]  # fixtures: pytest finds them by being here

block_outside()


def pytest_configure(config: pytest.Config) -> None:
    """Asked in the process that was called and in each one that it starts; they share what was prepared."""
    open_shelf()


def pytest_unconfigure(config: pytest.Config) -> None:
    """The process that was called clears up after all."""
    if not hasattr(config, "workerinput"):
        clear_shelf()


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Spreading:
    """Asked where tests run in several processes."""
    return Spreading(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Asked in each of several processes; they have to agree."""
    if hasattr(config, "workerinput"):
        in_order(items)


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Passwords of the tests are hashed quickly in this process too; running instances are told by their environment."""
    from django.test import override_settings

    from tests.support.settings import PASSWORD_HASHERS

    with override_settings(PASSWORD_HASHERS=PASSWORD_HASHERS):
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Start PostgreSQL when the first test asks for a database, with all tables on it."""
    with prepared_folder(Stage.TABLES) as folder, postgres(folder) as logins:
        with django_db_blocker.unblock():
            adopt(logins)
        yield
        with django_db_blocker.unblock():
            from django.db import connections

            connections.close_all()


@pytest.fixture
def shipped_packs(db: None) -> None:
    """The packs of the repository, installed for this test."""
    from django.db import connection
    from django.utils import timezone

    from tests.support.packs import shipped
    from zhijiao.policy.actions import install_pack

    shelf, now = shipped(), timezone.now()
    with connection.cursor() as cursor:
        cursor.executemany(_KEEP_VERSION, [(*columns, now) for columns in _versions()])
    for pack in shelf.ids():
        outcome = install_pack(shelf=shelf, pack=pack, by="tests", at=now)
        assert outcome.refused is None, str(outcome.refused)


_KEEP_VERSION = """INSERT INTO policy_packversion (hash, pack, label, content, extends_id, created_at)
VALUES (%s, %s, %s, %s, %s, %s)"""


@cache
def _versions() -> list[tuple[str | None, ...]]:
    """What installing writes of each pack: its long content is made once per test process."""
    import json

    from tests.support.packs import shipped
    from zhijiao.policy.packs.serial import canonical

    shelf = shipped()
    rows: list[tuple[str | None, ...]] = []
    for index in map(shelf.index, shelf.ids()):
        above = shelf.version(index.ancestors[0].id) if index.ancestors else None
        content = json.dumps(canonical(index.pack), ensure_ascii=False)
        rows.append((index.version, index.id, index.pack.manifest.version, content, above))
    return rows
