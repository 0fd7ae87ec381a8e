"""The accounts with which anybody may try the product in the tenant of examples (演示)."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.db.models import Q
from django.utils import timezone

from zhijiao.core import environment
from zhijiao.core.access.roles import Role
from zhijiao.core.access.scope import bulk
from zhijiao.core.kinds import Tenant
from zhijiao.core.models import Membership
from zhijiao.core.tree import tree

PASSWORD = "shili-2026"
"""The password of every demo account: it guards nothing, and the sign-in page shows it."""

MAKER = "演示数据"
"""Who made these accounts; others of the tenant are not listed."""


@dataclass(frozen=True)
class DemoAccount:
    """One account to try: what to type, and who one then is. `place` is the city, by which a list is grouped."""

    username: str
    name: str
    role: str
    organisation: str
    place: str


def demo_accounts() -> list[DemoAccount]:
    """Every demo account that can sign in, place by place; empty where there is no demo tenant.

    For the sign-in page and the command line: nobody is signed in yet, and these accounts are no secret.
    """
    today = timezone.localdate()
    with bulk():
        rows = list(
            Membership.objects.filter(
                Q(ends__isnull=True) | Q(ends__gt=today),
                starts__lte=today,
                user__tenant=Tenant.DEMO,
                user__created_by=MAKER,
                user__is_active=True,
            )
            .order_by("user_id", "id")
            .values_list("user__username", "user__name", "role", "organisation_id")
        )
    if not rows:
        return []
    standing = tree(Tenant.DEMO, today)
    return [
        DemoAccount(username, name, Role(role).words, node.name, place.name)
        for username, name, role, organisation in rows
        if (node := standing.nodes.get(organisation)) is not None
        and (place := next((n for n in (node, *standing.above(node.id)) if n.pack), node)) is not None
    ]


@contextmanager
def one_at_a_time(what: str) -> Iterator[None]:
    """One process at a time does this to the tenant of examples; the others wait, and then find it done. Not to be nested."""
    folder = environment.data_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"demo-{what}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def loading() -> Iterator[Callable[[str, int], None]]:
    """While this lasts, `progress` tells what is being loaded: the function takes words and percent."""
    path = _progress_file()
    path.parent.mkdir(parents=True, exist_ok=True)

    def say(words: str, percent: int) -> None:
        draft = path.with_suffix(".new")
        draft.write_text(json.dumps({"process": os.getpid(), "words": words, "percent": percent}), "utf-8")
        draft.replace(path)

    try:
        yield say
    finally:
        path.unlink(missing_ok=True)


def progress() -> str:
    """What is being loaded into the tenant of examples now, in words; empty when nothing is."""
    try:
        said = json.loads(_progress_file().read_text("utf-8"))
        os.kill(int(said["process"]), 0)
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    return f"{said['words']}（{said['percent']}%）"


def _progress_file() -> Path:
    return environment.data_folder() / "demo-loading.json"
