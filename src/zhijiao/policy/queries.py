"""Reads: which packs are installed, one version with its look-ups, how versions follow each other."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.db.models import Max

from zhijiao.policy.capabilities import capabilities
from zhijiao.policy.finding import Entry, Hit, entries_of, find
from zhijiao.policy.models import Installation, Offer, PackVersion, Refusal
from zhijiao.policy.packs.problems import Problem
from zhijiao.policy.packs.serial import from_canonical
from zhijiao.policy.types import Manifest, Pack, PackIndex
from zhijiao.policy.types.base import ID_PATTERN

__all__ = [
    "Answered",
    "Hit",
    "InstalledPack",
    "Offered",
    "Refused",
    "Version",
    "answered",
    "capabilities",
    "index",
    "indexes",
    "offer",
    "packs",
    "refusal",
    "search",
    "versions",
]

_ID = re.compile(ID_PATTERN)
SHORTEST_PREFIX = 6
"""Fewer hexadecimal digits than this do not name a version."""


@dataclass(frozen=True)
class InstalledPack:
    """A pack and its current version."""

    manifest: Manifest
    version: str
    installed_at: datetime

    @property
    def id(self) -> str:
        return self.manifest.id


@dataclass(frozen=True)
class Version:
    """A line of a pack's ledger of installations, newest first in lists."""

    pack: str
    hash: str
    label: str
    installed_at: datetime
    installed_by: str
    current: bool


@dataclass(frozen=True)
class Refused:
    """A version that was offered after the current one was installed, and refused."""

    pack: str
    problems: tuple[Problem, ...]
    refused_at: datetime


@dataclass(frozen=True)
class Offered:
    """A version that waits for somebody to accept it, because people work under the current one."""

    pack: str
    version: str
    offered_at: datetime


def offer(pack: str) -> Offered | None:
    """The version that waits, if one does."""
    found = Offer.objects.filter(pack=pack, state="open").values_list("version_id", "offered_at").first()
    return None if found is None else Offered(pack, *found)


@dataclass(frozen=True)
class Answered:
    """What became of a version that waited: accepted, declined, or overtaken by a newer one; by whom and why."""

    version: str
    label: str
    state: str
    offered_at: datetime
    decided_at: datetime | None
    decided_by: str
    reason: str

    @property
    def words(self) -> str:
        """The answer as screens say it."""
        return {"accepted": "已接受", "declined": "不接受", "overtaken": "被更新的版本取代"}[self.state]


def answered(pack: str) -> list[Answered]:
    """What was decided about versions of a pack that waited, newest first."""
    rows = Offer.objects.filter(pack=pack).exclude(state="open").order_by("-id")
    return [
        Answered(*row)
        for row in rows.values_list(
            *("version_id", "version__label", "state", "offered_at", "decided_at", "decided_by", "reason")
        )
    ]


def refusal(pack: str) -> Refused | None:
    """The refusal that still stands: newer than the pack's last installation."""
    last = Refusal.objects.filter(pack=pack).order_by("-id").first()
    if last is None or Installation.objects.filter(pack=pack, installed_at__gt=last.refused_at).exists():
        return None
    return Refused(pack, tuple(Problem(**entry) for entry in last.problems), last.refused_at)


def packs() -> list[InstalledPack]:
    """Every installed pack, the province before its cities, then by region code."""
    newest = Installation.objects.values("pack").annotate(newest=Max("id")).values("newest")
    rows = Installation.objects.filter(id__in=newest).values_list("version_id", "installed_at")
    found = [InstalledPack(_load(version).manifest, version, at) for version, at in rows]
    order = {"province": 0, "city": 1, "county": 2}
    return sorted(found, key=lambda p: (order[p.manifest.level], p.manifest.region))


def indexes() -> list[PackIndex]:
    """The current version of every installed pack, with look-ups."""
    return [_index(pack.version) for pack in packs()]


def index(pack: str, version: str | None = None) -> PackIndex | None:
    """The current version of a pack, or the one whose hash starts with `version`. None when there is none."""
    if not _ID.fullmatch(pack):  # what an address holds may be more than a database takes, a NUL for one
        return None
    if version is not None:
        return _older(pack, version)
    newest = (
        Installation.objects.filter(pack=pack).order_by("-id").values_list("version_id", flat=True).first()
    )
    return None if newest is None else _index(newest)


def _older(pack: str, prefix: str) -> PackIndex | None:
    if len(prefix) < SHORTEST_PREFIX or not set(prefix) <= set("0123456789abcdef"):
        return None
    found = list(
        PackVersion.objects.filter(pack=pack, hash__startswith=prefix).values_list("hash", flat=True)[:2]
    )
    return _index(found[0]) if len(found) == 1 else None


def versions(pack: str) -> list[Version]:
    """The ledger of a pack, newest first."""
    rows = (
        Installation.objects.filter(pack=pack)
        .order_by("-id")
        .select_related("version")
        .defer("version__content")
    )
    return [
        Version(pack, row.version_id, row.version.label, row.installed_at, row.installed_by, place == 0)
        for place, row in enumerate(rows)
    ]


def search(query: str, pack: str | None = None) -> list[Hit]:
    """Objects of the current versions in which every word of the query occurs; one pack's own come first."""
    current = sorted(packs(), key=lambda p: p.id != pack)
    return [hit for p in current for hit in find(_entries(p.version), query)]


@lru_cache(maxsize=32)
def _entries(version: str) -> tuple[Entry, ...]:
    return tuple(entries_of(_index(version)))


@lru_cache(maxsize=32)
def _load(version: str) -> Pack:
    """A version's pack. A row never changes, so neither does what is kept here."""
    return from_canonical(PackVersion.objects.values_list("content", flat=True).get(hash=version))


@lru_cache(maxsize=32)
def _index(version: str) -> PackIndex:
    ancestors: list[Pack] = []
    above: str | None = PackVersion.objects.values_list("extends_id", flat=True).get(hash=version)
    while above is not None:
        ancestors.append(_load(above))
        above = PackVersion.objects.values_list("extends_id", flat=True).get(hash=above)
    return PackIndex(_load(version), ancestors, capabilities(), version)
