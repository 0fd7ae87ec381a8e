"""Verb: make the plan of a supplementary round out of what was left over and given up."""

from __future__ import annotations

from datetime import date, datetime

from zhijiao.admissions.actions.allocating.freezing import round_of
from zhijiao.admissions.actions.seasons import lock_season, take_step
from zhijiao.admissions.actions.shared import Refused, log, require_bureau
from zhijiao.admissions.models import Decline, Round, RoundSeat
from zhijiao.admissions.queries.seats import uses
from zhijiao.admissions.rules.reading import batch_of, rules_of
from zhijiao.admissions.rules.season_flow import ROUND_READY
from zhijiao.admissions.types.states import DeclineState, RoundKind, RunKind, RunState
from zhijiao.core.access.actor import Actor
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.scope import acting


def offer(*, season: int, round_: int, by: Actor, at: datetime, on: date) -> int:
    """Offer the seats that are left in the batches of a supplementary round, before it opens. Returns how many. The requests to give up
    have to be decided. Needs ADMIT_RUN at a bureau. Raises Refused, NotAllowed, Invisible."""
    with acting(by):
        row = lock_season(by, season)
        bureau = require_bureau(by, row, Permission.ADMIT_RUN)
        found = round_of(row, round_)
        rules = rules_of(row.rules)
        if found.kind != RoundKind.SUPPLEMENTARY:
            raise Refused("只有征集志愿才由余额组成计划。")
        if RoundSeat.objects.filter(round=found).exists():
            raise Refused(f"“{found.name}”的计划已经生成，不能再改。")
        if at >= found.opens_at:
            raise Refused(f"“{found.name}”已经开始填报。请先把开放时间改到以后，再生成计划。")
        refused = [b for b in found.batches if not batch_of(rules, b).supplementary]
        if refused:
            raise Refused(f"批次“{'、'.join(batch_of(rules, b).name for b in refused)}”不征集志愿。")
        unpublished = (
            Round.objects.filter(season=row, opens_at__lt=found.opens_at)
            .exclude(kind=RoundKind.MOCK.value)
            .exclude(runs__kind=RunKind.REAL.value, runs__state=RunState.PUBLISHED.value)
            .first()
        )
        if unpublished is not None:
            raise Refused(f"“{unpublished.name}”的录取结果还没有公布，余额还不能确定。")
        waiting = Decline.objects.filter(
            candidate__season=row, state__in=(DeclineState.ASKED.value, DeclineState.CONFIRMED.value)
        ).count()
        if waiting:
            raise Refused(f"还有 {waiting} 件放弃录取的申请没有办结，先办结再生成征集计划。")
        made = [
            RoundSeat(round=found, cell_id=cell, seats=use.left, freed=use.freed_of_left)
            for cell, use in uses(row, found.batches).items()
            if use.left
        ]
        if not made:
            raise Refused("没有余额，不用征集志愿。")
        RoundSeat.objects.bulk_create(made)
        take_step(season=row, transition="supplement", by=by, at=at, on=on, facts={ROUND_READY: True})
        total = sum(each.seats for each in made)
        log(
            by,
            at,
            "offer",
            f"生成“{found.name}”的计划：{len(made)} 格 {total} 名，其中放弃录取腾出 {sum(e.freed for e in made)} 名",
            organisation=bureau,
            kind="round",
            id_=found.pk,
            detail={"cells": len(made), "seats": total},
        )
        return total
