"""Verb: hand in. What counts happens in one statement (migration 0003): permission, window, version, row, audit line."""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from django.utils import timezone

from zhijiao.admissions.queries import filling
from zhijiao.admissions.queries.offers import market
from zhijiao.admissions.rules.choices import faults_of
from zhijiao.admissions.types.filling import BadChoices, ChoiceFault, Chosen, Closed, NotProved, Receipt
from zhijiao.core.access.actor import Actor, Invisible
from zhijiao.core.access.scope import acting

STATEMENT = "SELECT * FROM zhijiao_submit_choices(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
LONGEST_KEY = 64


def submit(
    *,
    by: Actor,
    at: datetime,
    candidate: int,
    round_code: str,
    chosen: Chosen,
    key: str,
    opened: datetime | None = None,
    session: str = "",
    proved: bool = False,
) -> Receipt:
    """Hand a list in as the next version. The same `key` again gives the receipt of the first time.

    `opened`: when this server showed the page; `proved`: whether the second factor was passed. Raises BadChoices, Closed,
    NotProved, Invisible.
    """
    with acting(by):
        place = filling.place(by, candidate, round_code)
        if place.round.second_factor and not proved:
            raise NotProved("请先填写发到手机上的验证码。")
        found = market(place.round)
        faults = faults_of(chosen, found.offers, found.batches, place.candidate.origins, found.names)
        if faults:
            raise BadChoices(faults)
        return hand_in(
            person=by.person,
            candidate=candidate,
            round_=place.round.pk,
            chosen=chosen,
            key=key,
            at=at,
            opened=opened,
            session=session,
            address=by.address,
        )


def hand_in(
    *,
    person: int,
    candidate: int,
    round_: int,
    chosen: Chosen,
    key: str,
    at: datetime,
    opened: datetime | None,
    session: str,
    address: str,
) -> Receipt:
    """The statement and its answer. Raises BadChoices, Closed, Invisible."""
    if not 8 <= len(key) <= LONGEST_KEY or not key.isascii():
        raise BadChoices([ChoiceFault(0, 0, "页面已过期，请刷新后再提交。")])
    with connection.cursor() as cursor:
        cursor.execute(
            STATEMENT,
            [
                *(person, candidate, round_, list(chosen.lines), sorted(chosen.adjust), key),
                *(at, opened, session[:16], address[:45]),
            ],
        )
        outcome, number, digest, version, made, maker, ends = cursor.fetchone()
    match outcome:
        case "made" | "again":
            return Receipt(number, digest, version, made, maker, again=outcome == "again")
        case "before":
            raise Closed(f"这一轮 {_said(ends)} 才开始，现在还不能提交。")
        case "closed":
            raise Closed(
                f"这一轮已于 {_said(ends)} 截止，没有提交成功。因平台故障等原因没能按时提交的，请立即联系初中学校或县招生办申请延时。"
            )
        case "phase":
            raise Closed("这一轮现在不开放填报，没有提交。开放的时间以公告为准。")
        case "seated":
            raise Closed("您已经被录取，不参加这一轮。放弃录取并经批准的，才能填报征集志愿。")
        case "other":
            raise BadChoices(
                [
                    ChoiceFault(
                        0,
                        0,
                        f"这一页先前已经提交过（回执 {number}，第 {version} 版），现在的内容与那时不同，没有提交。核对下面的志愿后再提交一次。",
                    )
                ]
            )
        case "lines":
            raise BadChoices([ChoiceFault(0, 0, "志愿里有不在这一轮招生计划里的专业，请刷新页面后重选。")])
    raise Invisible("没有这个考生或这一轮填报。")


def _said(at: datetime) -> str:
    return f"{timezone.localtime(at):%m月%d日 %H:%M}"
