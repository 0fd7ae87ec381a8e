"""Cases: what waits for me and what is under way, and one case with its steps."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from zhijiao.core.access.actor import Invisible
from zhijiao.core.access.roles import Permission
from zhijiao.core.models import StoredFile
from zhijiao.lib.numbers import row_id
from zhijiao.portal.desk.cards import Card, Line
from zhijiao.portal.desk.data.shared import leaf
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.records.shared import NEEDS, School, go, refuse, rules_for, show
from zhijiao.portal.desk.sheets import workbook
from zhijiao.portal.desk.tasks.shared import Form, sorting
from zhijiao.records import actions, queries
from zhijiao.records.queries.cases import MOST, AskedCases, late
from zhijiao.records.types import Refused
from zhijiao.render.xlsx import Cell
from zhijiao.render.xlsx import Column as SheetColumn

SHOWN = 5
"""Of what waits, how many lines the first page of the desk has."""
STATES = (("mine", "等我办"), ("open", "办理中"), ("closed", "已办结"))


def _asked(desk: Desk) -> AskedCases:
    query = desk.frame.query
    state = query.get("state", "")
    return AskedCases(
        closed=state == "closed",
        mine=state == "mine",
        event=query.get("event", ""),
        words=query.get("q", ""),
    )


def _list(request: HttpRequest, desk: Desk) -> HttpResponse:
    school = School(desk)
    asked = _asked(desk)
    here = leaf(desk, queries.count_cases(desk.actor, asked))
    sort = desk.frame.query.get("sort", "due")
    return show(
        request,
        desk,
        "cases.html",
        school,
        lines=queries.cases(desk.actor, asked, sort=sort, limit=here.size, offset=here.offset),
        leaf=here,
        total=here.total or queries.count_cases(desk.actor, AskedCases(closed=None)),
        states=STATES,
        events=queries.events_of_cases(desk.actor),
        late=lambda line: late(line, desk.on),
        mine=lambda line: line.holder is not None and queries.acts_for(desk.actor, line.holder),
        from_outside=[r for r in rules_for(desk.index, school.acting.kind.value) if r.event == "general_in"]
        if school.acting
        else [],
        **sorting(desk, "due"),
    )


def _file(request: HttpRequest, desk: Desk) -> HttpResponse:
    school = School(desk)
    sort = desk.frame.query.get("sort", "due")
    lines = queries.cases(desk.actor, _asked(desk), sort=sort, limit=MOST)
    columns = [
        *(SheetColumn("编号", width=18), SheetColumn("事项", width=16), SheetColumn("学生", width=12)),
        *(
            SheetColumn("申请学校", width=30),
            SheetColumn("转入学校", width=30),
            SheetColumn("环节", width=24),
        ),
        *(SheetColumn("由谁办", width=24), SheetColumn("期限", kind="date", width=13)),
    ]
    rows: list[list[Cell]] = [
        [
            *(line.number, line.event_name, line.name, school.unit(line.organisation)),
            school.unit(line.target) if line.target else None,
            line.stage_name,
            school.unit(line.holder) if line.holder else None,
            line.due,
        ]
        for line in lines
    ]
    page = reverse("portal:record_cases")
    return workbook(request, desk, "学籍申请", columns, rows, "record-cases", page)


def _view(request: HttpRequest, desk: Desk, case: int) -> HttpResponse:
    return _page(request, desk, case, Form({}, {}))


def _page(request: HttpRequest, desk: Desk, case: int, form: Form) -> HttpResponse:
    view = queries.case_view(desk.actor, case)
    numbers = {*view.files, *(f for step in view.steps for f in step.files)}
    files = {file.pk: file for file in StoredFile.objects.filter(pk__in=numbers)}
    record = view.line.record
    visible = False
    if record is not None:
        try:
            queries.record_view(desk.actor, record)
            visible = True
        except Invisible:
            visible = False
    return show(
        request,
        desk,
        "case.html",
        School(desk),
        form,
        case=view,
        files=files,
        visible=visible,
        late=late(view.line, desk.on),
        may_amend=view.line.stage == "draft" and queries.acts_for(desk.actor, view.line.organisation),
        done=desk.frame.query.get("done", ""),
    )


def _step(request: HttpRequest, desk: Desk, case: int) -> HttpResponse:
    form = Form.of(request)
    try:
        actions.take_step(
            case=case,
            transition=form.get("step"),
            words=form.get("words")[:2000],
            seen=row_id(form.get("seen")),
            by=desk.actor,
            at=timezone.now(),
            on=desk.on,
        )
    except Refused as refused:
        refuse(form, refused, {"words"})
        return _page(request, desk, case, form)
    return go("record_case", case, done="1")


def card(desk: Desk) -> Card | None:
    """Cases that wait for the person, on the first page of the desk."""
    if not desk.actor.may(Permission.KEEP_RECORDS):
        return None
    waiting = queries.waiting_for(desk.actor, limit=SHOWN)
    if not waiting:
        return None
    count = queries.count_cases(desk.actor, AskedCases(mine=True))
    behind = queries.count_cases(desk.actor, AskedCases(mine=True, late=desk.on))
    lines = tuple(
        Line(
            f"{line.event_name}：{line.name}（{line.stage_name}）",
            reverse("portal:record_case", args=[line.id]),
            f"{line.due:%m月%d日}前" if line.due else "",
            late(line, desk.on),
        )
        for line in waiting
    )
    return Card("学籍申请", count, f"{reverse('portal:record_cases')}?state=mine", lines, behind)


list_view = require_safe(at_desk(_list, *NEEDS))
file_view = require_safe(at_desk(_file, *NEEDS))
view = require_safe(at_desk(_view, *NEEDS))
step_view = require_POST(at_desk(_step, *NEEDS))
