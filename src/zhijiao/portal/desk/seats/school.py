"""One school: who is placed with it, who came, whom it names for left-over seats, and its name lists."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from zhijiao.admissions.actions.seats import enrolling, name_lists, topping_up
from zhijiao.admissions.actions.shared import Refused
from zhijiao.admissions.queries import placed, seasons
from zhijiao.admissions.queries.placed import Placed, Stand
from zhijiao.admissions.queries.rows import Season
from zhijiao.admissions.types.states import Phase
from zhijiao.core.access.roles import Permission
from zhijiao.core.kinds import OrganisationKind
from zhijiao.lib.numbers import row_id
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.seasons.shared import SEES, Faults, look_of_phase, name_of
from zhijiao.portal.desk.seats.shared import (
    day_from,
    keep_said,
    look_of_stand,
    look_of_top_up,
    may_note,
    said_of,
    within_reach,
)
from zhijiao.portal.desk.sheets import workbook
from zhijiao.portal.ordering import by_pinyin
from zhijiao.portal.pages import page
from zhijiao.portal.policy.filtering import Choice, Column, Listing, listing
from zhijiao.render.xlsx import Cell
from zhijiao.render.xlsx import Column as SheetColumn

COLUMNS = (
    Column("number", "考号", value=lambda row: row.candidate.number),
    Column("name", "姓名", value=lambda row: row.candidate.sort_key),
    Column("sex", "性别"),
    Column("line", "专业", value=lambda row: by_pinyin(row.line.name)),
    Column("how", "录取方式", value=lambda row: row.how),
    Column("letter", "通知书"),
    Column("stand", "状态", value=lambda row: list(Stand).index(row.stand)),
    Column("came", "报到日期", value=lambda row: row.came_on),
)
TOPPING_UP = (Phase.PUBLISHED.value, Phase.SUPPLEMENTARY.value, Phase.REGISTERING.value)
HIGHER = (OrganisationKind.HIGHER_VOCATIONAL,)


def listed(desk: Desk, rows: list[Placed]) -> Listing:
    """The list as the address asks for it."""
    return listing(
        desk.frame,
        rows,
        COLUMNS,
        (
            Choice("stand", "状态", lambda row: [row.stand.value], lambda key: Stand(key).words),
            Choice(
                "line",
                "专业",
                lambda row: [row.line.code] if row.line.code else [],
                _line_words(rows).__getitem__,
            ),
            Choice("how", "录取方式", lambda row: [row.how] if row.how else []),
        ),
        lambda row: (row.candidate.number, row.candidate.name, row.line.name),
    )


def _line_words(rows: list[Placed]) -> dict[str, str]:
    return {row.line.code: f"{row.line.code} {row.line.name}" for row in rows}


def _found(desk: Desk, season: int, organisation: int) -> Season:
    row = seasons.season(desk.actor.tenant, season)
    reach = within_reach(desk, row)
    if reach is not None and organisation not in reach:
        raise Http404("没有这所学校。")
    if not placed.takes_part(row, organisation):
        raise Http404("这所学校没有参加这一季招生。")
    return row


def school_page(
    request: HttpRequest,
    desk: Desk,
    season: Season,
    organisation: int,
    faults: Faults = (),
    status: int = 200,
) -> HttpResponse:
    """The page; after a refused step with what is wrong."""
    rows = placed.placed(season, organisation)
    notes = may_note(desk, organisation)
    until = placed.top_up_until(season)
    names = notes and season.phase in TOPPING_UP and desk.on <= until
    free = placed.left_over(season, organisation) if names else []
    rolls = placed.rolls(season, organisation)
    response = page(
        request,
        "desk/seats/school.html",
        desk.frame,
        desk=desk,
        view="seasons",
        season=season,
        phase=look_of_phase(season.phase),
        organisation=organisation,
        school=name_of(desk, organisation),
        overview=within_reach(desk, season) is None or desk.actor.may(Permission.ADMIT_APPROVE),
        list=listed(desk, rows),
        counted=Counter(row.stand for row in rows),
        stands=list(Stand),
        look=look_of_stand,
        notes=notes and season.phase == Phase.REGISTERING.value,
        names=names,
        free=[(str(line.pk), f"{line.code} {line.name}（余 {left}）") for line, left in free],
        top_ups=placed.top_ups(season, organisation),
        top_up_look=look_of_top_up,
        top_up_until=until,
        rolls=rolls,
        people=placed.people_of(rolls),
        parties=name_lists.PARTIES,
        colleges=[(str(node.id), node.name) for node in desk.tree.nodes.values() if node.kind in HIGHER],
        draws=notes,
        seals=notes or desk.actor.may(Permission.ADMIT_APPROVE),
        seals_for_bureau=_seals_for_bureau(desk, season),
        typed=request.POST,
        faults=list(faults),
        wrong=dict(faults),
        said=said_of(request),
    )
    response.status_code = status
    return response


def _seals_for_bureau(desk: Desk, season: Season) -> bool:
    return any(desk.actor.may(Permission.ADMIT_APPROVE, bureau) for bureau in season.bureaus.values())


@require_GET
def _view(request: HttpRequest, desk: Desk, season: int, organisation: int) -> HttpResponse:
    return school_page(request, desk, _found(desk, season, organisation), organisation)


@require_GET
def _file(request: HttpRequest, desk: Desk, season: int, organisation: int) -> HttpResponse:
    row = _found(desk, season, organisation)
    address = reverse("portal:season_school", args=[season, organisation])
    desk = replace(desk, frame=replace(desk.frame, path=address))
    columns = [
        *(SheetColumn("考号", width=16), SheetColumn("姓名"), SheetColumn("性别"), SheetColumn("招生代码")),
        *(SheetColumn("专业", width=24), SheetColumn("生源"), SheetColumn("录取方式", width=16)),
        *(SheetColumn("通知书编号", width=28), SheetColumn("状态"), SheetColumn("报到日期", kind="date")),
    ]
    rows: list[list[Cell]] = [
        [
            *(each.candidate.number, each.candidate.name, each.candidate.sex or None),
            *(each.line.code or None, each.line.name, each.origin or "不限", each.how or None),
            *(each.letter or None, each.stand.words, each.came_on),
        ]
        for each in listed(desk, placed.placed(row, organisation)).rows
    ]
    title = f"{name_of(desk, organisation)}录取名单"
    return workbook(request, desk, title, columns, rows, "placed", address)


@require_POST
def _act(request: HttpRequest, desk: Desk, season: int, organisation: int) -> HttpResponse:
    row = _found(desk, season, organisation)
    form, by, at = request.POST, desk.actor, timezone.now()
    said = ""
    try:
        match form.get("do", ""):
            case "came" | "absent" | "rest" as what:
                said = f"已登记 {_note(request, desk, row, organisation, what)} 人。"
            case "propose":
                topping_up.propose(
                    season=season,
                    line=row_id(form.get("line")) or 0,
                    number=form.get("number", ""),
                    name=form.get("name", ""),
                    words=form.get("words", ""),
                    by=by,
                    at=at,
                    on=desk.on,
                )
                said = "已申报补录，等待主管部门审批。"
            case "withdraw":
                topping_up.withdraw(top_up=row_id(form.get("top_up")) or 0, by=by, at=at)
                said = "已撤回。"
            case "draw":
                name_lists.draw_up(
                    season=season,
                    line=row_id(form.get("roll")) or 0,
                    partner=row_id(form.get("partner")),
                    by=by,
                    at=at,
                )
                said = "名册已生成，请核对后签章。"
            case "seal":
                sealed = name_lists.seal(
                    name_list=row_id(form.get("list")) or 0,
                    digest=form.get("digest", ""),
                    paper=form.get("paper", ""),
                    by=by,
                    at=at,
                )
                said = "各方已签章，名册封存。" if sealed else "已签章，等待其他各方。"
            case _:
                return school_page(request, desk, row, organisation, [("", "请选择要办理的一步。")], 422)
    except Refused as refused:
        return school_page(request, desk, row, organisation, [(refused.field, str(refused))], 422)
    keep_said(request, said)
    return HttpResponseRedirect(reverse("portal:season_school", args=[season, organisation]))


def _note(request: HttpRequest, desk: Desk, season: Season, organisation: int, what: str) -> int:
    """Note what was ticked; `rest`: everybody of whom nothing is noted yet came."""
    if what == "rest":
        rows = placed.placed(season, organisation)
        chosen = [row.enrolment for row in rows if row.enrolment and row.stand is Stand.EXPECTED]
    else:
        chosen = [row_id(each) or 0 for each in request.POST.getlist("who")]
    if not chosen:
        raise Refused("没有还没登记的学生。" if what == "rest" else "请先在名单里勾选学生，再登记。", "who")
    day = day_from(request.POST.get("day", "")) if what != "absent" else desk.on
    if day is None or day > desk.on:
        raise Refused("请填报到的日期，不能晚于今天，如 2026-09-01。", "day")
    return enrolling.note(
        season=season.pk,
        came=dict.fromkeys(chosen, what != "absent"),
        came_on=day,
        words=request.POST.get("words", ""),
        by=desk.actor,
        at=timezone.now(),
    )


view = at_desk(_view, *SEES)
file = at_desk(_file, *SEES)
act = at_desk(_act, Permission.ADMIT_PLAN, Permission.ADMIT_APPROVE)
