"""Verbs: a school names a candidate without a seat for one that was left over (自主补录); the bureau of its kind decides."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction

from zhijiao.admissions.actions.seats import telling
from zhijiao.admissions.actions.shared import Refused, log, season_of
from zhijiao.admissions.models import Candidate, Elsewhere, PlanLine, TopUp
from zhijiao.admissions.queries.seats import seated, standing, uses
from zhijiao.admissions.rules.reading import day_of, kind_of, rules_of
from zhijiao.admissions.rules.seats import late
from zhijiao.admissions.types.states import CandidateState, Phase, TopUpState
from zhijiao.core.access.actor import Actor, Invisible
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.scope import acting, bulk

OPEN = (Phase.PUBLISHED.value, Phase.SUPPLEMENTARY.value, Phase.REGISTERING.value)


def propose(
    *, season: int, line: int, number: str, name: str, words: str, by: Actor, at: datetime, on: date
) -> int:
    """Name a candidate, by registration number and name, for a left-over seat of a line. Needs ADMIT_PLAN at the school. Raises Refused,
    NotAllowed, Invisible."""
    with acting(by):
        row = season_of(by, season)
        rules = rules_of(row.rules)
        found = PlanLine.objects.select_for_update().filter(pk=line, season=row).first()
        if found is None:
            raise Invisible("没有这个专业。")
        by.require(Permission.ADMIT_PLAN, found.organisation_id, found.school_name)
        if row.phase not in OPEN:
            raise Refused("录取结果公布以后才能自主补录。")
        until = day_of(rules.terms.top_up, row.year)
        if late(on, until):
            raise Refused(f"自主补录到 {until:%Y-%m-%d} 止，已不能申报。")
        # A school does not see candidates who are not placed with it: number and name together are the proof that they know each other.
        with bulk():
            candidate = Candidate.objects.filter(
                season=row, number=number.strip(), name=name.strip(), state=CandidateState.ACTIVE.value
            ).first()
            if candidate is None:
                raise Refused("没有这个报名序号和姓名的考生，请与考生核对准考证。", "number")
            if seated(row, candidate.pk):
                raise Refused("这名考生已经有学校录取，不能再补录。", "number")
            cells = {
                cell.pk: cell
                for cell in found.cells.all()
                if not cell.origin or cell.origin in candidate.origins
            }
            free = [cell for cell, use in uses(row, [found.batch]).items() if cell in cells and use.left]
        if not free:
            raise Refused(f"“{found.name}”没有这名考生可以用的余额。", "line")
        kind = kind_of(rules, found.kind)
        try:
            with transaction.atomic():
                made = TopUp.objects.create(
                    season=row,
                    candidate=candidate,
                    organisation_id=found.organisation_id,
                    line=found,
                    cell_id=min(free, key=lambda pk: cells[pk].number),
                    words=words.strip()[:300],
                    proposed_by=by.name[:80],
                    proposed_at=at,
                    bureau="" if kind is None else kind.approve,
                )
        except IntegrityError:
            raise Refused("另一所学校已经申报补录这名考生，以先批准的为准。", "number") from None
        log(
            by,
            at,
            "propose_top_up",
            f"申报补录 {candidate.number} 到“{found.name}”",
            organisation=found.organisation_id,
            kind="top_up",
            id_=made.pk,
        )
        return made.pk


def decide(*, top_up: int, approve: bool, reason: str, by: Actor, at: datetime) -> None:
    """Approve or refuse. Needs ADMIT_APPROVE at the bureau that approves the plan of this kind of school. Raises Refused, NotAllowed,
    Invisible."""
    with acting(by):
        row = _held(by, top_up)
        bureau = row.season.bureaus[row.bureau]
        by.require(Permission.ADMIT_APPROVE, bureau, row.season.title)
        if row.state != TopUpState.PROPOSED:
            raise Refused("这件补录已经办结。")
        if not approve and not reason.strip():
            raise Refused("不同意要写明理由。", "words")
        elsewhere = Elsewhere.objects.filter(candidate=row.candidate_id, withdrawn_at__isnull=True)
        if approve and (
            standing(row.season).filter(candidate=row.candidate_id).exists() or elsewhere.exists()
        ):
            raise Refused("这名考生后来已由学校录取，不能再补录。请答复不同意。")
        row.state = (TopUpState.APPROVED if approve else TopUpState.REFUSED).value
        row.decided_by, row.decided_at, row.reason = by.name[:80], at, reason.strip()[:300]
        row.save()
        _log(by, at, "decide_top_up", "同意补录" if approve else "不同意补录", row, bureau)
        telling.top_up_decided(row, approved=approve, at=at)


def withdraw(*, top_up: int, by: Actor, at: datetime) -> None:
    """Take a proposal back before it is decided. Needs ADMIT_PLAN at the school. Raises Refused, NotAllowed, Invisible."""
    with acting(by):
        row = _held(by, top_up)
        by.require(Permission.ADMIT_PLAN, row.organisation_id)
        if row.state != TopUpState.PROPOSED:
            raise Refused("这件补录已经办结，不能撤回。")
        row.state, row.decided_by, row.decided_at = TopUpState.WITHDRAWN.value, by.name[:80], at
        row.save()
        _log(by, at, "withdraw_top_up", "撤回补录", row, row.organisation_id)


def _held(by: Actor, top_up: int) -> TopUp:
    found = (
        TopUp.objects.select_for_update(of=("self",))
        .select_related("season", "candidate", "line")
        .filter(pk=top_up, season__tenant=by.tenant.value)
        .first()
    )
    if found is None:
        raise Invisible("没有这件补录。")
    return found


def _log(by: Actor, at: datetime, action: str, words: str, row: TopUp, organisation: int) -> None:
    log(
        by,
        at,
        action,
        f"{words}：{row.line.code}",
        organisation=organisation,
        kind="top_up",
        id_=row.pk,
        detail={"candidate": row.candidate_id, "reason": row.reason},
    )
