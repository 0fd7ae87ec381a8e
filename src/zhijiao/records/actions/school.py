"""Verbs: a school's classes, and the columns of its roster."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction

from zhijiao.core.access.actor import Actor, Invisible
from zhijiao.core.access.scope import acting
from zhijiao.exchange.queries.standard import standard
from zhijiao.records.actions.shared import check_major, log
from zhijiao.records.models import RosterView, SchoolClass, StudentRecord
from zhijiao.records.places import require_acting
from zhijiao.records.types import LIVE, Refused


def open_class(
    *,
    organisation: int,
    class_no: str,
    name: str,
    grade: int,
    major: str,
    kind: str = "ordinary",
    enterprise: str = "",
    agreement: bool = False,
    started_on: date,
    by: Actor,
    at: datetime,
) -> int:
    """Open a class. Raises Refused, NotAllowed, Invisible."""
    class_no, name = class_no.strip(), name.strip()
    for value, field, words in ((class_no, "class_no", "请填班级编号。"), (name, "name", "请填班级名称。")):
        if not value:
            raise Refused(words, field)
    kinds = standard().codes["class_kinds"].by_code
    if kind not in kinds:
        raise Refused("请选择班级类型。", "kind")
    if kind in ("order", "apprentice", "titled") and not enterprise.strip():
        raise Refused(f"{kinds[kind].name}要填合作企业的统一社会信用代码。", "enterprise")
    major = check_major(major)
    with acting(by):
        require_acting(by, organisation, "建班")
        try:
            with transaction.atomic():
                row = SchoolClass.objects.create(
                    organisation_id=organisation,
                    class_no=class_no,
                    name=name,
                    grade=grade,
                    major=major,
                    kind=kind,
                    enterprise=enterprise.strip(),
                    agreement=agreement,
                    started_on=started_on,
                )
        except IntegrityError as error:
            raise Refused(f"班级编号“{class_no}”已经有了；请换一个编号。", "class_no") from error
        log(by, at, "open_class", organisation, "class", row.pk, f"建班：{name}（{class_no}）")
        return row.pk


def close_class(*, school_class: int, by: Actor, at: datetime, on: date) -> None:
    """End a class in which nobody is any more. Raises Refused, NotAllowed, Invisible."""
    with acting(by):
        row = SchoolClass.objects.select_for_update().filter(pk=school_class).first()
        if row is None:
            raise Invisible("no such class")
        require_acting(by, row.organisation_id, "结班")
        inside = StudentRecord.objects.filter(
            organisation=row.organisation_id, class_no=row.class_no, status__in=[s.value for s in LIVE]
        ).count()
        if inside:
            raise Refused(f"“{row.name}”还有 {inside} 名在籍学生；请先编到别的班或办理毕业。")
        if row.ended_on is None:
            row.ended_on = max(on, row.started_on)
            row.save()
            log(by, at, "close_class", row.organisation_id, "class", row.pk, f"结班：{row.name}")


def save_view(*, organisation: int, name: str, columns: Sequence[str], by: Actor, at: datetime) -> None:
    """Save columns of the roster under a name; the same name is replaced. Raises Refused, NotAllowed, Invisible."""
    name = name.strip()
    if not name:
        raise Refused("请给这组栏目起个名字。", "name")
    if not columns:
        raise Refused("请至少选一栏。", "columns")
    with acting(by):
        require_acting(by, organisation, "保存名册栏目")
        RosterView.objects.update_or_create(
            organisation_id=organisation,
            name=name[:40],
            defaults={"columns": list(dict.fromkeys(columns)), "saved_by": by.name[:80], "saved_at": at},
        )
        log(by, at, "save_view", organisation, "roster_view", name, f"保存名册栏目“{name}”")


def drop_view(*, organisation: int, name: str, by: Actor, at: datetime) -> None:
    """Remove saved columns. Doing it twice changes nothing. Raises NotAllowed, Invisible."""
    with acting(by):
        require_acting(by, organisation, "保存名册栏目")
        if RosterView.objects.filter(organisation=organisation, name=name).delete()[0]:
            log(by, at, "drop_view", organisation, "roster_view", name, f"删除名册栏目“{name}”")
