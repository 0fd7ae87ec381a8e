"""All schools of a season after the result: requests to give up, top-ups, letters, registering, the hand-over and the end."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from zhijiao.admissions.actions.seats import declining, enrolling, letters, topping_up
from zhijiao.admissions.actions.shared import Refused
from zhijiao.admissions.queries import placed, seasons
from zhijiao.admissions.queries.rows import Season
from zhijiao.admissions.types.states import DeclineState, EnrolmentState, Phase, TopUpState
from zhijiao.core.access.roles import Permission
from zhijiao.lib.numbers import row_id
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.seasons.shared import SEES, Faults, look_of_phase
from zhijiao.portal.desk.seats.shared import (
    keep_said,
    look_of_decline,
    look_of_top_up,
    said_of,
    within_reach,
)
from zhijiao.portal.desk.sheets import workbook
from zhijiao.portal.ordering import by_pinyin
from zhijiao.portal.pages import page
from zhijiao.portal.policy.filtering import Column, Listing, listing
from zhijiao.render.xlsx import Column as SheetColumn

COLUMNS = (
    Column("school", "学校", value=lambda row: by_pinyin(row.name)),
    Column("seats", "计划", num=True, value=lambda row: row.seats),
    Column("placed", "录取", num=True, value=lambda row: row.placed),
    Column("given_up", "放弃", num=True, value=lambda row: row.given_up),
    Column("topped_up", "补录", num=True, value=lambda row: row.topped_up),
    Column("elsewhere", "别的平台", num=True, value=lambda row: row.elsewhere),
    Column("came", "报到", num=True, value=lambda row: row.came),
    Column("absent", "未报到", num=True, value=lambda row: row.counts["absent"]),
    Column("waiting", "待登记", num=True, value=lambda row: row.waiting),
    Column("record", "已建学籍", num=True, value=lambda row: row.counts["handed_over"]),
)
SHOWN_REFUSED = 200
LETTERS = (Phase.PUBLISHED.value, Phase.SUPPLEMENTARY.value, Phase.REGISTERING.value)


def listed(desk: Desk, season: Season) -> Listing:
    """The schools as the address asks for them."""
    rows = placed.schools(season, within_reach(desk, season))
    return listing(desk.frame, rows, COLUMNS, (), lambda row: (row.name,))


def season_page(
    request: HttpRequest, desk: Desk, season: Season, faults: Faults = (), status: int = 200
) -> HttpResponse:
    """The page; after a refused step with what is wrong."""
    schools = listed(desk, season)
    asked = placed.requests(season)
    named = placed.top_ups(season)
    leads = seasons.leads(desk.actor, season)
    response = page(
        request,
        "desk/seats/season.html",
        desk.frame,
        desk=desk,
        view="seasons",
        season=season,
        look=look_of_phase(season.phase),
        list=schools,
        requests=asked,
        request_look=look_of_decline,
        open=[row for row in asked if row.state == DeclineState.CONFIRMED],
        decides=desk.actor.may(Permission.ADMIT_APPROVE),
        top_ups=named,
        top_up_look=look_of_top_up,
        decides_top_ups={
            key for key, bureau in season.bureaus.items() if desk.actor.may(Permission.ADMIT_APPROVE, bureau)
        },
        proposed=sum(row.state == TopUpState.PROPOSED for row in named),
        leads=leads,
        letters=placed.letters_valid(season) if leads else 0,
        writes=leads and season.phase in LETTERS,
        next=placed.last_steps(season) if leads else [],
        waiting=sum(row.counts[EnrolmentState.CAME.value] for row in schools.rows),
        typed=request.POST,
        faults=list(faults),
        wrong=dict(faults),
        said=said_of(request),
        refused=request.session.pop(f"handed_over_{season.pk}", {}) if leads else {},
    )
    response.status_code = status
    return response


@require_GET
def _view(request: HttpRequest, desk: Desk, season: int) -> HttpResponse:
    row = seasons.season(desk.actor.tenant, season)
    reach = within_reach(desk, row)
    mine = placed.schools(row, reach)
    if not desk.actor.may(Permission.ADMIT_APPROVE) and reach is not None and len(mine) == 1:
        return HttpResponseRedirect(reverse("portal:season_school", args=[season, mine[0].organisation]))
    return season_page(request, desk, row)


@require_GET
def _file(request: HttpRequest, desk: Desk, season: int) -> HttpResponse:
    row = seasons.season(desk.actor.tenant, season)
    address = reverse("portal:season_seats", args=[season])
    desk = replace(desk, frame=replace(desk.frame, path=address))
    columns = [
        SheetColumn("学校", width=30),
        *(SheetColumn(c.label, "人", kind="number") for c in COLUMNS[1:]),
    ]
    rows = [
        [
            *(each.name, each.seats, each.placed, each.given_up, each.topped_up, each.elsewhere),
            *(each.came, each.counts["absent"], each.waiting, each.counts["handed_over"]),
        ]
        for each in listed(desk, row).rows
    ]
    return workbook(request, desk, f"{row.title}录取和报到", columns, rows, "seats", address)


@require_POST
def _act(request: HttpRequest, desk: Desk, season: int) -> HttpResponse:
    row = seasons.season(desk.actor.tenant, season)
    try:
        said = _done(request, desk, row)
    except Refused as refused:
        row.refresh_from_db()
        return season_page(request, desk, row, [(refused.field, str(refused))], 422)
    keep_said(request, said)
    return HttpResponseRedirect(reverse("portal:season_seats", args=[season]))


def _done(request: HttpRequest, desk: Desk, season: Season) -> str:
    form, by, at, on = request.POST, desk.actor, timezone.now(), desk.on
    match form.get("do", ""):
        case "decline":
            approve = form.get("approve") == "yes"
            declining.decide(
                decline=row_id(form.get("decline")) or 0,
                approve=approve,
                words=form.get("words", ""),
                by=by,
                at=at,
            )
            return "已同意放弃，名额转入征集志愿。" if approve else "已答复不同意。"
        case "counter":
            seat = placed.seat_of(season, form.get("number", ""))
            if seat is None:
                raise Refused("没有这个考号的录取结果，请核对准考证。", "number")
            declining.at_the_counter(
                outcome=seat.pk,
                document=form.get("document", ""),
                reason=form.get("reason", ""),
                by=by,
                at=at,
            )
            return f"{seat.candidate.number} 已办理放弃录取。"
        case "top_up":
            approve = form.get("approve") == "yes"
            topping_up.decide(
                top_up=row_id(form.get("top_up")) or 0,
                approve=approve,
                reason=form.get("words", ""),
                by=by,
                at=at,
            )
            return "已同意补录。" if approve else "已答复不同意补录。"
        case "letters":
            return f"已制作通知书 {letters.issue(season=season.pk, by=by, at=at, on=on)} 份。"
        case "register":
            count = enrolling.begin_registering(season=season.pk, by=by, at=at, on=on)
            return f"已开始报到注册，应报到 {count} 人。"
        case "hand-over":
            found = enrolling.hand_over(
                season=season.pk, document=form.get("document", ""), by=by, at=at, on=on
            )
            request.session[f"handed_over_{season.pk}"] = dict(list(found.refused.items())[:SHOWN_REFUSED])
            return f"已移交学籍 {found.done} 人，{len(found.refused)} 人没有建立学籍。"
        case "close":
            enrolling.close(season=season.pk, by=by, at=at, on=on)
            return "招生季已结束。"
    raise Refused("请选择要办理的一步。")


view = at_desk(_view, *SEES)
file = at_desk(_file, *SEES)
act = at_desk(_act, Permission.ADMIT_APPROVE, Permission.ADMIT_RUN)
