"""Verbs: install packs. A pack is taken whole or not at all; the last good version stays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import connection, transaction

from zhijiao.policy.models import Installation, PackVersion, Refusal
from zhijiao.policy.packs.loading import Library, directories
from zhijiao.policy.packs.problems import PackRefused
from zhijiao.policy.packs.serial import canonical

INSTALL_LOCK = 0x7A6A_7061
"""Key of the advisory lock that lets one process install at a time (web and worker start together)."""


@dataclass(frozen=True)
class Installed:
    """What became of one pack: newly current, unchanged, or refused with its problems; `news` when it was not known."""

    pack: str
    version: str | None
    changed: bool
    refused: PackRefused | None = None
    news: bool = False


def install_packs(*, by: str, at: datetime, extra: Sequence[Path] = ()) -> list[Installed]:
    """Install every pack found in the directories of this process and in `extra`, parents first.

    Idempotent: a version that is already current adds nothing. A refused pack is reported, and those that
    extend it are refused with it; neither touches what is installed.
    """
    shelf = Library(directories(extra))
    return [install_pack(shelf=shelf, pack=pack, by=by, at=at) for pack in shelf.ids()]


def install_pack(*, shelf: Library, pack: str, by: str, at: datetime) -> Installed:
    """Install one pack of a library together with the packs that it extends, in one transaction."""
    try:
        index = shelf.index(pack)
    except PackRefused as refused:
        news = _record(refused, pack=pack, by=by, at=at)
        return Installed(pack, None, False, refused, news)
    with _alone():
        above = index.ancestors[0].id if index.ancestors else None
        if above is not None:
            install_pack(shelf=shelf, pack=above, by=by, at=at)
        PackVersion.objects.get_or_create(
            hash=index.version,
            defaults={
                "pack": pack,
                "label": index.pack.manifest.version,
                "content": canonical(index.pack),
                "extends_id": shelf.version(above) if above is not None else None,
                "created_at": at,
            },
        )
        newest = Installation.objects.filter(pack=pack).order_by("-id").first()
        if newest is not None and newest.version_id == index.version and not _refused_since(newest):
            return Installed(pack, index.version, False)
        Installation.objects.create(pack=pack, version_id=index.version, installed_at=at, installed_by=by)
        return Installed(pack, index.version, True, news=True)


@contextmanager
def _alone() -> Iterator[None]:
    """One transaction in which no other process installs."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [INSTALL_LOCK])
        yield


def _refused_since(newest: Installation) -> bool:
    """Whether a broken version was offered since; a new line of the ledger then says that it is mended."""
    return Refusal.objects.filter(pack=newest.pack, refused_at__gte=newest.installed_at).exists()


def _mended_since(last: Refusal) -> bool:
    """Whether a whole version was installed since; the same fault is then a new refusal."""
    return Installation.objects.filter(pack=last.pack, installed_at__gt=last.refused_at).exists()


def _record(refused: PackRefused, *, pack: str, by: str, at: datetime) -> bool:
    """Keep why a pack was refused, once per set of problems while it stays broken; say whether this is new."""
    problems = [problem.as_json() for problem in refused.problems]
    with _alone():
        last = Refusal.objects.filter(pack=pack).order_by("-id").first()
        if last is not None and last.problems == problems and not _mended_since(last):
            return False
        Refusal.objects.create(pack=pack, problems=problems, refused_at=at, refused_by=by)
        return True
