"""A school's classes, and the registration for the term."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from zhijiao.lib.numbers import row_id
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.records.shared import NEEDS, School, go, refuse, show
from zhijiao.portal.desk.sheets import workbook
from zhijiao.portal.desk.tasks.shared import Form, ordered, sorting
from zhijiao.records import actions, queries
from zhijiao.records.types import ClassLine, Refused
from zhijiao.render.xlsx import Cell
from zhijiao.render.xlsx import Column as SheetColumn

SORTS = {
    "name": lambda line: (line.grade, line.name),
    "grade": lambda line: (line.grade, line.class_no),
    "class_no": lambda line: line.class_no,
    "major": lambda line: (line.major, line.class_no),
    "students": lambda line: line.students,
}


def _lines(desk: Desk, school: School) -> list[ClassLine]:
    where = [school.chosen.id] if school.chosen else [n.id for n in school.seen]
    ended = desk.frame.query.get("ended") == "1"
    return ordered(desk, queries.classes(desk.actor, where, ended=ended), SORTS, "-grade")


def _classes(request: HttpRequest, desk: Desk) -> HttpResponse:
    school = School(desk)
    form = Form.start(grade=desk.on.year, started_on=desk.on.isoformat(), kind="ordinary")
    if request.method == "POST":
        form = Form.of(request)
        node = school.acting
        if node is None:
            raise Http404("您不是学校的学籍经办人。")
        at = timezone.now()
        try:
            if ended := form.get("close"):
                actions.close_class(school_class=row_id(ended) or 0, by=desk.actor, at=at, on=desk.on)
                return go("record_classes")
            grade = form.whole("grade", "年级", least=2000, most=2100)
            started = form.day("started_on", "开班日期", required=True)
            if not form.faults and started is not None:
                actions.open_class(
                    organisation=node.id,
                    class_no=form.get("class_no")[:30],
                    name=form.get("name")[:100],
                    grade=grade or desk.on.year,
                    major=form.get("major"),
                    kind=form.get("kind"),
                    enterprise=form.get("enterprise")[:18],
                    agreement=form.get("agreement") == "1",
                    started_on=started,
                    by=desk.actor,
                    at=at,
                )
                return go("record_classes")
        except Refused as refused:
            refuse(form, refused, {"class_no", "name", "major", "kind", "enterprise", "grade"})
    from zhijiao.exchange.queries.standard import standard

    return show(
        request,
        desk,
        "classes.html",
        school,
        form,
        lines=_lines(desk, school),
        kinds=[(e.code, e.name) for e in standard().codes["class_kinds"].entries],
        own=school.acting is not None,
        **sorting(desk, "-grade"),
    )


def _classes_file(request: HttpRequest, desk: Desk) -> HttpResponse:
    school = School(desk)
    columns = [
        *(
            SheetColumn("学校", width=30),
            SheetColumn("班级编号", width=14),
            SheetColumn("班级名称", width=24),
        ),
        *(SheetColumn("年级", kind="number", width=8), SheetColumn("专业", width=16)),
        *(SheetColumn("在籍人数", kind="number", width=10), SheetColumn("开班日期", kind="date", width=13)),
    ]
    rows: list[list[Cell]] = [
        [
            *(school.unit(line.organisation), line.class_no, line.name, line.grade),
            *(school.word("major", line.major), line.students, line.started_on),
        ]
        for line in _lines(desk, school)
    ]
    return workbook(request, desk, "班级", columns, rows, "classes", reverse("portal:record_classes"))


def _terms(request: HttpRequest, desk: Desk) -> HttpResponse:
    school = School(desk)
    node = school.chosen
    form = Form({}, {})
    if request.method == "POST":
        form = Form.of(request)
        if school.acting is None:
            raise Http404("您不是学校的学籍经办人。")
        try:
            actions.register_term(
                organisation=school.acting.id,
                records=form.ids("records"),
                by=desk.actor,
                at=timezone.now(),
                on=desk.on,
            )
            return go("record_terms")
        except Refused as refused:
            refuse(form, refused, set())
    term, lines = None, []
    if node is not None:
        try:
            term = queries.term_now(desk.tree, node.id)
            lines = queries.term_roll(desk.actor, node.id, term[0])
        except Refused as refused:
            form.faults.append(("", str(refused)))
    return show(
        request,
        desk,
        "terms.html",
        school,
        form,
        node=node,
        term=term,
        open_ones=[line for line in lines if not line.registered],
        count=len(lines),
        own=school.acting is not None,
    )


BOTH = ["GET", "HEAD", "POST"]
classes_view = require_http_methods(BOTH)(at_desk(_classes, *NEEDS))
classes_file_view = require_safe(at_desk(_classes_file, *NEEDS))
terms_view = require_http_methods(BOTH)(at_desk(_terms, *NEEDS))
