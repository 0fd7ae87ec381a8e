"""What a crowd was told against what is there: `python -m tests.support.filling_count FILE`. Prints JSON."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any


def _count(told: dict[str, Any]) -> dict[str, Any]:
    from django.db.models import Count, Max

    from zhijiao.admissions.models import Submission
    from zhijiao.core.access.scope import bulk
    from zhijiao.core.models import AuditEvent

    wrong: list[str] = []
    with bulk():
        rows = {row.receipt: row for row in Submission.objects.filter(round=told["round"]).iterator()}
        for receipt, (candidate, lines, _) in told["receipts"].items():
            row = rows.get(receipt)
            if row is None or (row.candidate_id, row.lines) != (candidate, lines):
                wrong.append(f"{receipt}: {'lost' if row is None else 'another list'}")
        wrong.extend(f"{receipt}: nobody was told of it" for receipt in set(rows) - set(told["receipts"]))
        last = {row.candidate_id: row for row in sorted(rows.values(), key=lambda row: row.version)}
        for candidate, receipt in told["last"].items():
            if last[int(candidate)].receipt != receipt:
                wrong.append(f"{candidate}: {last[int(candidate)].receipt} counts, not {receipt}")
        gaps = (
            Submission.objects.filter(round=told["round"])
            .values("candidate")
            .annotate(n=Count("id"), most=Max("version"))
        )
        wrong.extend(f"{one['candidate']}: versions" for one in gaps if one["n"] != one["most"])
        audited = AuditEvent.objects.filter(action="admissions.submit").values_list(
            "detail__receipt", flat=True
        )
        if sorted(audited) != sorted(rows):
            wrong.append(f"{len(audited)} lines in the trail for {len(rows)} submissions")
    return {"submissions": len(rows), "candidates": len(last), "wrong": wrong[:50]}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhijiao.config.settings")
    import django

    django.setup()
    print(json.dumps(_count(json.loads(Path(sys.argv[1]).read_text("utf-8")))))
