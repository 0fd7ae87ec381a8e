"""The ledger of installed versions of a pack, and what differs between two of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from zhijiao.policy import queries as policy
from zhijiao.policy.packs.comparing import Change, compare
from zhijiao.policy.types import PackIndex
from zhijiao.portal import links
from zhijiao.portal.frame import Frame
from zhijiao.portal.policy.fields import field_words, value_words
from zhijiao.portal.policy.shared import opened, show

PROBLEMS_SHOWN: Final = 100
"""More than these are one mistake repeated; the checker lists them all."""


@dataclass(frozen=True)
class Step:
    """One field that differs, in words."""

    field: str
    old: str
    new: str


@dataclass(frozen=True)
class Touched:
    """An object that came, went or changed."""

    name: str
    id: str
    kind: str
    href: str | None
    steps: list[Step]


@dataclass(frozen=True)
class Room:
    """The differences in one room."""

    title: str
    objects: list[Touched]


def view(request: HttpRequest, pack: str) -> HttpResponse:
    here, _ = opened(request, pack)
    ledger = policy.versions(pack)
    pair = _pair(here, pack, ledger)
    rooms = [] if pair is None else grouped(here, pair[1], compare(pair[0].pack, pair[1].pack))
    distinct = list({v.hash: v for v in ledger}.values())
    return show(
        request,
        "versions.html",
        here,
        "versions",
        refusal=policy.refusal(pack),
        shown=PROBLEMS_SHOWN,
        ledger=ledger,
        distinct=distinct,
        pair=pair,
        rooms=rooms,
        local=_local,
    )


def _local(moment: datetime) -> str:
    """A moment as the office's clock shows it."""
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M")


def _pair(here: Frame, pack: str, ledger: list[policy.Version]) -> tuple[PackIndex, PackIndex] | None:
    """The two versions that the address names; else the newest and the one before it, where there are two."""
    hashes = list(dict.fromkeys(version.hash for version in ledger))
    old = here.query.get("old") or (hashes[1] if len(hashes) > 1 else None)
    new = here.query.get("new") or (hashes[0] if hashes else None)
    if old is None or new is None:
        return None
    return _version(pack, old), _version(pack, new)


def _version(pack: str, prefix: str) -> PackIndex:
    found = policy.index(pack, prefix)
    if found is None:
        raise Http404(f"政策包“{pack}”没有以 {prefix} 开头的版本。")
    return found


def grouped(here: Frame, new: PackIndex, changes: Iterable[Change]) -> list[Room]:
    """Differences by room, then by object, in the order of the pack."""
    rooms: dict[str, dict[tuple[str, str], list[Change]]] = {}
    for change in changes:
        rooms.setdefault(change.title, {}).setdefault((change.room, change.id), []).append(change)
    return [
        Room(title, [_touched(here, new, c) for c in objects.values()]) for title, objects in rooms.items()
    ]


def _touched(here: Frame, new: PackIndex, changes: list[Change]) -> Touched:
    first = changes[0]
    href = None if first.kind == "removed" else links.href(here, first.room, first.id, new)
    steps = [
        Step(
            field_words(c.room, c.path),
            value_words(c.old, c.room, c.path),
            value_words(c.new, c.room, c.path),
        )
        for c in changes
    ]
    return Touched(first.name, first.id, first.kind, href, steps if first.kind == "changed" else [])
