"""Snapshots: the ledger, and the folder of one, to compute from."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from zhijiao.core import blobs, environment
from zhijiao.core.access.scope import bulk
from zhijiao.core.errors import Refusal
from zhijiao.core.kinds import Tenant
from zhijiao.exchange.models import Snapshot, SnapshotPart
from zhijiao.exchange.types import Manifest

FOLDER = "snapshots"
MANIFEST = "manifest.json"
DRAFT = ".draft-"
"""How folders begin that are being laid out."""


@dataclass(frozen=True)
class SnapshotView:
    """A line of the ledger."""

    id: str
    tenant: Tenant
    known_at: datetime
    known: int
    tree_on: date
    standard: str
    reason: str
    marked: str
    rows: int
    size: int
    made_at: datetime
    made_by: str
    removed_at: datetime | None
    datasets: Mapping[str, int]  # rows by data set

    @property
    def short(self) -> str:
        """The first signs of the id: what a person reads out on the phone."""
        return self.id[:12]


def view_of(row: Snapshot) -> SnapshotView:
    """A row of the ledger as pages and programs see it."""
    return SnapshotView(
        id=row.hash,
        tenant=Tenant(row.tenant),
        known_at=row.known_at,
        known=row.known,
        tree_on=row.tree_on,
        standard=row.standard,
        reason=row.reason,
        marked=row.marked,
        rows=row.rows,
        size=row.size,
        made_at=row.made_at,
        made_by=row.made_by,
        removed_at=row.removed_at,
        datasets={name: part["rows"] for name, part in row.manifest["datasets"].items()},
    )


def snapshots(tenant: Tenant, *, limit: int = 500) -> list[SnapshotView]:
    """The ledger of a tenant, newest first."""
    rows = Snapshot.objects.filter(tenant=tenant).order_by("-known_at", "-id")[:limit]
    return [view_of(row) for row in rows]


def newest(tenant: Tenant, *, by: datetime | None = None) -> SnapshotView | None:
    """The newest snapshot of a tenant whose files are there; of those made from what was known by a moment."""
    rows = Snapshot.objects.filter(tenant=tenant, removed_at=None)
    if by is not None:
        rows = rows.filter(known_at__lte=by)
    row = rows.order_by("-known_at", "-id").first()
    return view_of(row) if row else None


def snapshot(name: str) -> SnapshotView:
    """A snapshot by its id or the beginning of it. Raises Refusal."""
    rows = list(Snapshot.objects.filter(hash__startswith=name)[:2]) if len(name) >= 6 else []
    if len(rows) != 1:
        why = (
            "有几份快照的编号这样开头，请多写几位"
            if rows
            else "没有这样的快照，用 zhijiao snapshot list 看有哪些"
        )
        raise Refusal(f"快照“{name}”：{why}。")
    return view_of(rows[0])


def folder_of(name: str) -> Path:
    """The folder of a snapshot, laid out of the store of bytes when it is first asked for. Raises Refusal."""
    found = snapshot(name)
    folder = environment.data_folder() / FOLDER / found.id
    # First the ledger: who was to remove the folder may have been killed before.
    if found.removed_at is not None:
        raise Refusal(
            f"快照 {found.short} 的文件已在 {found.removed_at:%Y-%m-%d} 按保留期删除，只剩台账。请换一份快照。"
        )
    if not (folder / MANIFEST).is_file():
        _lay_out(found, folder)
    return folder


def faults_of(name: str) -> list[str]:
    """What of a snapshot's files is missing or altered, in words."""
    from zhijiao.exchange.rules.folder import faults, read_manifest

    folder = folder_of(name)
    return faults(folder, read_manifest(folder))


def manifest_of(name: str) -> Manifest:
    """The manifest of a snapshot whose files are there."""
    from zhijiao.exchange.rules.folder import read_manifest

    return read_manifest(folder_of(name))


def remove_folder(name: str) -> None:
    """Remove a laid-out folder. What it was laid out of is the store's."""
    shutil.rmtree(environment.data_folder() / FOLDER / name, ignore_errors=True)


def remove_strays() -> None:
    """Remove folders whose snapshot the ledger does not hold any more: whoever let it go was killed in between."""
    place = environment.data_folder() / FOLDER
    # The folders first: one that is laid out meanwhile is of a snapshot that the ledger holds by then.
    folders = [path.name for path in place.glob("[0-9a-f]*")]
    held = set(Snapshot.objects.filter(hash__in=folders, removed_at=None).values_list("hash", flat=True))
    for name in folders:
        if name not in held:
            remove_folder(name)


def _lay_out(found: SnapshotView, folder: Path) -> None:
    data = environment.data_folder()
    with bulk():
        row = Snapshot.objects.get(hash=found.id)
        parts = dict(SnapshotPart.objects.filter(snapshot=row).values_list("dataset", "blob"))
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = Path(tempfile.mkdtemp(dir=folder.parent, prefix=DRAFT))
    try:
        listed = {**row.manifest["datasets"], "organisations": row.manifest["organisations"]}
        for dataset, part in listed.items():
            _link(blobs.place_of(data, parts[dataset]), draft / part["file"], found)
        text = json.dumps(row.manifest, ensure_ascii=False, indent=1)
        (draft / MANIFEST).write_text(text + "\n", encoding="utf-8")
        draft.rename(folder)
    except OSError:
        # Another process laid it out in the meantime.
        if not (folder / MANIFEST).is_file():
            raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _link(source: Path, target: Path, found: SnapshotView) -> None:
    if not source.is_file():
        raise Refusal(f"快照 {found.short} 的文件 {target.name} 不在文件库里。请从备份恢复。")
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
