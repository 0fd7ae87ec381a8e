"""Verb: hand out the files of a run, so that somebody can check the result on a machine of their own (zhijiao match verify)."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime

from zhijiao.admissions.actions.shared import Refused, log
from zhijiao.admissions.models import Run
from zhijiao.admissions.store.keeping import opened
from zhijiao.admissions.types.states import RunKind
from zhijiao.core.access.actor import Actor, Invisible, NotAllowed
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.scope import acting, bulk

SHORTEST_REASON = 5
EPOCH = (1980, 1, 1, 0, 0, 0)


def hand_out(*, run: int, reason: str, by: Actor, at: datetime) -> bytes:
    """Both packed files of a real run in one archive: `input.zip`, `output.zip`. They name candidates by registration number and hold their
    marks and choices, so that a reason is asked and recorded. For auditors and the bureau that ran it. Raises Refused, NotAllowed,
    Invisible."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise Refused("请写调取的事由和文号，会记入审计记录。", "why")
    with acting(by):
        row = (
            Run.objects.select_related("season", "input", "output")
            .filter(pk=run, season__tenant=by.tenant.value)
            .first()
        )
        if row is None:
            raise Invisible("没有这次投档。")
        lead = row.season.bureaus[row.season.rules["lead"]]
        if not (by.may(Permission.READ_AUDIT) or by.may(Permission.ADMIT_RUN, lead)):
            raise NotAllowed(Permission.READ_AUDIT, row.season.title)
        with bulk():  # files of a run belong to no scope but this verb's
            row = Run.objects.select_related("season", "input", "output").get(pk=run)
        if row.kind != RunKind.REAL or row.input is None or row.output is None:
            raise Refused("这次投档没有留存文件：试投档和没有完成的投档不留存。")
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w", zipfile.ZIP_STORED) as archive:
            for name, file in (("input.zip", row.input), ("output.zip", row.output)):
                archive.writestr(zipfile.ZipInfo(name, EPOCH), opened(file))
        log(
            by,
            at,
            "hand_out_run",
            f"调取第 {row.number} 次投档的全部输入和结果：{reason.strip()[:150]}",
            organisation=lead,
            kind="run",
            id_=row.pk,
            detail={"reason": reason.strip()[:500], "input": row.input_digest, "output": row.output_digest},
        )
        return held.getvalue()
