"""Verbs: give a seat up. The candidate asks, the guardian confirms, the office decides; or both sign a form at the counter."""

from __future__ import annotations

from datetime import datetime

from zhijiao.admissions.actions.seats import telling
from zhijiao.admissions.actions.shared import Refused, log, require_sender
from zhijiao.admissions.models import Decline, Guardian, Letter, Outcome
from zhijiao.admissions.queries.results import kept_because
from zhijiao.admissions.types.states import DeclineState, RunState
from zhijiao.core.access.actor import Actor, Invisible
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.scope import acting, bulk


def ask(*, outcome: int, reason: str, by: Actor, at: datetime) -> int:
    """Ask, as the candidate or a bound guardian, to give a seat up. Nothing is given up before the guardian confirmed and the
    office decided. Raises Refused, Invisible."""
    with acting(by):
        row = _outcome(by, outcome)
        if not _is_own(row, by):
            raise Invisible("没有这个录取结果。")
        made = _begin(row, reason, by, at)
        telling.decline_asked(made, at=at)
        return made.pk


def confirm(*, decline: int, by: Actor, at: datetime) -> None:
    """Confirm what the candidate asked, as her guardian; what a guardian asked, as the candidate. Raises Refused, Invisible."""
    with acting(by):
        row = _held(by, decline)
        if not _is_own(row.outcome, by):
            raise Invisible("没有这件放弃录取申请。")
        if row.state != DeclineState.ASKED:
            raise Refused("这件申请不在待确认的状态。")
        pupil = row.outcome.candidate.user_id
        if (row.asked_by == pupil) == (by.user == pupil):  # two guardians do not decide for her
            raise Refused(
                "放弃录取要考生和监护人两人都同意：一人提出后，由另一人登录确认，或到县招生办当面办理。"
            )
        _check(row.outcome, at)
        row.state, row.confirmed_by = DeclineState.CONFIRMED.value, by.user
        row.confirmed_by_name, row.confirmed_at = by.name[:80], at
        row.save()
        _log(by, at, "confirm_decline", "确认放弃录取", row)
        telling.decline_confirmed(row, at=at)


def withdraw(*, decline: int, by: Actor, at: datetime) -> None:
    """Take the request back before it is decided. Raises Refused, Invisible."""
    with acting(by):
        row = _held(by, decline)
        if not _is_own(row.outcome, by):
            raise Invisible("没有这件放弃录取申请。")
        if row.state not in (DeclineState.ASKED, DeclineState.CONFIRMED):
            raise Refused("这件申请已经办结，不能撤回。")
        row.state = DeclineState.WITHDRAWN.value
        row.save()
        _log(by, at, "withdraw_decline", "撤回放弃录取申请", row)


def at_the_counter(*, outcome: int, document: str, reason: str, by: Actor, at: datetime) -> int:
    """Enter a form that candidate and guardian signed at the counter, and decide at once. Needs ADMIT_APPROVE at the county or a
    bureau. Raises Refused, NotAllowed, Invisible."""
    with acting(by):
        row = _outcome(by, outcome)
        require_sender(by, row.candidate, Permission.ADMIT_APPROVE)
        if not document.strip():
            raise Refused("请写考生和监护人签名的承诺书编号。", "document")
        made = _begin(row, reason, by, at)
        made.document = document.strip()[:200]
        _approve(made, "当面办理", by, at)
        return made.pk


def decide(*, decline: int, approve: bool, words: str, by: Actor, at: datetime) -> None:
    """Decide a request that both confirmed. Needs ADMIT_APPROVE at the county or a bureau. Raises Refused, NotAllowed, Invisible."""
    with acting(by):
        row = _held(by, decline)
        require_sender(by, row.candidate, Permission.ADMIT_APPROVE)
        if row.state != DeclineState.CONFIRMED:
            raise Refused("这件申请还没有由考生和监护人两人确认，或已经办结。")
        if approve:
            _check(row.outcome, at)
            _approve(row, words, by, at)
            return
        if not words.strip():
            raise Refused("不同意要写明理由。", "words")
        row.state, row.decided_by, row.decided_at = DeclineState.REFUSED.value, by.name[:80], at
        row.decision = words.strip()[:300]
        row.save()
        _log(by, at, "refuse_decline", "不同意放弃录取", row)
        telling.decline_decided(row, approved=False, at=at)


def _begin(row: Outcome, reason: str, by: Actor, at: datetime) -> Decline:
    _check(row, at)
    there = row.declines.exclude(state__in=(DeclineState.REFUSED.value, DeclineState.WITHDRAWN.value)).first()
    if there is not None:
        raise Refused("已经有一件放弃录取的申请，不能再提。")
    made = Decline.objects.create(
        candidate_id=row.candidate_id,
        outcome=row,
        reason=reason.strip()[:300],
        asked_by=by.user,
        asked_by_name=by.name[:80],
        asked_at=at,
    )
    _log(by, at, "ask_decline", "申请放弃录取", made)
    return made


def _approve(row: Decline, words: str, by: Actor, at: datetime) -> None:
    row.state, row.decided_by, row.decided_at = DeclineState.APPROVED.value, by.name[:80], at
    row.decision = words.strip()[:300]
    row.save()
    with bulk():
        Letter.objects.filter(candidate_id=row.candidate_id, revoked_at__isnull=True).update(
            revoked_at=at, revoked_because="考生放弃录取"
        )
    _log(by, at, "approve_decline", "放弃录取，名额转入征集志愿", row)
    telling.decline_decided(row, approved=True, at=at)


def _check(row: Outcome, at: datetime) -> None:
    if why := kept_because(row, at):
        raise Refused(why)


def _outcome(by: Actor, outcome: int) -> Outcome:
    found = (
        Outcome.objects.select_related("run__season", "run__round", "candidate__season", "line")
        .filter(pk=outcome, run__season__tenant=by.tenant.value, run__state=RunState.PUBLISHED.value)
        .exclude(line=None)
        .first()
    )
    if found is None:
        raise Invisible("没有这个录取结果。")
    return found


def _held(by: Actor, decline: int) -> Decline:
    found = (
        Decline.objects.select_for_update(of=("self",))
        .select_related(
            "outcome__run__season",
            "outcome__run__round",
            "outcome__candidate",
            "outcome__line",
            "candidate__season",
        )
        .filter(pk=decline, candidate__season__tenant=by.tenant.value)
        .first()
    )
    if found is None:
        raise Invisible("没有这件放弃录取申请。")
    return found


def _is_own(row: Outcome, by: Actor) -> bool:
    if by.user is None:
        return False
    return (
        row.candidate.user_id == by.user
        or Guardian.objects.filter(candidate=row.candidate_id, user=by.user, ended_at__isnull=True).exists()
    )


def _log(by: Actor, at: datetime, action: str, words: str, row: Decline) -> None:
    candidate = row.outcome.candidate
    log(
        by,
        at,
        action,
        f"{candidate.number}：{words}",
        organisation=candidate.school_id or candidate.county_id,
        kind="decline",
        id_=row.pk,
        detail={"outcome": row.outcome_id, "document": row.document},
    )
