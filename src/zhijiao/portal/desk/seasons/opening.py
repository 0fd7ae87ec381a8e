"""Open a season: name, year, document; everything else comes from the pack's rules, which the page shows."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from zhijiao.admissions.actions.seasons import bureaus_of, open_season
from zhijiao.admissions.actions.shared import Refused
from zhijiao.admissions.queries import seasons
from zhijiao.admissions.types.season import Opening
from zhijiao.core.access.roles import Permission
from zhijiao.lib.numbers import whole
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.seasons.shared import Faults
from zhijiao.portal.pages import page

FIELDS = ("title", "code", "year", "document")


def lead_of(desk: Desk) -> int | None:
    """The bureau that leads admission in the person's place, where the person may open a season for it."""
    rules = desk.index.admission if desk.index else None
    if rules is None or desk.index is None:
        return None
    try:
        lead = bureaus_of(rules, desk.index, desk.tree)[rules.lead]
    except Refused:
        return None
    return lead if desk.actor.may(Permission.ADMIT_RUN, lead) else None


@require_http_methods(["GET", "POST"])
def _view(request: HttpRequest, desk: Desk) -> HttpResponse:
    year = seasons.year_of(desk.on)
    if request.method == "GET":
        raw = {"title": f"{year}年中等职业学校和技工院校统一招生", "code": str(year), "year": str(year)}
        return _page(request, desk, raw)
    raw = {field: request.POST.get(field, "") for field in FIELDS}
    number = whole(raw["year"])
    if number is None:
        return _page(request, desk, raw, [("year", f"年份“{raw['year']}”不是数字，请写成 {year}。")], 422)
    place = desk.tree.place(desk.pack)
    if place is None:
        return _page(request, desk, raw, [("", "组织树里没有本地人民政府，请系统管理员先登记。")], 422)
    try:
        made = open_season(
            opening=Opening(place.id, desk.pack, raw["code"], raw["title"], number, raw["document"]),
            by=desk.actor,
            at=timezone.now(),
            on=desk.on,
        )
    except Refused as refused:
        return _page(request, desk, raw, [(refused.field, str(refused))], 422)
    return HttpResponseRedirect(reverse("portal:season", args=[made.pk]))


def _page(
    request: HttpRequest, desk: Desk, raw: Mapping[str, str], faults: Faults = (), status: int = 200
) -> HttpResponse:
    response = page(
        request,
        "desk/seasons/new.html",
        desk.frame,
        desk=desk,
        view="seasons",
        raw=raw,
        faults=list(faults),
        wrong=dict(faults),
        rules=desk.index.admission if desk.index else None,
        may_open=lead_of(desk) is not None,
    )
    response.status_code = status
    return response


view = at_desk(_view, Permission.ADMIT_RUN)
