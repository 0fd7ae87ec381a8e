"""For the trial in which snapshots are killed: `python -m tests.support.snapshot_storm lay|look|open`. Prints JSON.

`lay` plants a school and takes more snapshots of it than retention keeps; `look` says what the ledger holds and what of it
cannot be; `open` opens every snapshot that is held, too, and compares its rows with those of the records table.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from tests.support.intake_storm import SCHOOL, lay_school

EARLIER = 32
"""More than retention keeps of one month."""
SEPARATOR = "\x1f"


def lay() -> dict[str, int]:
    """A school and snapshots of before."""
    from django.utils import timezone

    from tests.support.class_lists import write
    from zhijiao.core import environment
    from zhijiao.core.access.actor import Actor
    from zhijiao.core.kinds import Tenant
    from zhijiao.core.models import Organisation
    from zhijiao.exchange import actions
    from zhijiao.exchange.actions.snapshots import take_snapshot

    lay_school()
    by, data = Actor.system("storm"), environment.data_folder()
    school = Organisation.objects.get(code=SCHOOL, tenant="real").pk
    for number in range(EARLIER):
        path = write(data, 2000 + number, {f"e{n}": "x" for n in range(number + 1)})
        actions.intake(
            by=by, at=timezone.now(), dataset="classes", organisation=school, path=path, name=path.name
        )
        take_snapshot(by=by, at=timezone.now(), tenant=Tenant.REAL, reason="trial")
    return {"snapshots": EARLIER}


def look(*, opening: bool = False) -> dict[str, Any]:
    """What is held, and what is wrong."""
    from zhijiao.core import environment
    from zhijiao.core.access.scope import bulk
    from zhijiao.exchange.models import Record, Snapshot
    from zhijiao.exchange.queries.snapshots import FOLDER

    place = environment.data_folder() / FOLDER
    # The folders first: the worker may lay one out meanwhile.
    folders = sorted(path for path in place.glob("[0-9a-f]*"))
    with bulk():
        ledger = {row.hash: row for row in Snapshot.objects.order_by("known_at", "id")}
        rows = dict(Record.objects.filter(until=None).values_list("key", "data"))
    wrong = [fault for row in ledger.values() for fault in _faults_of_line(row)]
    for folder in folders:
        wrong += _faults_of_folder(folder, ledger)
    if opening:
        wrong += [
            fault for row in ledger.values() if row.removed_at is None for fault in _faults_of_rows(row)
        ]
    return {
        "held": [name for name, row in ledger.items() if row.removed_at is None],
        "gone": [name for name, row in ledger.items() if row.removed_at is not None],
        "folders": [folder.name for folder in folders],
        "unfinished": len([*place.parent.glob(".snapshot-*"), *place.glob(".draft-*")]),
        "rows": {key.split(SEPARATOR)[1]: data.split(SEPARATOR)[2] for key, data in rows.items()},
        "wrong": wrong,
    }


def _faults_of_line(row: Any) -> list[str]:
    """A line of the ledger: it names what it consists of, all of that is in the store, the log knows of it."""
    from zhijiao.core import blobs, environment
    from zhijiao.core.access.scope import bulk
    from zhijiao.core.models import AuditEvent
    from zhijiao.exchange.models import SnapshotPart
    from zhijiao.exchange.rules.folder import digest

    listed = {**row.manifest["datasets"], "organisations": row.manifest["organisations"]}
    with bulk():
        parts = dict(SnapshotPart.objects.filter(snapshot=row).values_list("dataset", "blob"))
        logged = set(
            AuditEvent.objects.filter(object_kind="snapshot", object_id=row.hash).values_list(
                "action", flat=True
            )
        )
    short, wrong = row.hash[:12], []
    wanted = {} if row.removed_at else {name: part["sha256"] for name, part in listed.items()}
    if parts != wanted:
        wrong.append(f"{short}: its parts are {sorted(parts)}, not {sorted(wanted)}")
    for name, blob in parts.items():
        path = blobs.place_of(environment.data_folder(), blob)
        if not path.is_file() or digest(path) != blob:
            wrong.append(f"{short}: {name} is not in the store as it was written")
    said = {"exchange.snapshot_made"} | ({"exchange.snapshot_pruned"} if row.removed_at else set())
    if not said <= logged:
        wrong.append(f"{short}: the log says {sorted(logged)}")
    return wrong


def _faults_of_folder(folder: Path, ledger: dict[str, Any]) -> list[str]:
    """A folder that can be seen: the ledger knows it, and it is whole, or cannot be opened any more."""
    from zhijiao.core.errors import Refusal
    from zhijiao.exchange.queries.snapshots import folder_of
    from zhijiao.exchange.rules.folder import faults, read_manifest

    short = folder.name[:12]
    if folder.name not in ledger:
        return [f"{short}: a folder that the ledger does not know"]
    if ledger[folder.name].removed_at is None:
        manifest = read_manifest(folder)
        named = [] if manifest.id == folder.name else [f"{short}: says that it is {manifest.id[:12]}"]
        return named + [f"{short}: {fault}" for fault in faults(folder, manifest)]
    try:
        folder_of(folder.name)
    except Refusal:
        return []
    return [f"{short}: was let go and can still be opened"]


def _faults_of_rows(row: Any) -> list[str]:
    """Open it; its classes are those of the table as the batches up to then had made it."""
    import polars as pl
    from django.db.models import Q

    from zhijiao.core.access.scope import bulk
    from zhijiao.exchange.models import Record
    from zhijiao.exchange.queries.snapshots import faults_of, folder_of

    with bulk():
        rows = Record.objects.filter(Q(until=None) | Q(until__gt=row.known), since__lte=row.known)
        then = {
            key.split(SEPARATOR)[1]: data.split(SEPARATOR)[2] for key, data in rows.values_list("key", "data")
        }
    found = pl.read_parquet(folder_of(row.hash) / "classes.parquet").select("class_no", "name")
    wrong = [f"{row.hash[:12]}: {fault}" for fault in faults_of(row.hash)]
    if dict(found.iter_rows()) != then:
        wrong.append(f"{row.hash[:12]}: its {found.height} rows are not the {len(then)} of the table")
    return wrong


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhijiao.config.settings")
    import django

    django.setup()
    verb = sys.argv[1]
    print(json.dumps(lay() if verb == "lay" else look(opening=verb == "open"), ensure_ascii=False))
