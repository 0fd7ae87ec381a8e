"""Seeing what a verb would do, without doing it."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction

from zhijiao.core.access.actor import Actor
from zhijiao.core.access.scope import bulk
from zhijiao.registry.actions.store import load
from zhijiao.registry.rules.differences import differences


def foresee(verb: Callable[[], object], *, by: Actor) -> list[str]:
    """Run a verb and take it back; return in words what it changed in the tree. Raises what the verb raises."""
    with bulk():
        before = load(by.tenant).forest
    with transaction.atomic():
        verb()
        with bulk():
            after = load(by.tenant).forest
        transaction.set_rollback(True)
    return differences(before, after)
