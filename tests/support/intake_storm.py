"""For the trial in which imports are killed: `python -m tests.support.intake_storm lay|receive FILE|look`. Prints JSON.

`lay` plants a school; `receive` hands a file in as the web does, so that the worker checks it; `look` says what is there and
what of it cannot be: a record of a batch that was not applied, counts that are not those of the rows, a key twice.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

SCHOOL = "storm-school"


def lay_school() -> dict[str, int]:
    """A school to hand in for."""
    from tests.support.people import plant
    from zhijiao.core.access.scope import bulk
    from zhijiao.core.kinds import OrganisationKind

    with bulk():
        return {"school": plant(SCHOOL, OrganisationKind.SECONDARY_VOCATIONAL).pk}


def receive(path: Path) -> dict[str, Any]:
    """Hand a file in and leave it to the worker."""
    from django.utils import timezone

    from zhijiao.core.access.actor import Actor
    from zhijiao.core.models import Organisation
    from zhijiao.exchange import actions

    school = Organisation.objects.get(code=SCHOOL, tenant="real").pk
    batch = actions.receive(
        by=Actor.system("storm"),
        at=timezone.now(),
        dataset="classes",
        organisation=school,
        name=path.name,
        chunks=[path.read_bytes()],
    )
    return {"batch": batch.pk, "number": batch.number}


def look() -> dict[str, Any]:
    """What is in force, and what is wrong."""
    from django.db import connection

    from zhijiao.core.access.scope import bulk
    from zhijiao.exchange.models import Batch, Record

    wrong = []
    with bulk(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.since, count(*) FROM exchange_record r GROUP BY 1 UNION ALL"
            " SELECT r.until, -count(*) FROM exchange_record r WHERE until IS NOT NULL GROUP BY 1"
        )
        moved: dict[int, list[int]] = {}
        for sequence, count in cursor.fetchall():
            moved.setdefault(sequence, [0, 0])[count < 0] += abs(count)
        batches = {b.sequence: b for b in Batch.objects.exclude(sequence=None)}
        wrong += [f"records of {s}, which no batch was applied as" for s in moved if s not in batches]
        for sequence, batch in batches.items():
            came, went = moved.get(sequence or 0, [0, 0])
            c = batch.counts
            if (came, went) != (c["new"] + c["changed"], c["changed"] + c["gone"]):
                wrong.append(f"{batch.number}: {c} but {came} rows came and {went} went")
        cursor.execute(
            "SELECT count(*) FROM (SELECT shelf_id, organisation_id, key FROM exchange_record WHERE until IS NULL"
            " GROUP BY 1, 2, 3 HAVING count(*) > 1) twice"
        )
        wrong += [f"{n} keys twice" for (n,) in cursor.fetchall() if n]
        unlogged = Batch.objects.filter(state="applied").extra(
            where=[
                "NOT EXISTS (SELECT 1 FROM core_auditevent e WHERE e.object_id = exchange_batch.id::text"
                " AND e.object_kind = 'exchange_batch' AND e.action IN ('exchange.apply', 'exchange.undo'))"
            ]
        )
        wrong += [f"{b.number} is applied, but the log does not say so" for b in unlogged]
        rows = Record.objects.filter(until__isnull=True).values_list("key", "data")
        return {
            "rows": {key.split("\x1f")[1]: data.split("\x1f")[2] for key, data in rows},
            "applied": {b.number: b.digest for b in batches.values()},
            "waiting": list(Batch.objects.filter(state="received").values_list("number", flat=True)),
            "checked": list(Batch.objects.filter(state="checked").values_list("number", flat=True)),
            "wrong": wrong,
        }


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhijiao.config.settings")
    import django

    django.setup()
    verb, *words = sys.argv[1:]
    print(
        json.dumps(
            {"lay": lay_school, "look": look}[verb]() if not words else receive(Path(words[0])),
            ensure_ascii=False,
        )
    )
