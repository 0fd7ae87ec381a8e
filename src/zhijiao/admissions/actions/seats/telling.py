"""Who is told of results and seats: candidate and guardian, the school, the office. In the transaction that did it."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from zhijiao.admissions.models import Candidate, Decline, Guardian, Run, TopUp
from zhijiao.core.access.roles import Role
from zhijiao.core.access.scope import bulk
from zhijiao.core.inbox import holders, notify

RESULT = """
INSERT INTO core_message (user_id, key, subject, body, link, sent_at)
SELECT p.user_id, %(key)s || p.candidate, %(subject)s, %(body)s, '/choices/' || p.candidate || '/' || %(round)s || '/result', %(at)s
  FROM (SELECT c.user_id, c.id AS candidate FROM admissions_candidate c
          JOIN admissions_outcome o ON o.candidate_id = c.id AND o.run_id = %(run)s
        UNION
        SELECT g.user_id, g.candidate_id FROM admissions_guardian g
          JOIN admissions_outcome o ON o.candidate_id = g.candidate_id AND o.run_id = %(run)s
         WHERE g.ended_at IS NULL) p
 WHERE p.user_id IS NOT NULL
ON CONFLICT (user_id, key) DO NOTHING
"""
"""One statement: a city has a hundred thousand candidates. The note does not say what the result is."""


def result_published(run: Run, *, at: datetime) -> None:
    """Tell everybody who took part, and their guardians, that the result can be read."""
    with bulk(), connection.cursor() as cursor:
        cursor.execute(
            RESULT,
            {
                "key": f"result-{run.pk}-",
                "subject": f"“{run.round.name}”录取结果已公布",
                "body": "可以查看录取结果和每条志愿的原因。",
                "round": run.round.code,
                "run": run.pk,
                "at": at,
            },
        )


def bonus_decided(
    row: Candidate, name: str, *, claim: int, confirmed: bool, reason: str, at: datetime
) -> None:
    """Tell the family what became of a claim to added marks."""
    notify(
        family(row),
        key=f"bonus-{claim}-{at.isoformat()}",
        subject=f"{row.name}的加分“{name}”{'已确认' if confirmed else '没有确认'}",
        body=reason,
        link=f"/choices/bonus/{row.pk}",
        at=at,
    )


def decline_asked(row: Decline, *, at: datetime) -> None:
    """Tell the others of the family that a seat is to be given up: nothing happens before one of them confirms."""
    candidate = row.outcome.candidate
    notify(
        family(candidate) - {row.asked_by},
        key=f"decline-{row.pk}-asked",
        subject=f"{candidate.name}申请放弃录取，等您确认",
        body=f"{row.asked_by_name}提出放弃录取。同意请登录确认；不同意可以撤回。不是家人提出的，请立即告诉初中学校。",
        link=_link(row),
        at=at,
    )


def decline_confirmed(row: Decline, *, at: datetime) -> None:
    """Tell the county that a request waits."""
    candidate = row.outcome.candidate
    office = candidate.county_id
    notify(
        holders(office, (Role.COUNTY,)) if office is not None else (),
        key=f"decline-{row.pk}-confirmed",
        subject=f"{candidate.number} 放弃录取的申请等待办理",
        link=f"/desk/seasons/{candidate.season_id}/seats#declines",
        at=at,
    )


def decline_decided(row: Decline, *, approved: bool, at: datetime) -> None:
    """Tell the family what became of the request, and the school that a seat is free again."""
    candidate, line = row.outcome.candidate, row.outcome.line
    notify(
        family(candidate),
        key=f"decline-{row.pk}-decided",
        subject="放弃录取已办理，录取通知书作废" if approved else "放弃录取的申请没有同意，录取仍然有效",
        body=row.decision,
        link=_link(row),
        at=at,
    )
    if approved and line is not None:
        notify(
            holders(line.organisation_id, (Role.SCHOOL,)),
            key=f"decline-{row.pk}-school",
            subject=f"{candidate.number} 放弃“{line.name}”的录取",
            link=f"/desk/seasons/{line.season_id}/seats/{line.organisation_id}",
            at=at,
        )


def top_up_decided(row: TopUp, *, approved: bool, at: datetime) -> None:
    """Tell the school, and the family where the candidate now has a seat."""
    notify(
        holders(row.organisation_id, (Role.SCHOOL,)),
        key=f"top-up-{row.pk}-decided",
        subject=f"{row.candidate.number} 的补录{'已同意' if approved else '没有同意'}",
        body=row.reason,
        link=f"/desk/seasons/{row.season_id}/seats/{row.organisation_id}#top-ups",
        at=at,
    )
    if approved:
        notify(
            family(row.candidate),
            key=f"top-up-{row.pk}-family",
            subject=f"{row.candidate.name}已由{row.line.school_name}补录",
            body=f"补录专业：{row.line.name}。有疑问请联系学校或县招生办。",
            link="/choices",
            at=at,
        )


def family(candidate: Candidate) -> set[int]:
    """The accounts of a candidate and those who answer for her."""
    with bulk():
        bound = Guardian.objects.filter(candidate=candidate, ended_at__isnull=True, user__isnull=False)
        found = set(bound.values_list("user_id", flat=True))
    return found | ({candidate.user_id} if candidate.user_id is not None else set())


def _link(row: Decline) -> str:
    return f"/choices/{row.candidate_id}/{row.outcome.run.round.code}/result"
