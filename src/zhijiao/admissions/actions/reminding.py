"""Verb: remind who has not handed in. It reaches candidates and guardians; nobody fills in for them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.utils import timezone

from zhijiao.admissions.actions.shared import log, require_sender
from zhijiao.admissions.models import Candidate, Guardian, Round
from zhijiao.admissions.queries.handed import handed_in
from zhijiao.core.access.actor import Actor, Invisible
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.scope import acting, bulk
from zhijiao.core.inbox import notify


def remind(*, by: Actor, at: datetime, round_: int, candidates: Collection[int]) -> int:
    """Send a note to those of these candidates who have not handed in, and to their guardians, once a day. Needs ADMIT_PLAN at the
    junior school or county of each. Returns how many candidates were reminded. Raises NotAllowed, Invisible."""
    with acting(by):
        found = (
            Round.objects.select_related("season").filter(pk=round_, season__tenant=by.tenant.value).first()
        )
        if found is None:
            raise Invisible("没有这一轮填报。")
        done = {one.candidate for one in handed_in(round_) if one.handed_at is not None}
        rows = [
            row
            for row in Candidate.objects.select_related("season").filter(
                pk__in=set(candidates), season=found.season
            )
            if row.pk not in done
        ]
        places = {require_sender(by, row, Permission.ADMIT_PLAN) for row in rows}
        with bulk():
            bound = dict[int, list[int]]()
            for candidate, user in Guardian.objects.filter(
                candidate__in=rows, ended_at__isnull=True, user__isnull=False
            ).values_list("candidate_id", "user_id"):
                bound.setdefault(candidate, []).append(user)
        for row in rows:
            people = [*bound.get(row.pk, ()), *([row.user_id] if row.user_id else [])]
            notify(
                people,
                key=f"remind-{round_}-{row.pk}-{timezone.localdate(at)}",
                subject=f"{row.name}的志愿还没有提交",
                body=f"“{found.name}”{timezone.localtime(found.closes_at):%m月%d日 %H:%M} 截止。草稿不算数，请检查后提交。",
                link="/choices",
                at=at,
            )
        if rows:
            log(
                by,
                at,
                "remind",
                f"提醒 {len(rows)} 名考生提交“{found.name}”的志愿",
                organisation=min(places),
                kind="round",
                id_=round_,
            )
        return len(rows)
