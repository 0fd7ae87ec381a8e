"""People and figures owed in a running instance, for journeys through the desk: `python -m tests.support.scene`.

Prints JSON: account names by part played, all with one password. Everything is synthetic.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

PASSWORD = "示例口令-Shili2026"
PACK = "taizhou"
LATE = 2
"""Counties that have not handed in and are late, where the others have."""


def lay(data: Path, *, handed_in: bool = False) -> dict[str, Any]:
    """Lay the scene in the running instance of a data folder. `handed_in`: the counties have handed in everything."""
    command = [sys.executable, "-m", "tests.support.scene", *(["--handed-in"] if handed_in else [])]
    environment = {**os.environ, "ZHIJIAO_DATA": str(data)}
    for name in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE"):
        environment.pop(name, None)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def lay_here(*, handed_in: bool) -> dict[str, Any]:
    """Lay the scene in the database that this process uses."""
    from datetime import date, timedelta

    from django.db.models import F
    from django.utils import timezone

    from tests.support.people import hire
    from zhijiao.core.access.actor import Actor
    from zhijiao.core.access.roles import Role
    from zhijiao.core.access.scope import bulk
    from zhijiao.core.kinds import OrganisationKind, Tenant
    from zhijiao.core.models import Organisation
    from zhijiao.core.tree import tree
    from zhijiao.indicators.actions import open_reports
    from zhijiao.indicators.models import Report
    from zhijiao.policy import queries as policy
    from zhijiao.registry.actions import plant_pack

    now, today = timezone.now(), timezone.localdate()
    index = policy.index(PACK)
    assert index is not None
    system = Actor.system("示例", Tenant.REAL)
    plant_pack(pack=PACK, by=system, at=now)
    standing = tree(Tenant.REAL, today)
    place = standing.place(PACK)
    assert place is not None
    counties = [n for n in standing.below(place.id) if n.kind is OrganisationKind.COUNTY]
    bureau = standing.by_code[next(u.id for u in index.pack.places.units if u.id.endswith(".education"))]
    with bulk():
        rows = {o.pk: o for o in Organisation.objects.all()}
        hire("office", Role.OFFICE, rows[place.id], password=PASSWORD)
        hire("bureau", Role.DEPARTMENT, rows[bureau.id], password=PASSWORD)
        hire("bureau-2", Role.DEPARTMENT, rows[bureau.id], password=PASSWORD)
        officers = [
            hire(f"county-{n}", Role.COUNTY, rows[county.id], password=PASSWORD)
            for n, county in enumerate(counties, 1)
        ]
    # Four years are enough for a sitting of three hundred.
    since = date(today.year - (4 if handed_in else 1), 1, 1)
    open_reports(pack=PACK, tenant=Tenant.REAL, on=today, at=now, since=since)
    if handed_in:
        for number, officer in enumerate(officers[:-LATE], 1):
            _hand_in(officer, number, today)
        with bulk():
            late = Report.objects.filter(organisation__in=[county.id for county in counties[-LATE:]])
            late.update(deadline=today - timedelta(days=12), revision=F("revision") + 1)
    return {"password": PASSWORD, "counties": len(officers)}


def _hand_in(officer: Any, number: int, today: Any) -> None:
    from django.utils import timezone

    from zhijiao.core.access.scope import acting
    from zhijiao.indicators import actions
    from zhijiao.indicators.queries.reports import owed
    from zhijiao.indicators.types import Entered

    with acting(officer):
        lines = owed(officer, today)
        entries = [Entered(line.id, values_for(line, number), line.revision) for line in lines]
        actions.hand_in(by=officer, at=timezone.now(), entries=entries)


def values_for(line: Any, number: int) -> dict[str, str]:
    """Plausible values that pass every check."""
    if line.asks == "text":
        return {"text": f"示例：第{number}个县已按要求完成。"}
    if line.asks == "ratio":
        return {"numerator": str(60 + number), "denominator": "100", "note": "示例"}
    return {"value": str(10 + number), "note": "示例"}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhijiao.config.settings")
    import django

    django.setup()
    print(json.dumps(lay_here(handed_in="--handed-in" in sys.argv)))
