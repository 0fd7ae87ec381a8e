"""Verbs: put a signed result up for objections, answer them, and publish it."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from typing import Any

from django.db.models import Max

from zhijiao.admissions.actions.allocating.running import run_of
from zhijiao.admissions.actions.seasons import lock_season, take_step
from zhijiao.admissions.actions.seats.telling import result_published
from zhijiao.admissions.actions.shared import Refused, log, require_bureau
from zhijiao.admissions.actions.texting import lay_by_result
from zhijiao.admissions.models import Objection, Outcome, Publicity, Run, Season
from zhijiao.admissions.rules.notices import is_over, last_day, masked_name
from zhijiao.admissions.rules.reading import rules_of
from zhijiao.admissions.rules.season_flow import OBJECTIONS_ANSWERED, RUN_SIGNED
from zhijiao.admissions.store.identity import seal
from zhijiao.admissions.types.states import ObjectionState, PublicityKind, RoundKind, RunState
from zhijiao.core.access.actor import Actor, Invisible
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.scope import acting, bulk
from zhijiao.core.workdays import china

LONGEST = 2000


def publicise(*, run: int, contact: str, by: Actor, at: datetime, on: date, words: str = "") -> int:
    """Put a signed result up (公示): registration number, masked name, school and major; no marks; until the last day that the
    rules give. Returns the notice. Needs ADMIT_RUN at a bureau. Raises Refused, NotAllowed, Invisible."""
    with acting(by):
        row = run_of(by, run)
        bureau = require_bureau(by, row.season, Permission.ADMIT_RUN)
        if not contact.strip():
            raise Refused("请写受理异议的单位和电话。", "contact")
        if row.state != RunState.SIGNED:
            raise Refused("录取结果还没有会签完，不能公示。")
        season = lock_season(by, row.season_id)
        if row.round.kind == RoundKind.MAIN:
            take_step(season=season, transition="publicise", by=by, at=at, on=on, facts={RUN_SIGNED: True})
        terms = rules_of(season.rules).terms
        ends = last_day(on, terms.publicity, china(), working=terms.publicity_working)
        kind = PublicityKind.RESULT if row.round.kind == RoundKind.MAIN else PublicityKind.SUPPLEMENTARY
        made = Publicity.objects.create(
            season=season,
            run=row,
            kind=kind.value,
            code=secrets.token_hex(8),
            title=f"{season.title}{row.round.name}录取结果公示",
            words=words.strip()[:LONGEST],
            contact=contact.strip()[:200],
            rows=_rows(row),
            starts=on,
            ends=ends,
            made_by=by.name[:80],
            made_at=at,
        )
        Run.objects.filter(pk=row.pk).update(
            state=RunState.PUBLICISED.value, publicised_at=at, revision=row.revision + 1
        )
        log(
            by,
            at,
            "publicise",
            f"公示第 {row.number} 次投档的录取结果，到 {ends:%Y-%m-%d} 止",
            organisation=bureau,
            kind="publicity",
            id_=made.pk,
            detail={"rows": len(made.rows), "ends": ends.isoformat()},
        )
        return made.pk


def _rows(run: Run) -> list[list[Any]]:
    """Number, masked name, school, major; by school, major and number."""
    seated = (
        Outcome.objects.filter(run=run, line__isnull=False)
        .select_related("candidate", "line")
        .order_by("line__sort_key", "line__code", "candidate__number")
    )
    return [
        [each.candidate.number, masked_name(each.candidate.name), each.line.school_name, each.line.name]
        for each in seated
        if each.line is not None
    ]


def object_to(*, notice: int, about: str, words: str, contact: str, by: Actor, at: datetime, on: date) -> str:
    """Say something against a notice while it stands. Returns a receipt. Raises Refused, Invisible."""
    if len(words.strip()) < 5:
        raise Refused("请写明异议的内容和理由。", "words")
    with acting(by):
        with bulk():  # everybody reads a notice while it stands; its days are asked for below
            row = Publicity.objects.select_related("season").filter(pk=notice).first()
        if row is None or row.season.tenant != by.tenant.value or row.withdrawn_at is not None:
            raise Invisible("没有这个公示。")
        if not row.starts <= on <= row.ends:
            raise Refused(f"公示到 {row.ends:%Y-%m-%d} 止，已不受理异议。可以向公示的联系单位书面反映。")
        terms = rules_of(row.season.rules).terms
        receipt = f"YY{on:%y%m%d}-{secrets.token_hex(4).upper()}"
        Objection.objects.create(
            publicity=row,
            receipt=receipt,
            about=about.strip()[:24],
            words=words.strip()[:LONGEST],
            contact_sealed=seal(contact.strip()[:200]) if contact.strip() else "",
            made_by=by.user,
            made_at=at,
            due=last_day(on, terms.objections, china(), working=terms.objections_working),
        )
        log(
            by,
            at,
            "object",
            f"对“{row.title}”提出异议，回执 {receipt}",
            organisation=row.season.bureaus[row.season.rules["lead"]],
            kind="publicity",
            id_=row.pk,
        )
        return receipt


def answer(*, objection: int, upheld: bool, words: str, by: Actor, at: datetime) -> None:
    """Answer an objection in writing. Needs ADMIT_RUN at a bureau. Raises Refused, NotAllowed, Invisible."""
    with acting(by):
        row = (
            Objection.objects.select_for_update(of=("self",))
            .select_related("publicity__season")
            .filter(pk=objection)
            .first()
        )
        if row is None or row.publicity.season.tenant != by.tenant.value:
            raise Invisible("没有这件异议。")
        bureau = require_bureau(by, row.publicity.season, Permission.ADMIT_RUN)
        if row.state != ObjectionState.OPEN:
            raise Refused(f"这件异议已由{row.answered_by}答复，不能再改。")
        if len(words.strip()) < 5:
            raise Refused("请写明核查情况和结论。", "words")
        row.state, row.upheld, row.answer = ObjectionState.ANSWERED.value, upheld, words.strip()[:LONGEST]
        row.answered_by, row.answered_at = by.name[:80], at
        row.save()
        log(
            by,
            at,
            "answer_objection",
            f"答复异议 {row.receipt}：{'成立' if upheld else '不成立'}",
            organisation=bureau,
            kind="objection",
            id_=row.pk,
        )


def publish(*, run: int, by: Actor, at: datetime, on: date) -> None:
    """Publish a result after its notice: candidates read outcome and reasons from now on. Needs ADMIT_RUN at a bureau. Raises
    Refused, NotAllowed, Invisible."""
    with acting(by):
        row = run_of(by, run)
        bureau = require_bureau(by, row.season, Permission.ADMIT_RUN)
        if row.state != RunState.PUBLICISED:
            raise Refused("只有公示过的录取结果可以公布。")
        ready = settled(row, on)
        season = lock_season(by, row.season_id)
        if row.round.kind == RoundKind.MAIN:
            take_step(
                season=season,
                transition="publish",
                by=by,
                at=at,
                on=on,
                facts={OBJECTIONS_ANSWERED: ready},
            )
        elif not ready:
            raise Refused("等公示期满，并书面答复每一件异议，再公布。")
        Run.objects.filter(pk=row.pk).update(
            state=RunState.PUBLISHED.value, published_at=at, revision=row.revision + 1
        )
        log(
            by,
            at,
            "publish",
            f"公布第 {row.number} 次投档的录取结果",
            organisation=bureau,
            kind="run",
            id_=row.pk,
            detail={"output": row.output_digest},
        )
        result_published(row, at=at)
        lay_by_result(row, at=at)


def settled(run: Run, on: date) -> bool:
    """Whether the notice of a run is over and every objection answered; one that was upheld means a new run."""
    last = Publicity.objects.filter(run=run, withdrawn_at__isnull=True).aggregate(last=Max("ends"))["last"]
    open_ = Objection.objects.filter(publicity__run=run).exclude(state=ObjectionState.ANSWERED.value)
    return last is not None and is_over(last, on) and not open_.exists()


def clear_notices(*, tenant: str, by: Actor, at: datetime, on: date) -> int:
    """Take out what notices showed once their days are over. Returns how many. For the nightly job."""
    with bulk():
        over = Publicity.objects.filter(season__tenant=tenant, ends__lt=on).exclude(rows=[])
        count = 0
        for row in over.select_related("season"):
            shown = len(row.rows)
            Publicity.objects.filter(pk=row.pk).update(rows=[])
            count += 1
            log(
                by,
                at,
                "clear_notice",
                f"公示期满，撤下“{row.title}”的 {shown} 行",
                organisation=_lead(row.season),
                kind="publicity",
                id_=row.pk,
            )
        return count


def _lead(season: Season) -> int:
    return int(season.bureaus[season.rules["lead"]])
