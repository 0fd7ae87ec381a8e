"""Raw SQL on the product's own login, in a generated world: each sees what a plain reading of the tree allows."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from tests.support.database import as_login
from tests.support.world import Human, World
from zhijiao.core.access.actor import Actor
from zhijiao.core.access.scope import acting

pytestmark = pytest.mark.django_db(transaction=True)

VALUES = {"pack": ["one", "two"], "object_kind": ["user", "file"]}
SEEDS = (20261122,)


@pytest.fixture(params=SEEDS)
def world(request: pytest.FixtureRequest, db: None) -> World:
    return World(request.param, values=VALUES, rows=6)


def as_actor(human: Human) -> Actor:
    return Actor(user=human.id, name="x", tenant=human.tenant)


def seen(table: str) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM {table}")
        return {number for (number,) in cursor.fetchall()}


def test_raw_sql_shows_nobody_more_than_theirs(world: World) -> None:
    counted = 0
    for human in world.humans.values():
        with acting(as_actor(human)):
            for table, rows in world.rows.items():
                found = seen(table)
                allowed = {number for number in rows if world.may_see(human, table, number)}
                assert found <= allowed, f"{human.roles} sees {table} {sorted(found - allowed)}"
                exact = {number for number in rows if world.must_see(human, table, number)}
                if any(world.must_see(human, table, number) is not None for number in rows):
                    assert found == exact, f"{human.roles} misses {table} {sorted(exact - found)}"
                counted += len(found)
    assert counted > 1000, "a world in which nobody sees anything tests nothing"


def test_outside_a_scope_there_is_nothing(world: World) -> None:
    for table in world.rows:
        assert seen(table) <= world.opened(table), table


def test_raw_sql_changes_nobody_elses_row(world: World) -> None:
    with as_login() as owner:
        before = digest(owner, world)
    for human in list(world.humans.values())[::4]:
        for table in world.rows:
            foreign = world.foreign(human, world.tables[table])
            for statement in (
                f"UPDATE {table} SET id = id WHERE id = ANY(%s)",
                f"DELETE FROM {table} WHERE id = ANY(%s)",
            ):
                try:
                    with transaction.atomic(), acting(as_actor(human)), connection.cursor() as cursor:
                        cursor.execute(statement, [foreign])
                        assert cursor.rowcount == 0, f"{human.roles}: {statement}"
                except DatabaseError:
                    pass  # a guard of the table was asked first: refused is refused
    with as_login() as owner:
        assert digest(owner, world) == before


def digest(owner, world: World) -> list[object]:  # type: ignore[no-untyped-def]
    return [
        owner.execute(f"SELECT count(*), md5(string_agg(t::text, '' ORDER BY id)) FROM {table} t").fetchone()
        for table in world.rows
    ]
