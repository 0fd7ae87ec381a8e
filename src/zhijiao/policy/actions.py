"""Verbs: install packs. A pack is taken whole or not at all; the last good version stays.

Where people already work under a pack, a changed one is only offered: it becomes current when somebody with the
permission has seen what it touches and accepts it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import connection, transaction

from zhijiao.core import events
from zhijiao.core.access.actor import Actor, Invisible
from zhijiao.core.access.roles import Permission
from zhijiao.core.audit import record
from zhijiao.policy.models import Installation, Offer, PackVersion, Refusal
from zhijiao.policy.packs.loading import Library, directories
from zhijiao.policy.packs.problems import PackRefused
from zhijiao.policy.packs.serial import canonical
from zhijiao.policy.types import PackIndex

INSTALL_LOCK = 0x7A6A_7061
"""Key of the advisory lock that lets one process install at a time (web and worker start together)."""


PACK_INSTALLED = "policy.pack_installed"
"""Told when a version becomes current: `{"pack": …, "version": …}`."""

_keepers: list[Callable[[str], bool]] = []


def register_keeper(keeper: Callable[[str], bool]) -> None:
    """Add a question that is asked before a changed pack is taken: does somebody already work under it? The domains above
    answer; `config/wiring.py` registers them."""
    if keeper not in _keepers:
        _keepers.append(keeper)


@dataclass(frozen=True)
class Installed:
    """What became of one pack: newly current, unchanged, offered because people work under it, or refused with its
    problems; `news` when it was not known."""

    pack: str
    version: str | None
    changed: bool
    refused: PackRefused | None = None
    news: bool = False
    offered: bool = False


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
        # Asked without its content, which is long.
        if not PackVersion.objects.filter(hash=index.version).exists():
            PackVersion.objects.create(
                hash=index.version,
                pack=pack,
                label=index.pack.manifest.version,
                content=canonical(index.pack),
                extends_id=shelf.version(above) if above is not None else None,
                created_at=at,
            )
        newest = Installation.objects.filter(pack=pack).order_by("-id").first()
        if newest is not None and newest.version_id == index.version:
            _overtake(pack, at)  # the folder is back at what is current
            if not _refused_since(newest):
                return Installed(pack, index.version, False)
        elif newest is not None and any(keeper(pack) for keeper in _keepers):
            return _offer(index, by=by, at=at)
        _make_current(pack, index.version, by=by, at=at)
        return Installed(pack, index.version, True, news=True)


def accept_pack(*, pack: str, version: str, at_place: int, by: Actor, at: datetime, reason: str = "") -> None:
    """Make the version that waits current. `version` is the one that was looked at: another one in the meantime is refused.

    `at_place` is the organisation of the pack's place, where the permission is asked for. Raises Invisible, NotAllowed.
    """
    by.require(Permission.ACCEPT_PACKS, at_place)
    with _alone():
        offer = _waiting(pack, version)
        _decide(offer, "accepted", by=by, at=at, reason=reason)
        _make_current(pack, offer.version_id, by=by.name, at=at)
        record(
            by=by,
            at=at,
            action="policy.accept_pack",
            organisation=at_place,
            object_kind="pack",
            object_id=pack,
            summary=f"接受政策包新版本 {offer.version_id[:12]}",
            detail={"version": offer.version_id, "reason": reason},
        )


def decline_pack(*, pack: str, version: str, at_place: int, by: Actor, at: datetime, reason: str) -> None:
    """Leave the current version in force. The declined one is not offered again; a still newer one is."""
    by.require(Permission.ACCEPT_PACKS, at_place)
    if not reason.strip():
        raise ValueError("不接受新版本要写明原因，供编写政策包的人修改。")
    with _alone():
        offer = _waiting(pack, version)
        _decide(offer, "declined", by=by, at=at, reason=reason)
        record(
            by=by,
            at=at,
            action="policy.decline_pack",
            organisation=at_place,
            object_kind="pack",
            object_id=pack,
            summary=f"不接受政策包新版本 {offer.version_id[:12]}",
            detail={"version": offer.version_id, "reason": reason},
        )


def _make_current(pack: str, version: str, *, by: str, at: datetime) -> None:
    Installation.objects.create(pack=pack, version_id=version, installed_at=at, installed_by=by)
    events.tell(PACK_INSTALLED, {"pack": pack, "version": version}, at=at)


def _offer(index: PackIndex, *, by: str, at: datetime) -> Installed:
    """Let a version wait for a decision; one that was declined is not offered again."""
    last = Offer.objects.filter(pack=index.id).order_by("-id").first()
    if last is not None and last.version_id == index.version and last.state in ("open", "declined"):
        return Installed(index.id, index.version, False, offered=last.state == "open")
    _overtake(index.id, at)
    Offer.objects.create(pack=index.id, version_id=index.version, offered_at=at, offered_by=by, state="open")
    return Installed(index.id, index.version, False, news=True, offered=True)


def _overtake(pack: str, at: datetime) -> None:
    Offer.objects.filter(pack=pack, state="open").update(state="overtaken", decided_at=at)


def _waiting(pack: str, version: str) -> Offer:
    offer = Offer.objects.select_for_update().filter(pack=pack, version_id=version, state="open").first()
    if offer is None:
        raise Invisible(f"政策包 {pack} 没有待接受的版本 {version[:12]}，可能已被处理或被更新的版本取代。")
    return offer


def _decide(offer: Offer, state: str, *, by: Actor, at: datetime, reason: str) -> None:
    offer.state, offer.decided_at, offer.decided_by, offer.reason = state, at, by.name, reason[:300]
    offer.save()


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
