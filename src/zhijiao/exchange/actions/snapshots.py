"""The verbs of snapshots: take one, and let go the files of those that nobody needs any more."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import Max, Q

from zhijiao.core import blobs, environment
from zhijiao.core.access.actor import Actor
from zhijiao.core.access.scope import bulk
from zhijiao.core.audit import record
from zhijiao.core.errors import Refusal
from zhijiao.core.events import tell
from zhijiao.core.kinds import OrganisationKind, Tenant
from zhijiao.core.models import Organisation
from zhijiao.core.models import Standing as StandingRow
from zhijiao.exchange.actions.shared import cut
from zhijiao.exchange.models import Batch, Shelf, Snapshot, SnapshotPart
from zhijiao.exchange.queries.snapshots import DRAFT, FOLDER, SnapshotView, remove_strays, view_of
from zhijiao.exchange.queries.standard import edition, standard
from zhijiao.exchange.rules.retention import kept

if TYPE_CHECKING:
    import polars as pl

    from zhijiao.exchange.rules.freezing import Standing
    from zhijiao.exchange.types import Dataset, Manifest

MADE = "exchange.snapshot_made"
"""Told when a snapshot is taken: its id, hash, tenant."""
PRUNED = "exchange.snapshots_pruned"
"""Told when files of snapshots went: their hashes, tenant."""
DEMO_MARK = "演示"
UNFINISHED = ".snapshot-"
"""How folders begin in which a snapshot is being written."""
UNFINISHED_HOURS = 24.0
PIECE = 16 * 1024 * 1024
"""Bytes of text that are typed at once: the memory of taking a snapshot is bounded by it."""
_SHANGHAI = ZoneInfo("Asia/Shanghai")


def take_snapshot(
    *,
    by: Actor,
    at: datetime,
    tenant: Tenant,
    reason: str = "",
    known: int | None = None,
    tree_on: date | None = None,
) -> SnapshotView:
    """Write every data set of a tenant as the batches up to `known` (default: all that were applied) had made it, with the
    tree of a day (default: today), and enter it into the ledger. The same content again gives the same snapshot. For jobs
    and commands only."""
    if not by.everything:
        raise Refusal("快照由后台任务或命令建立。需要时请系统管理员运行 zhijiao snapshot create。")
    newest = _settled(tenant)
    known = newest if known is None else known
    if known > newest:
        raise Refusal(f"批次序号 {known} 还没有发生，现在最新的是 {newest}。请改用不大于 {newest} 的序号。")
    day = tree_on or at.astimezone(_SHANGHAI).date()
    known_at = _known_at(tenant, known)
    data = environment.data_folder()
    data.mkdir(parents=True, exist_ok=True)
    _remove_unfinished(data)
    with tempfile.TemporaryDirectory(dir=data, prefix=UNFINISHED) as made, bulk():
        folder = Path(made)
        manifest, content = _write(folder, tenant, known, known_at, day, reason)
        return _enter(folder, manifest, content, known, by=by, at=at)


def prune_snapshots(*, tenant: Tenant, by: Actor, at: datetime) -> list[str]:
    """Let go the files of snapshots that retention does not keep; the ledger keeps their lines, and whoever computed from
    them hears of it. Returns the hashes that went."""
    with bulk():
        rows = list(Snapshot.objects.filter(tenant=tenant, removed_at=None).order_by("-known_at", "-id"))
        keep = kept([(row.hash, row.known_at.astimezone(_SHANGHAI).date()) for row in rows])
        gone = [row for row in rows if row.hash not in keep]
        for row in gone:
            SnapshotPart.objects.filter(snapshot=row).delete()
            Snapshot.objects.filter(pk=row.pk).update(removed_at=at)
            record(
                by=by,
                at=at,
                action="exchange.snapshot_pruned",
                object_kind="snapshot",
                object_id=row.hash,
                summary=f"删除快照 {row.hash[:12]} 的文件（保留期已满），台账保留",
            )
        if gone:
            tell(PRUNED, {"snapshots": [row.hash for row in gone], "tenant": tenant.value}, at=at)
    remove_strays()
    return [row.hash for row in gone]


def _remove_unfinished(data: Path) -> None:
    """Remove what a killed process left behind. Another one may be writing now, so only what is a day old."""
    for folder in (*data.glob(f"{UNFINISHED}*"), *data.glob(f"{FOLDER}/{DRAFT}*")):
        if blobs.older(folder, UNFINISHED_HOURS):
            shutil.rmtree(folder, ignore_errors=True)


def _settled(tenant: Tenant) -> int:
    """The newest batch such that no earlier one is still on its way."""
    with bulk():
        end = cut(tenant)
        rows = Batch.objects.filter(shelf__tenant=tenant, sequence__lt=end)
        return rows.aggregate(newest=Max("sequence"))["newest"] or 0


def _known_at(tenant: Tenant, known: int) -> datetime:
    """When the newest of these batches was applied: so a snapshot of the same content has the same time."""
    with bulk():
        rows = Batch.objects.filter(shelf__tenant=tenant, sequence__lte=known)
        moment: datetime | None = rows.aggregate(newest=Max("applied_at"))["newest"]
    if moment is None:
        raise Refusal("还没有任何已入库的数据，没有可以定格的内容。请先接收数据（zhijiao intake）。")
    return moment.astimezone(_SHANGHAI)


def _write(
    folder: Path, tenant: Tenant, known: int, known_at: datetime, day: date, reason: str
) -> tuple[Manifest, dict[str, object]]:
    from zhijiao.exchange.rules.folder import MANIFEST, FolderWriter, Head, columns
    from zhijiao.exchange.rules.freezing import tree_table

    now = standard()
    shelves = {
        shelf.dataset: shelf.pk
        for shelf in Shelf.objects.filter(tenant=tenant, source="")
        if shelf.dataset in now.by_id
    }
    datasets = [dataset for dataset in now.datasets if dataset.id in shelves]
    writer = FolderWriter(folder, {dataset.id: columns(dataset) for dataset in datasets})
    for dataset in datasets:
        for frame in _rows(shelves[dataset.id], dataset, known):
            writer.add(dataset.id, frame)
    head = Head(
        as_at=known_at.date(),
        tree_on=day,
        known_at=known_at,
        tenant=tenant.value,
        standard=now.hash,
        reason=reason,
        marked=DEMO_MARK if tenant is Tenant.DEMO else "",
    )
    manifest = writer.close(head, tree_table(_standings(tenant, day)))
    return manifest, json.loads((folder / MANIFEST).read_text(encoding="utf-8"))


def _rows(shelf: int, dataset: Dataset, known: int) -> Iterator[pl.DataFrame]:
    """The records in the order of their keys, typed. A batch names the standard by which its rows stand; where a data set's
    fields changed, the pieces are sorted together, which needs the memory of the whole data set."""
    import polars as pl

    orders: dict[tuple[str, ...], list[str]] = {}
    for name in _standards(shelf, known):
        orders.setdefault(_fields(dataset, name), []).append(name)
    if len(orders) == 1:
        yield from _rows_of(shelf, dataset, known, next(iter(orders)), only=None)
    elif orders:
        from zhijiao.exchange.rules.folder import order

        whole = [
            frame
            for fields, names in orders.items()
            for frame in _rows_of(shelf, dataset, known, fields, only=names)
        ]
        if whole:
            yield pl.concat(whole).sort(order(dataset), nulls_last=True)


def _standards(shelf: int, known: int) -> list[str]:
    rows = Batch.objects.filter(shelf=shelf, sequence__lte=known)
    return sorted(set(rows.values_list("standard", flat=True)))


def _fields(dataset: Dataset, name: str) -> tuple[str, ...]:
    then = edition(name)
    if then is None or dataset.id not in then.by_id:
        raise Refusal(
            f"数据集“{dataset.name}”有按数据标准 {name[:12]} 收的行，而这一版标准不在库里，读不出它们的字段。"
            "请从备份恢复这一版数据标准。"
        )
    return tuple(field.id for field in then.by_id[dataset.id].fields)


def _rows_of(
    shelf: int, dataset: Dataset, known: int, fields: Sequence[str], *, only: list[str] | None
) -> Iterator[pl.DataFrame]:
    from zhijiao.exchange.rules.freezing import typed, whole_lines

    of_standard = (
        " AND EXISTS (SELECT 1 FROM exchange_batch b WHERE b.sequence = r.since AND b.standard = ANY(%(only)s))"
        if only is not None
        else ""
    )
    with connection.cursor() as cursor:
        # Values hold no control signs, so each line is a record and nothing has to be quoted.
        statement = (
            "COPY (SELECT data FROM exchange_record r WHERE shelf_id = %(shelf)s AND since <= %(known)s"
            f' AND (until IS NULL OR until > %(known)s){of_standard} ORDER BY key COLLATE "C")'
            " TO STDOUT (FORMAT csv, DELIMITER E'\\x02', QUOTE E'\\x03', ESCAPE E'\\x03')"
        )
        wanted = {"shelf": shelf, "known": known, "only": only}
        with cursor.copy(statement, wanted) as stream:
            for lines in whole_lines(iter(stream), PIECE):
                yield typed(lines, fields, dataset)


def _standings(tenant: Tenant, day: date) -> list[Standing]:
    """The tree of a day, and where each organisation that ended before stood at its end."""
    from zhijiao.exchange.rules.freezing import Standing

    codes = dict(Organisation.objects.filter(tenant=tenant).values_list("id", "code"))
    found: dict[str, Standing] = {}
    rows = StandingRow.objects.filter(Q(starts__lte=day), organisation__tenant=tenant).order_by("starts")
    for row in rows:
        ended = row.ends is not None and row.ends <= day
        found[codes[row.organisation_id]] = Standing(
            code=codes[row.organisation_id],
            name=row.name,
            kind=OrganisationKind(row.kind),
            parent=codes.get(row.parent_id) if row.parent_id else None,
            since=row.starts,
            until=row.ends if ended else None,
        )
    return list(found.values())


def _enter(
    folder: Path, manifest: Manifest, content: dict[str, object], known: int, *, by: Actor, at: datetime
) -> SnapshotView:
    with transaction.atomic():
        there = Snapshot.objects.filter(hash=manifest.id).first()
        same = there if there is not None and there.removed_at is None else _same(manifest, known)
        if same is not None:
            return view_of(same)
        sizes = {name: _keep(folder / part.file) for name, part in manifest.parts.items()}
        if there is None:
            there = Snapshot.objects.create(
                hash=manifest.id,
                tenant=manifest.tenant,
                known_at=manifest.known_at,
                known=known,
                tree_on=manifest.tree_on,
                standard=manifest.standard,
                reason=manifest.reason,
                marked=manifest.marked,
                manifest=content,
                rows=sum(part.rows for part in manifest.parts.values()),
                size=sum(sizes.values()),
                made_at=at,
                made_by=by.name[:80],
            )
        else:
            Snapshot.objects.filter(pk=there.pk).update(removed_at=None)
            there.refresh_from_db()
        SnapshotPart.objects.bulk_create(
            SnapshotPart(snapshot=there, dataset=name, blob=part.sha256, rows=part.rows, size=sizes[name])
            for name, part in manifest.parts.items()
        )
        record(
            by=by,
            at=at,
            action="exchange.snapshot_made",
            object_kind="snapshot",
            object_id=manifest.id,
            summary=f"建立快照 {manifest.id[:12]}（数据截至{manifest.known_at:%Y-%m-%d %H:%M}）",
            detail={"known": known, "rows": there.rows},
        )
        tell(MADE, {"snapshot": there.hash, "tenant": manifest.tenant}, at=at)
        return view_of(there)


def _same(manifest: Manifest, known: int) -> Snapshot | None:
    """The newest snapshot, where only the day is another: a night in which nothing happened is not a line of the ledger."""
    rows = Snapshot.objects.filter(tenant=manifest.tenant, removed_at=None)
    newest = rows.order_by("-known_at", "-id").first()
    if newest is None or newest.known != known or newest.tree_on > manifest.tree_on:
        return None
    before = {**newest.manifest["datasets"], "organisations": newest.manifest["organisations"]}
    same = {name: part["sha256"] for name, part in before.items()} == {
        name: part.sha256 for name, part in manifest.parts.items()
    }
    return newest if same else None


def _keep(path: Path) -> int:
    """Put a file into the store of bytes, under its digest; its size."""
    size = path.stat().st_size

    def pieces() -> Iterator[bytes]:
        with path.open("rb") as stream:
            while chunk := stream.read(1024 * 1024):
                yield chunk

    data = environment.data_folder()
    with blobs.arriving(data, pieces(), size) as draft:
        blobs.keep(data, draft)
    return size
