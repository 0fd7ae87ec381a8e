"""Verbs on the plan as a whole: sign, lock, correct, open the filling in."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction

from zhijiao.admissions.actions.lines import draft_of, kept_limits, write_cells
from zhijiao.admissions.actions.seasons import lock_season, take_step
from zhijiao.admissions.actions.shared import Refused, line_of, log, season_of
from zhijiao.admissions.actions.telling import plan_to_sign
from zhijiao.admissions.models import PlanLine, PlanSignature, PlanStep, Round, Season
from zhijiao.admissions.rules.plan import faults_of
from zhijiao.admissions.rules.reading import rules_of
from zhijiao.admissions.rules.season_flow import PLAN_LOCKED, ROUND_READY
from zhijiao.admissions.store.plan import digest_of, is_signed
from zhijiao.admissions.types.plan import BadLine, LineDraft, PlanAction
from zhijiao.admissions.types.states import LineState, Phase, RoundKind
from zhijiao.core.access.actor import Actor, NotAllowed
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.scope import acting

_UNDECIDED = (LineState.DRAFT.value, LineState.PROPOSED.value)


def sign_plan(*, season: int, bureau: str, digest: str, by: Actor, at: datetime, words: str = "") -> None:
    """A bureau signs the plan of this digest: what its leader saw. Signing twice changes nothing. Raises Refused, NotAllowed."""
    with acting(by):
        row = lock_season(by, season)
        rules = rules_of(row.rules)
        if bureau not in rules.plan_signed_by:
            raise Refused("这个部门不在会签计划的名单里。")
        organisation = row.bureaus[bureau]
        # A leader from above does not sign in a bureau's place.
        if not by.everything and (
            organisation not in by.homes or not by.may(Permission.ADMIT_SIGN, organisation)
        ):
            raise NotAllowed(Permission.ADMIT_SIGN, next(b.unit for b in rules.bureaus if b.id == bureau))
        if row.phase not in (Phase.PLANNING.value, Phase.LOCKED.value):
            raise Refused(f"招生季现在是“{row.phase_words}”，不能会签计划。")
        _refuse_undecided(row)
        now = digest_of(row.pk)
        if digest != now:
            raise Refused(
                f"计划在您打开页面之后有变动（摘要由 {digest[:12]} 变为 {now[:12]}）。请刷新页面，看过最新计划再签署。"
            )
        try:
            with transaction.atomic():
                PlanSignature.objects.create(
                    season=row,
                    bureau=bureau,
                    organisation_id=organisation,
                    digest=now,
                    words=words.strip()[:300],
                    by=by.user,
                    by_name=by.name[:80],
                    at=at,
                )
        except IntegrityError:
            return
        log(
            by,
            at,
            "sign_plan",
            f"签署“{row.title}”招生计划（摘要 {now[:12]}）",
            organisation=organisation,
            kind="season",
            id_=row.pk,
            detail={"digest": now, "bureau": bureau},
        )


def lock_plan(*, season: int, by: Actor, at: datetime, on: date) -> str:
    """Lock the plan under its digest, once every bureau has signed it. Returns the digest. Raises Refused, NotAllowed."""
    with acting(by):
        row = lock_season(by, season)
        lead = row.bureaus[rules_of(row.rules).lead]
        by.require(Permission.ADMIT_RUN, lead, row.title)
        _refuse_undecided(row)
        if not PlanLine.objects.filter(season=row, state=LineState.APPROVED.value).exists():
            raise Refused("计划里还没有审定的专业，不能锁定。")
        now = digest_of(row.pk)
        row.plan_digest, row.locked_at = now, at
        _whole_plan_step(row, PlanAction.LOCK, by=by, at=at, on=on, digest=now, organisation=lead)
        take_step(
            season=row, transition="lock", by=by, at=at, on=on, facts={PLAN_LOCKED: is_signed(row, now)}
        )
        return now


def correct_line(
    *,
    line: int,
    draft: LineDraft,
    document: str,
    words: str,
    by: Actor,
    at: datetime,
    on: date,
) -> str:
    """Correct a line of a locked plan before filling in begins, under a document. The plan has another digest then, which every
    bureau signs again. Returns it. Raises BadLine, Refused, NotAllowed, Invisible."""
    with acting(by):
        found = line_of(by, line)
        row = lock_season(by, found.season_id)
        rules = rules_of(row.rules)
        lead = row.bureaus[rules.lead]
        by.require(Permission.ADMIT_RUN, lead, row.title)
        if row.phase != Phase.LOCKED.value:
            raise Refused(f"招生季现在是“{row.phase_words}”，锁定的计划只在填报开始前更正。")
        if not document.strip():
            raise Refused("请写更正所依据的文号。", "document")
        if not words.strip():
            raise Refused("请写更正的原因。", "words")
        faults = faults_of(rules, found.kind, draft)
        if faults:
            raise BadLine(faults)
        before = _said(draft_of(found))
        if before == _said(draft):
            raise Refused("没有改动，不需要更正。")
        step = _whole_plan_step(
            row,
            PlanAction.CORRECT,
            by=by,
            at=at,
            on=on,
            organisation=lead,
            words=f"{found.school_name}“{found.name}”：{words.strip()}",
            document=document,
            change={"line": found.code, "before": before, "after": _said(draft)},
        )
        for name in ("tuition", "exempt", "boarding", "boarding_fee", "years"):
            setattr(found, name, getattr(draft, name))
        for name in ("partner", "diploma", "ways_up", "destinations", "note"):
            setattr(found, name, getattr(draft, name).strip())
        found.limits = kept_limits(draft.limits)
        found.revision += 1
        found.save()
        write_cells(found, rules, draft.cells)
        row.plan_digest = digest_of(row.pk)
        row.revision += 1
        row.save()
        plan_to_sign(row, rules, row.plan_digest, at=at)
        log(
            by,
            at,
            "correct_line",
            f"更正锁定的计划：{step.words}",
            organisation=lead,
            kind="plan_line",
            id_=found.pk,
            detail={"document": document, "digest": row.plan_digest, **step.change},
        )
        return row.plan_digest


def open_filling(*, season: int, by: Actor, at: datetime, on: date) -> None:
    """Let the rounds open at their hours. The plan as corrected must be signed, the main window lie ahead. Raises Refused,
    NotAllowed."""
    with acting(by):
        row = lock_season(by, season)
        if row.phase == Phase.LOCKED.value and not is_signed(row, row.plan_digest):
            raise Refused("更正后的计划还没有全部会签，不能开始填报。请各部门签署更正后的计划。")
        ahead = Round.objects.filter(season=row, kind=RoundKind.MAIN.value, closes_at__gt=at).exists()
        take_step(season=row, transition="open", by=by, at=at, on=on, facts={ROUND_READY: ahead})


def current_digest(by: Actor, season: int) -> str:
    """The digest of the plan as it stands: what a signature would be for. Raises Invisible."""
    with acting(by):
        return digest_of(season_of(by, season).pk)


def _refuse_undecided(season: Season) -> None:
    open_lines = PlanLine.objects.filter(season=season, state__in=_UNDECIDED)
    count = open_lines.count()
    if count:
        first = open_lines.order_by("sort_key", "id")[0]
        raise Refused(
            f"还有 {count} 个专业没有审定（如 {first.school_name}“{first.name}”，{first.state_words}）。"
            "请先审定、退回后取消，再会签和锁定。"
        )


def _whole_plan_step(
    season: Season,
    action: PlanAction,
    *,
    by: Actor,
    at: datetime,
    on: date,
    organisation: int,
    words: str = "",
    document: str = "",
    digest: str = "",
    change: dict[str, object] | None = None,
) -> PlanStep:
    number = PlanStep.objects.filter(season=season, line__isnull=True).count() + 1
    return PlanStep.objects.create(
        season=season,
        number=number,
        action=action.value,
        party="lead",
        words=words,
        document=document.strip(),
        change=change or {},
        digest=digest,
        organisation_id=organisation,
        by=by.user,
        by_name=by.name[:80],
        at=at,
        on=on,
    )


def _said(draft: LineDraft) -> dict[str, object]:
    """What a correction may change, as the ledger keeps it."""
    return {
        "years": draft.years,
        "partner": draft.partner.strip(),
        "diploma": draft.diploma.strip(),
        "tuition": f"{draft.tuition:.2f}",
        "exempt": draft.exempt,
        "boarding": draft.boarding,
        "boarding_fee": f"{draft.boarding_fee:.2f}",
        "ways_up": draft.ways_up.strip(),
        "destinations": draft.destinations.strip(),
        "note": draft.note.strip(),
        "limits": [[limit.require, limit.words.strip()] for limit in draft.limits],
        "cells": sorted(
            [c.origin, c.seats, None if c.min_total is None else f"{c.min_total:.2f}"]
            for c in draft.cells
            if c.seats
        ),
    }
