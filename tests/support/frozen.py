"""Small snapshots for tests about computed figures."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl

from zhijiao.core.access.scope import bulk
from zhijiao.core.kinds import Tenant
from zhijiao.exchange.actions.snapshots import _standings
from zhijiao.exchange.models import Snapshot
from zhijiao.exchange.queries.standard import standard
from zhijiao.exchange.rules.folder import Head, columns, write_folder
from zhijiao.exchange.rules.freezing import tree_table

AT = datetime(2023, 9, 20, 2, tzinfo=UTC)
ON = date(2023, 9, 30)
RATE = "tzw.ind.14a"
PERIOD = "2022/2023"


def freeze(
    data: Path, graduates: dict[str, tuple[int, int]], *, at: datetime = AT, tenant: Tenant = Tenant.REAL
) -> str:
    """A snapshot in which so many of so many at each school graduated on time."""
    dataset = standard().by_id["graduates"]
    rows = [
        {
            "organisation": school,
            "major": "710205",
            "due_on": date(2023, 6, 30),
            "graduated_on": date(2023, 6, 30) if number < on_time else None,
        }
        for school, (on_time, due) in graduates.items()
        for number in range(due)
    ]
    folder = data / "made"
    with bulk():
        tree = tree_table(_standings(tenant, ON))
    frame = pl.DataFrame(rows, schema_overrides={"graduated_on": pl.Date})
    manifest = write_folder(
        folder,
        Head(ON, ON, at, tenant.value, standard().hash, marked="演示" if tenant is Tenant.DEMO else ""),
        {"graduates": (columns(dataset), [frame])},
        tree,
    )
    (data / "snapshots").mkdir(exist_ok=True)
    folder.rename(data / "snapshots" / manifest.id)
    with bulk():
        Snapshot.objects.create(
            hash=manifest.id,
            tenant=tenant,
            known_at=at,
            known=1,
            tree_on=ON,
            standard=manifest.standard,
            marked=manifest.marked,
            manifest={"datasets": {}},
            rows=len(rows),
            size=1,
            made_at=at,
            made_by="tests",
        )
    return manifest.id
