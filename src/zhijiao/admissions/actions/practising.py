"""Verbs for seasons of practice in the tenant of examples: accounts that anybody may try, and choices handed in for everybody who has
none. Nothing of this works in a season of real candidates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from zhijiao.admissions.actions.shared import Refused, log
from zhijiao.admissions.models import Candidate, Guardian, PlanLine, Round, Season, Submission
from zhijiao.admissions.rules.receipts import digest_of, number_of, text_of
from zhijiao.core.access.actor import Actor
from zhijiao.core.access.scope import bulk
from zhijiao.core.kinds import Tenant


def give_account(*, season: int, number: str, user: int, by: Actor, at: datetime) -> None:
    """Let an account be a candidate of a season of practice. Raises Refused."""
    with bulk():
        row = _practice(season, by)
        Candidate.objects.filter(season=row, number=number).update(user_id=user)
        log(
            by,
            at,
            "practise",
            f"演练考生 {number} 使用演示账号",
            organisation=row.organisation_id,
            kind="season",
            id_=row.pk,
        )


def give_guardian(*, season: int, number: str, user: int, by: Actor, at: datetime) -> None:
    """Let an account answer for a candidate of a season of practice. Raises Refused."""
    with bulk():
        row = _practice(season, by)
        candidate = Candidate.objects.get(season=row, number=number)
        if not Guardian.objects.filter(candidate=candidate, user=user).exists():
            Guardian.objects.create(
                candidate=candidate,
                user_id=user,
                name="示例家长",
                relation="母亲",
                bound_at=at,
                bound_by=by.name[:80],
                document="示例户口簿",
            )


def hand_in_for(
    *, season: int, round_: int, chosen: Mapping[str, Sequence[int]], by: Actor, at: datetime
) -> int:
    """Hand in choices for generated candidates, by registration number. Returns how many. Raises Refused."""
    with bulk():
        row = _practice(season, by)
        found = Round.objects.get(pk=round_, season=row)
        codes = dict(PlanLine.objects.filter(season=row).values_list("pk", "code"))
        people = dict(
            Candidate.objects.filter(season=row, number__in=list(chosen)).values_list("number", "pk")
        )
        Submission.objects.bulk_create(
            [
                _submission(row, found, number, people[number], lines, codes, at)
                for number, lines in sorted(chosen.items())
            ],
            batch_size=1000,
        )
        log(
            by,
            at,
            "practise",
            f"为“{found.name}”生成 {len(chosen)} 名演练考生的志愿",
            organisation=row.organisation_id,
            kind="round",
            id_=found.pk,
        )
        return len(chosen)


def _submission(
    season: Season,
    round_: Round,
    number: str,
    candidate: int,
    lines: Sequence[int],
    codes: Mapping[int, str],
    at: datetime,
) -> Submission:
    text = text_of(
        season=season.code,
        round_code=round_.code,
        candidate=number,
        version=1,
        at=at,
        choices=[(codes[line], False) for line in lines],
    )
    digest = digest_of(f"{season.pk}\n{text}")
    return Submission(
        candidate_id=candidate,
        round=round_,
        version=1,
        lines=list(lines),
        adjust=[],
        at=at,
        name="示例考生",
        session="",
        digest=digest,
        receipt=number_of(digest),
        key=f"practice-{number}",
    )


def _practice(season: int, by: Actor) -> Season:
    row = Season.objects.get(pk=season, tenant=by.tenant.value)
    if not row.rehearsal or by.tenant is not Tenant.DEMO:
        raise Refused("这一步只用于演示里的演练招生季。")
    return row
