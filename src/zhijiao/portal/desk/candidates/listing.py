"""The list: who has handed in and who has not; reminding, and slips with passwords for a class."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from zhijiao.admissions.actions.accounts import MOST_AT_ONCE, hand_out
from zhijiao.admissions.actions.reminding import remind
from zhijiao.admissions.types.filling import Standing
from zhijiao.core.access.roles import Permission
from zhijiao.core.errors import Refusal
from zhijiao.portal.desk.candidates.shared import NEEDS, About, Row, about, rows_of, show
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.sheets import workbook
from zhijiao.portal.policy.filtering import Choice, Column, Listing, listing
from zhijiao.render.xlsx import Column as SheetColumn

SHOWN = 300
COLUMNS = (
    Column("number", "考号", value=lambda row: row.candidate.number),
    Column("name", "姓名", value=lambda row: row.candidate.sort_key),
    Column("class", "班级", value=lambda row: row.candidate.class_name),
    Column("school", "初中学校", value=lambda row: row.school or None),
    Column("phone", "手机尾号"),
    Column("standing", "志愿", value=lambda row: row.standing.value if row.standing else None),
    Column("at", "最近提交", value=lambda row: row.handed_at),
)


def listed(desk: Desk, rows: list[Row]) -> Listing:
    """The list as the address asks for it."""
    choices = [
        Choice(
            "standing",
            "志愿",
            lambda row: [row.standing.value] if row.standing else [],
            lambda key: Standing(key).words,
        ),
        Choice("class", "班级", lambda row: [row.candidate.class_name] if row.candidate.class_name else []),
    ]
    if len({row.school for row in rows}) > 1:
        choices.append(Choice("school", "初中学校", lambda row: [row.school] if row.school else []))
    return listing(
        desk.frame, rows, COLUMNS, choices, lambda row: (row.candidate.number, row.candidate.name, row.school)
    )


def _view(request: HttpRequest, desk: Desk) -> HttpResponse:
    where = about(desk)
    rows = rows_of(desk, where)
    found = listed(desk, rows)
    return show(
        request,
        desk,
        "list.html",
        where=where,
        list=found,
        shown=found.rows[:SHOWN],
        most=SHOWN,
        counted=Counter(row.standing for row in rows),
        standings=list(Standing),
        schools=len({row.school for row in rows}) > 1,
        sends=desk.actor.may(Permission.ADMIT_PLAN),
        runs=desk.actor.may(Permission.ADMIT_RUN),
        waiting=sum(row.standing in (Standing.NOTHING, Standing.DRAFT) for row in rows),
        reminded=desk.frame.query.get("reminded", ""),
        most_at_once=MOST_AT_ONCE,
    )


def _file(request: HttpRequest, desk: Desk) -> HttpResponse:
    desk = replace(desk, frame=replace(desk.frame, path=reverse("portal:candidates")))
    found = listed(desk, rows_of(desk, about(desk)))
    columns = [
        *(
            SheetColumn("考号", width=16),
            SheetColumn("姓名"),
            SheetColumn("班级"),
            SheetColumn("初中学校", width=24),
        ),
        *(
            SheetColumn("志愿", width=24),
            SheetColumn("最近提交", width=20),
            SheetColumn("第几版", kind="number"),
        ),
    ]
    rows = [
        [
            *(row.candidate.number, row.candidate.name, row.candidate.class_name, row.school),
            row.standing.words if row.standing else "",
            f"{timezone.localtime(row.handed_at):%Y-%m-%d %H:%M}" if row.handed_at else None,
            row.version,
        ]
        for row in found.rows
    ]
    return workbook(
        request, desk, "考生志愿提交情况", columns, rows, "candidates", reverse("portal:candidates")
    )


def _remind(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Remind those whom the person answers for as junior school or county."""
    where, rows = _asked(request, desk)
    if where.round is None:
        raise Http404("还没有安排填报。")
    mine = desk.actor.organisations(Permission.ADMIT_PLAN)
    waiting = [
        row.candidate.pk
        for row in rows
        if row.standing in (Standing.NOTHING, Standing.DRAFT)
        and (row.candidate.school_id in mine or row.candidate.county_id in mine)
    ]
    count = remind(by=desk.actor, at=timezone.now(), round_=where.round.pk, candidates=waiting)
    return HttpResponseRedirect(
        f"{reverse('portal:candidates')}?season={where.round.season_id}&round={where.round.code}&reminded={count}"
    )


def _slips(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Slips to cut and hand out: made now, shown once."""
    _, rows = _asked(request, desk)
    chosen = request.POST.get("class", "")
    mine = desk.actor.organisations(Permission.ADMIT_PLAN)
    people = [
        row.candidate
        for row in rows
        if row.candidate.class_name == chosen
        and (row.candidate.school_id in mine or row.candidate.county_id in mine)
        and (request.POST.get("again") == "1" or row.candidate.user_id is None)
    ]
    faults, slips = [], []
    try:
        slips = hand_out(by=desk.actor, at=timezone.now(), candidates=[one.pk for one in people])
    except Refusal as error:
        faults = [("", str(error))]
    return show(
        request, desk, "slips.html", 422 if faults else 200, slips=slips, faults=faults, class_name=chosen
    )


def _asked(request: HttpRequest, desk: Desk) -> tuple[About, list[Row]]:
    query = {key: request.POST[key] for key in ("season", "round") if request.POST.get(key)}
    desk = replace(desk, frame=replace(desk.frame, query=query))
    where = about(desk)
    return where, rows_of(desk, where)


view, file_view = require_safe(at_desk(_view, *NEEDS)), require_safe(at_desk(_file, *NEEDS))
remind_view = require_POST(at_desk(_remind, Permission.ADMIT_PLAN))
slips_view = require_POST(at_desk(_slips, Permission.ADMIT_PLAN))
