"""Verbs: rounds of filling in, their windows, decisions that give longer, and the wiping of a mock round."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from zhijiao.admissions.actions.shared import Refused, log, require_bureau, season_of
from zhijiao.admissions.models import Candidate, Draft, Extension, Round, Submission
from zhijiao.admissions.types.states import RoundKind
from zhijiao.core.access.actor import Actor, Invisible
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.scope import acting, bulk

RUN = Permission.ADMIT_RUN
MOST_GRACE = 60


def open_round(
    *,
    by: Actor,
    at: datetime,
    season: int,
    kind: RoundKind,
    code: str,
    name: str,
    batches: Sequence[str],
    opens: datetime,
    closes: datetime,
    grace: int = 10,
    second_factor: bool = True,
) -> int:
    """Set up a round with its window; the plan has to be locked. Needs ADMIT_RUN at a bureau. Raises Refused, NotAllowed, Invisible."""
    with acting(by):
        found = season_of(by, season)
        bureau = require_bureau(by, found, RUN)
        known = [str(one["id"]) for one in found.rules.get("batches", ())]
        code, name = code.strip(), name.strip()
        if not found.plan_digest:
            raise Refused("招生计划还没有锁定，不能安排填报。")
        if not re.fullmatch(r"[a-z0-9-]{1,16}", code):
            raise Refused("代号用小写字母、数字和短横，16 个以内，如 main。", "code")
        if not name:
            raise Refused("请写这一轮的名称，如“正式填报”。", "name")
        if not batches or any(batch not in known for batch in batches):
            raise Refused("请选择这一轮填报的批次。", "batches")
        if Round.objects.filter(season=found, code=code).exists():
            raise Refused(f"代号“{code}”已用过，请换一个。", "code")
        _check_window(opens, closes, grace)
        made = Round.objects.create(
            season=found,
            code=code,
            kind=kind,
            name=name[:80],
            batches=[batch for batch in known if batch in set(batches)],
            opens_at=opens,
            closes_at=closes,
            grace_minutes=grace,
            second_factor=second_factor,
            made_at=at,
            made_by=by.name[:80],
        )
        log(
            by,
            at,
            "open_round",
            f"安排{kind.words}“{name}”：{_said(opens)} 至 {_said(closes)}",
            organisation=bureau,
            kind="round",
            id_=made.pk,
        )
        return made.pk


def move_window(
    *,
    by: Actor,
    at: datetime,
    round_: int,
    opens: datetime,
    closes: datetime,
    grace: int,
    revision: int,
    reason: str,
) -> None:
    """Change a window that has not opened yet; once it is open it only gets longer, by `extend`. Raises Refused, NotAllowed,
    Invisible."""
    with acting(by):
        row = _locked(by, round_)
        bureau = require_bureau(by, row.season, RUN)
        if row.revision != revision:
            raise Refused("这一轮的安排刚被别人改过，请看过最新的再改。")
        if at >= row.opens_at:
            raise Refused("这一轮已经开始，时间只能用“延长”办理。")
        if not reason.strip():
            raise Refused("请写改期的原因。", "reason")
        _check_window(opens, closes, grace)
        Round.objects.filter(pk=row.pk).update(
            opens_at=opens, closes_at=closes, grace_minutes=grace, revision=revision + 1
        )
        log(
            by,
            at,
            "move_window",
            f"“{row.name}”改为 {_said(opens)} 至 {_said(closes)}：{reason.strip()}",
            organisation=bureau,
            kind="round",
            id_=row.pk,
        )


def extend(
    *,
    by: Actor,
    at: datetime,
    round_: int,
    until: datetime,
    document: str,
    reason: str,
    candidate: int | None = None,
    school: int | None = None,
) -> int:
    """Decide that a round closes later: for a candidate, for those of a junior school, or (neither) for all. Needs ADMIT_RUN at a
    bureau, a document and a reason. Raises Refused, NotAllowed, Invisible."""
    document, reason = document.strip(), reason.strip()
    with acting(by):
        row = _locked(by, round_)
        bureau = require_bureau(by, row.season, RUN)
        if row.frozen_at is not None:
            raise Refused("这一轮的志愿已经冻结，不能再延长。")
        if until <= row.closes_at:
            raise Refused(f"延长后的截止时间要晚于 {_said(row.closes_at)}。", "until")
        if until <= at:
            raise Refused("延长后的截止时间已经过去。", "until")
        if not document:
            raise Refused("请写决定的文号。", "document")
        if not reason:
            raise Refused("请写延长的原因。", "reason")
        if (
            candidate is not None
            and not Candidate.objects.filter(pk=candidate, season=row.season_id).exists()
        ):
            raise Refused("这个招生季没有这名考生。", "candidate")
        made = Extension.objects.create(
            round=row,
            candidate_id=candidate,
            school_id=None if candidate is not None else school,
            until=until,
            document=document[:200],
            reason=reason[:300],
            made_by=by.name[:80],
            made_at=at,
        )
        whom = "一名考生" if candidate is not None else "一所初中的考生" if school is not None else "全体考生"
        log(
            by,
            at,
            "extend",
            f"“{row.name}”对{whom}延长到 {_said(until)}（{document}）：{reason}",
            organisation=bureau,
            kind="round",
            id_=row.pk,
            detail={"extension": made.pk, "candidate": candidate, "school": school},
        )
        return made.pk


def wipe(*, by: Actor, at: datetime, round_: int) -> int:
    """Wipe a mock round: everything that was filled in goes, so that nothing of it can be taken for real. Needs ADMIT_RUN at a
    bureau. Returns how many submissions went. A second time changes nothing. Raises Refused, NotAllowed, Invisible."""
    with acting(by):
        row = _locked(by, round_)
        bureau = require_bureau(by, row.season, RUN)
        if row.kind != RoundKind.MOCK:
            raise Refused("只有模拟填报可以清空，正式志愿谁也不能删除。")
        if row.wiped_at is not None:
            return 0
        with bulk():
            Round.objects.filter(pk=row.pk).update(wiped_at=at, revision=row.revision + 1)
            gone = Submission.objects.filter(round=row).delete()[0]
            drafts = Draft.objects.filter(round=row).delete()[0]
        log(
            by,
            at,
            "wipe",
            f"清空“{row.name}”：提交 {gone} 份，草稿 {drafts} 份",
            organisation=bureau,
            kind="round",
            id_=row.pk,
        )
        return gone


def _locked(by: Actor, round_: int) -> Round:
    found = Round.objects.select_for_update(of=("self",)).select_related("season").filter(pk=round_).first()
    if found is None or found.season.tenant != by.tenant.value:
        raise Invisible("没有这一轮填报。")
    return found


def _check_window(opens: datetime, closes: datetime, grace: int) -> None:
    if closes <= opens:
        raise Refused(f"截止时间（{_said(closes)}）要晚于开始时间（{_said(opens)}）。", "closes")
    if not 0 <= grace <= MOST_GRACE:
        raise Refused(f"宽限在 0 到 {MOST_GRACE} 分钟之间。", "grace")


def _said(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"
