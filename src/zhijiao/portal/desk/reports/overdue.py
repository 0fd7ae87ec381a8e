"""Who is late, by organisation; a reminder in one click, words for a chat group, a card with a code; progress by county."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from datetime import date

import segno
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_GET, require_POST

from zhijiao.core.access.roles import Permission
from zhijiao.indicators import actions
from zhijiao.indicators.queries import standing
from zhijiao.indicators.types import Late, Progress, Refused
from zhijiao.lib.dates import in_chinese
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.reports.shared import WORDS, filters_of, numbered
from zhijiao.portal.pages import page

SORTS = {
    "name": lambda late: late.organisation_name,
    "count": lambda late: late.count,
    "days": lambda late: late.days,
}


NEWEST = 3
"""Periods among which the page looks for the one that is in hand."""


@dataclass(frozen=True)
class Card:
    """What a printed card says. No account, no key: whoever scans it signs in as always."""

    title: str
    due: str
    address: str
    code: SafeString


@require_GET
def _view(request: HttpRequest, desk: Desk) -> HttpResponse:
    every = late_ones(desk)
    address = request.build_absolute_uri(reverse("portal:hand_in"))
    periods = standing.periods(desk.actor, desk.pack)
    asked = desk.frame.query.get("period", "")
    period, progress = _progress(desk, asked if asked in dict(periods) else "", [key for key, _ in periods])
    opened = next((one for one in every if str(one.organisation) == desk.frame.query.get("org")), None)
    return page(
        request,
        "desk/reports/overdue.html",
        desk.frame,
        desk=desk,
        view="overdue",
        late=every,
        count=sum(late.count for late in every),
        progress=progress,
        totals={
            key: sum(getattr(p, key) for p in progress)
            for key in ("owed", "draft", "returned", "review", "approved", "late")
        },
        text=chat_text(desk, every, address),
        sort=desk.frame.query.get("sort", "").lstrip("-"),
        descending=desk.frame.query.get("sort", "").startswith("-"),
        may_remind=desk.actor.may(Permission.REVIEW),
        reminded=desk.frame.query.get("reminded", ""),
        periods=periods,
        period=period,
        opened=opened,
        reports=standing.overdue_of(desk.actor, opened.organisation, desk.on) if opened else [],
        share=share,
        **WORDS,
    )


def _progress(desk: Desk, asked: str, periods: list[str]) -> tuple[str, list[Progress]]:
    """The period that was asked for; else of the newest ones that for which most is owed."""
    found = [
        (period, standing.progress(desk.actor, desk.pack, period, desk.on))
        for period in ([asked] if asked else periods[:NEWEST])
    ]
    return max(found, key=lambda each: sum(p.owed for p in each[1]), default=("", []))


def late_ones(desk: Desk) -> list[Late]:
    """Organisations that are late, the longest first, or as the address asks."""
    found = standing.overdue(desk.actor, desk.on, replace(filters_of(desk), organisation=None))
    asked = desk.frame.query.get("sort", "-days")
    key = SORTS.get(asked.lstrip("-"), SORTS["days"])
    return sorted(found, key=key, reverse=asked.startswith("-"))


def share(part: int, whole: int) -> str:
    """How much of a whole is done: 75%."""
    return f"{part * 100 // whole}%" if whole else "—"


def chat_text(desk: Desk, late: list[Late], address: str) -> str:
    """What can be copied into a chat group: who, how many, since when, where. Figures themselves are not named."""
    if not late:
        return ""
    lines = [f"截至{in_chinese(desk.on.isoformat())}，以下单位有逾期未办的数："]
    lines += [
        f"{n}. {one.organisation_name}：{one.count} 项，最长逾期 {one.days} 天"
        for n, one in enumerate(late, 1)
    ]
    lines.append(f"请登录后在“指标填报”里办理：{address}")
    return "\n".join(lines)


@require_POST
def _remind(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Put a note into the inboxes of those who are late: all, or the chosen ones."""
    chosen = set(numbered(request.POST, "org"))
    late = [one for one in late_ones(desk) if not chosen or one.organisation in chosen]
    reports = [line.id for one in late for line in standing.overdue_of(desk.actor, one.organisation, desk.on)]
    try:
        count = actions.remind(by=desk.actor, at=timezone.now(), reports=reports) if reports else 0
    except Refused as refused:
        return page(request, "desk/refused.html", desk.frame, words=str(refused))
    response = HttpResponse(status=303)
    response["Location"] = f"{reverse('portal:overdue')}?reminded={count}"
    return response


@require_GET
def _card(request: HttpRequest, desk: Desk) -> HttpResponse:
    """A card of A6 size to print or to send as a picture: what, until when, where, with a code of the address."""
    title = desk.frame.query.get("title", "")[:60] or "数据报送"
    address = request.build_absolute_uri(reverse("portal:hand_in"))
    card = Card(title, _due(desk.frame.query.get("due", "")), address, code_of(address))
    return page(request, "desk/reports/card.html", desk.frame, desk=desk, view="overdue", card=card)


def code_of(address: str) -> SafeString:
    """The address as a QR code: SVG without any style of its own, so that the page policy lets it pass."""
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        out, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=2, svgclass="qr", lineclass=None
    )
    # Made here from an address of our own: no words of anybody else are in it.
    return mark_safe(out.getvalue().decode())


def _due(text: str) -> str:
    try:
        return in_chinese(date.fromisoformat(text).isoformat())
    except ValueError:
        return ""


view = at_desk(_view, Permission.REVIEW)
remind = at_desk(_remind, Permission.REVIEW)
card = at_desk(_card, Permission.REVIEW)
