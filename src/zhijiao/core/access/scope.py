"""Entering a scope: the only way in which a transaction gets to see protected rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection, transaction

from zhijiao.core.access.actor import Actor
from zhijiao.core.rowsecurity import BULK

_entered: ContextVar[int | None] = ContextVar("entered", default=None)
_bulk: ContextVar[bool] = ContextVar("bulk", default=False)


@contextmanager
def acting(actor: Actor) -> Iterator[None]:
    """One transaction in the scope of an actor. A system actor works in bulk. Leaves the scope it found."""
    if actor.everything:
        with bulk():
            yield
        return
    before = _entered.get()
    with transaction.atomic():
        _enter(actor.user)
        token = _entered.set(actor.user)
        try:
            yield
        finally:
            _entered.reset(token)
        # Not after an error: the rollback restores what was set before.
        _enter(before)


@contextmanager
def bulk() -> Iterator[None]:
    """One transaction under the role that passes the scopes: bulk applies, snapshots, jobs over everybody. Who calls this
    has asked for permission itself, and says in the audit trail what was done."""
    with transaction.atomic():
        if _bulk.get():
            yield
            return
        _execute(f"SET LOCAL ROLE {BULK}")
        token = _bulk.set(True)
        try:
            yield
        finally:
            _bulk.reset(token)
        _execute("SET LOCAL ROLE NONE")


@contextmanager
def signing_in(username: str) -> Iterator[None]:
    """One transaction in which the account of this name may be read and its sign-in noted, and nothing else."""
    with transaction.atomic():
        _say_who_signs_in(username)
        yield
        # Not after an error: the rollback restores what was set before.
        _say_who_signs_in("")


def in_scope_of(actor: Actor) -> bool:
    """Whether this transaction is in the actor's scope already."""
    return actor.user is not None and _entered.get() == actor.user


def _say_who_signs_in(username: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.signing_in', %s, true)", [username])


def _enter(user: int | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT zhijiao_enter(%s)", [user])


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
