"""Verb: freeze a round. From then on nothing is handed in, whatever is extended, and what goes into the run stays as it is."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import connection
from django.db.models import Max

from zhijiao.admissions.actions.seasons import lock_season, take_step
from zhijiao.admissions.actions.shared import Refused, log, require_bureau
from zhijiao.admissions.models import Extension, Round, Season, Submission
from zhijiao.admissions.rules.season_flow import WINDOW_OVER
from zhijiao.admissions.types.states import Phase, RoundKind
from zhijiao.core.access.actor import Actor, Invisible
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.scope import acting, bulk

GATE = 7_310_077
"""The lock that submitting shares and freezing takes alone (migration 0003)."""


def freeze(*, season: int, round_: int, by: Actor, at: datetime, on: date) -> int:
    """Freeze a round whose window is over for everybody, grace and extensions included. Returns how many candidates handed in. A
    second time changes nothing. Needs ADMIT_RUN at a bureau. Raises Refused, NotAllowed, Invisible."""
    with acting(by):
        row = lock_season(by, season)
        bureau = require_bureau(by, row, Permission.ADMIT_RUN)
        found = round_of(row, round_)
        if found.kind == RoundKind.MOCK:
            raise Refused("模拟填报不参加录取，不用冻结；结束后请清空。")
        if found.frozen_at is None:
            over = at >= closed_for_all(found)
            if found.kind == RoundKind.MAIN:
                take_step(season=row, transition="freeze", by=by, at=at, on=on, facts={WINDOW_OVER: over})
            elif row.phase != Phase.SUPPLEMENTARY.value or not over:
                raise Refused("这一轮征集志愿还没有截止，等截止后再冻结。")
            with bulk():
                _shut(found)
                Round.objects.filter(pk=found.pk).update(frozen_at=at, revision=found.revision + 1)
        with bulk():
            handed_in = Submission.objects.filter(round=found).values("candidate").distinct().count()
        if found.frozen_at is None:
            log(
                by,
                at,
                "freeze",
                f"冻结“{found.name}”：{handed_in} 名考生提交了志愿",
                organisation=bureau,
                kind="round",
                id_=found.pk,
                detail={"handed_in": handed_in},
            )
        return handed_in


def round_of(season: Season, round_: int) -> Round:
    """A round of the season, held. Raises Invisible."""
    found = (
        Round.objects.select_for_update(of=("self",))
        .select_related("season")
        .filter(pk=round_, season=season)
        .first()
    )
    if found is None:
        raise Invisible("没有这一轮填报。")
    return found


def closed_for_all(round_: Round) -> datetime:
    """From when on nobody may hand in any more."""
    latest = Extension.objects.filter(round=round_).aggregate(until=Max("until"))["until"]
    closing = max(round_.closes_at, latest) if latest else round_.closes_at
    return closing + timedelta(minutes=round_.grace_minutes)


def _shut(round_: Round) -> None:
    """Wait for what is being handed in at this moment, and let nothing follow."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [GATE, round_.pk % 2_147_483_647])
