"""Reads: the exchange log. Its lines stand in the audit trail, so they are sealed into the same chain and verified with it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from zhijiao.core.access.actor import Actor
from zhijiao.core.access.scope import acting, bulk
from zhijiao.core.models import AuditEvent, AuditSeal
from zhijiao.exchange.types.views import LogLine

WORDS = {
    "receive": "收到文件",
    "check": "检查",
    "refuse": "读不了",
    "apply": "入库",
    "withdraw": "撤回",
    "undo": "撤销",
    "layout": "保存对应关系",
    "settle": "核对差异",
    "drop": "放弃待改的行",
    "read_identity": "查看身份证件号",
    "return": "取回标注的文件",
    "snapshot": "建立快照",
    "export": "下载数据",
    "link": "关联账号",
    "unlink": "解除关联",
}
"""What the log's actions are called, by what follows `exchange.`."""


def log(
    by: Actor,
    *,
    organisations: Collection[int] | None = None,
    dataset: str = "",
    action: str = "",
    words: str = "",
    since: date | None = None,
    until: date | None = None,
    limit: int = 200,
    offset: int = 0,
) -> list[LogLine]:
    """Lines that the actor sees, newest first."""
    with acting(by):
        rows = list(
            _asked(by, organisations, dataset, action, words, since, until).order_by("-id")[
                offset : offset + limit
            ]
        )
    with bulk():
        sealed = dict(
            AuditSeal.objects.filter(event_id__in=[row.pk for row in rows]).values_list(
                "event_id", "position"
            )
        )
    return [
        LogLine(
            row.pk,
            row.at,
            row.name,
            row.organisation_id,
            row.action.removeprefix("exchange."),
            row.summary,
            row.detail,
            int(row.object_id) if row.object_kind == "exchange_batch" else None,
            sealed.get(row.pk),
        )
        for row in rows
    ]


def count_log(
    by: Actor,
    *,
    organisations: Collection[int] | None = None,
    dataset: str = "",
    action: str = "",
    words: str = "",
    since: date | None = None,
    until: date | None = None,
) -> int:
    """How many there are."""
    with acting(by):
        return _asked(by, organisations, dataset, action, words, since, until).count()


def _asked(
    by: Actor,
    organisations: Collection[int] | None,
    dataset: str,
    action: str,
    words: str,
    since: date | None,
    until: date | None,
) -> QuerySet[AuditEvent]:
    rows = AuditEvent.objects.filter(action__startswith="exchange.", tenant=by.tenant.value)
    if organisations is not None:
        rows = rows.filter(organisation_id__in=organisations)
    if dataset:
        rows = rows.filter(detail__dataset=dataset)
    if action:
        rows = rows.filter(action=f"exchange.{action}")
    if words:
        rows = rows.filter(summary__icontains=words)
    if since:
        rows = rows.filter(at__gte=_morning(since))
    if until:
        rows = rows.filter(at__lt=_morning(until + timedelta(days=1)))
    return rows


def _morning(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
