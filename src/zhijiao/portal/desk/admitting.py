"""The card of the desk's first page for a season of admission: what waits, a line a matter with its count and where to do it."""

from __future__ import annotations

from django.urls import reverse

from zhijiao.admissions.queries.waiting import ACTING, Matter, Waiting, waiting
from zhijiao.lib.dates import in_chinese
from zhijiao.portal.desk.cards import Card, Line
from zhijiao.portal.desk.guard import Desk


def card(desk: Desk) -> Card | None:
    """Signatures, objections, requests to give up, top-ups, corrections, claims to added marks, letters; for who may act."""
    if not desk.pack or not any(desk.actor.may(each) for each in ACTING):
        return None
    found = waiting(desk.actor, desk.pack)
    if not found:
        return None
    lines = tuple(
        Line(
            f"{one.season.year}年{one.matter.words}：{one.count} {'份' if one.matter is Matter.LETTER else '件'}",
            _where(one),
            f"{in_chinese(one.due.isoformat())}前" if one.due else "",
            one.due is not None and one.due < desk.on,
        )
        for one in found
    )
    late = sum(one.count for one in found if one.due is not None and one.due < desk.on)
    return Card(
        "招生办理", sum(one.count for one in found), reverse("portal:seasons"), lines, late, "没有要办的。"
    )


def _where(one: Waiting) -> str:
    season = one.season.pk
    match one.matter:
        case Matter.PLAN_SIGNATURE:
            return f"{reverse('portal:season', args=[season])}#signatures"
        case Matter.RESULT_SIGNATURE:
            return reverse("portal:allocation_run", args=[season, one.link])
        case Matter.OBJECTION if one.link:
            return f"{reverse('portal:allocation_run', args=[season, one.link])}#objections"
        case Matter.OBJECTION:
            return reverse("portal:bonus_notices", args=[season])
        case Matter.BONUS:
            return f"{reverse('portal:bonus')}?season={season}&state=asked"
        case Matter.CORRECTION:
            return f"{reverse('portal:candidate', args=[one.link])}#corrections"
        case Matter.DECLINE:
            return f"{reverse('portal:season_seats', args=[season])}#declines"
        case Matter.TOP_UP:
            return f"{reverse('portal:season_seats', args=[season])}#top-ups"
        case Matter.LETTER:
            return reverse("portal:season_seats", args=[season])
