"""Verb: let go senders' files when they were kept long enough. They hold identity numbers; what they brought is in the records."""

from __future__ import annotations

from datetime import datetime

from zhijiao.core.access.actor import Actor
from zhijiao.core.access.scope import bulk
from zhijiao.core.errors import Refusal
from zhijiao.core.kinds import Tenant
from zhijiao.exchange.actions.shared import log
from zhijiao.exchange.models import Batch
from zhijiao.exchange.rules.retention import FILE_YEARS, files_kept_since

AT_ONCE = 1000


def forget_files(*, tenant: Tenant, by: Actor, at: datetime) -> int:
    """Let go the files of a tenant's batches that were closed long enough ago; how many. The batch stays, with its
    counts and the digest of what was sent; the bytes go with the next removal of what no row names. For jobs only."""
    if not by.everything:
        raise Refusal("到期文件由后台任务删除。")
    before = files_kept_since(at.date())
    with bulk():
        rows = list(
            Batch.objects.select_for_update(of=("self",))
            .select_related("shelf", "file")
            .filter(shelf__tenant=tenant, file__isnull=False, forgotten_blob="", closed_at__date__lt=before)
            .order_by("id")[:AT_ONCE]
        )
        for row in rows:
            assert row.file is not None
            row.forgotten_blob = row.file.digest
            log(
                row,
                by=by,
                at=at,
                action="forget",
                summary=f"删除“{row.file_name}”的文件（办结已满 {FILE_YEARS} 年），批次 {row.number} 的记录保留",
            )
        Batch.objects.bulk_update(rows, ["forgotten_blob"])
    return len(rows)
