"""The roster of a school, or of all schools that one sees, with columns that a school has saved; the same as a workbook."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from zhijiao.core.audit import record as note
from zhijiao.lib.numbers import row_id
from zhijiao.portal.desk.data.shared import leaf
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.records.shared import NEEDS, School, show
from zhijiao.portal.desk.sheets import workbook
from zhijiao.records import actions, queries
from zhijiao.records.queries.roster import MOST, SORTS, Asked
from zhijiao.records.types import RecordLine, Refused, Status
from zhijiao.render.xlsx import Cell
from zhijiao.render.xlsx import Column as SheetColumn

Told = Callable[[School, RecordLine], object]


@dataclass(frozen=True)
class Field:
    """A column that a roster may have."""

    key: str
    label: str
    told: Told
    width: int = 14
    usual: bool = False

    @property
    def sort(self) -> bool:
        """Whether the roster can be put in its order."""
        return self.key in SORTS


def _detail(key: str) -> Told:
    return lambda school, line: school.word(key, str(line.details.get(key, "")))


FIELDS: dict[str, Field] = {
    field.key: field
    for field in (
        Field("school", "学校", lambda school, line: school.unit(line.organisation), 30),
        Field("sex", "性别", lambda school, line: school.word("sex", line.sex), 8, usual=True),
        Field("grade", "年级", lambda school, line: f"{line.grade}级", 10, usual=True),
        Field(
            "class_no",
            "班级",
            lambda school, line: school.classes(line.organisation).get(line.class_no, line.class_no),
            20,
            usual=True,
        ),
        Field("major", "专业", lambda school, line: school.word("major", line.major), 20, usual=True),
        Field("track", "学制", lambda school, line: school.word("track", line.track), 14, usual=True),
        Field("status", "学籍状态", lambda school, line: line.status.words, 12, usual=True),
        Field("open_case", "正在办理", lambda school, line: line.open_case, 14, usual=True),
        Field("school_no", "学号", lambda school, line: line.school_no, 16),
        Field("enrolled_on", "入学日期", lambda school, line: line.enrolled_on, 14),
        Field("suspended_until", "休学到", lambda school, line: line.suspended_until, 14),
        Field("ended_on", "离校日期", lambda school, line: line.ended_on, 14),
        Field("education", "培养层次", _detail("education")),
        Field("ethnic", "民族", _detail("ethnic")),
        Field("residence_county", "户籍所在地", _detail("residence_county")),
        Field("from_county", "生源地", _detail("from_county")),
        Field("integrated", "一体化培养", _detail("integrated")),
        Field("phone", "联系电话", _detail("phone")),
    )
}
USUAL = [field.key for field in FIELDS.values() if field.usual]


def _columns(desk: Desk, school: School) -> tuple[list[Field], str]:
    """The columns that the address asks for: named one by one, or saved under a name."""
    query = desk.frame.query
    wanted = [key for key in query.get("columns", "").split(",") if key in FIELDS]
    name = query.get("view", "")
    if not wanted and name and school.chosen is not None:
        saved = dict(queries.views_of(desk.actor, school.chosen.id))
        wanted = [key for key in saved.get(name, []) if key in FIELDS]
    keys = wanted or (USUAL if school.chosen else ["school", *USUAL])
    return [FIELDS[key] for key in keys], name


def _asked(desk: Desk, school: School) -> Asked:
    query = desk.frame.query
    status = query.get("status", "")
    grade = row_id(query.get("grade", ""))
    return Asked(
        organisations=[school.chosen.id] if school.chosen else [n.id for n in school.seen],
        grade=grade if grade is not None and grade < 3000 else None,
        major=query.get("major", ""),
        class_no=query.get("class", ""),
        track=query.get("track", ""),
        statuses=[Status(status)] if status in set(Status) else (),
        everybody=status == "all",
        words=query.get("q", ""),
    )


def _view(request: HttpRequest, desk: Desk) -> HttpResponse:
    school = School(desk)
    asked = _asked(desk, school)
    here = leaf(desk, queries.count_records(desk.actor, asked))
    sort = desk.frame.query.get("sort", "grade")
    lines = queries.roster(desk.actor, asked, sort=sort, limit=here.size, offset=here.offset)
    columns, view_name = _columns(desk, school)
    offered = queries.grades_of(desk.actor, list(asked.organisations or ()))
    own = school.acting is not None
    return show(
        request,
        desk,
        "roster.html",
        school,
        lines=lines,
        columns=columns,
        leaf=here,
        cells=lambda line: [(column, column.told(school, line)) for column in columns],
        sort=sort.removeprefix("-"),
        descending=sort.startswith("-"),
        grades=sorted({(str(g), f"{g}级") for g, *_ in offered}, reverse=True),
        majors=sorted({(m, school.word("major", m)) for _, m, _, _ in offered}),
        class_list=sorted({(c, c) for _, _, c, _ in offered if c}) if school.chosen else [],
        tracks=sorted({(t, school.word("track", t)) for *_, t in offered}),
        narrowed=any(key in desk.frame.query for key in ("grade", "major", "class", "track", "status", "q")),
        views=[name for name, _ in queries.views_of(desk.actor, school.chosen.id)] if school.chosen else [],
        view_name=view_name,
        fields=list(FIELDS.values()),
        shown={column.key for column in columns},
        own=own,
        approves=school.chosen is not None and queries.approves(desk.actor, desk.tree, school.chosen.id),
        pending=_pending(desk, school),
        done=desk.frame.query.get("done", ""),
    )


def _pending(desk: Desk, school: School) -> int:
    where = [school.chosen.id] if school.chosen else [n.id for n in school.seen]
    return queries.count_records(desk.actor, Asked(organisations=where, statuses=[Status.PENDING]))


def _file(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The roster that the address asks for. Taking personal data along is a line of the audit trail."""
    school = School(desk)
    lines = queries.roster(
        desk.actor, _asked(desk, school), sort=desk.frame.query.get("sort", "grade"), limit=MOST
    )
    columns, _ = _columns(desk, school)
    dates = {"enrolled_on", "suspended_until", "ended_on"}
    sheet = [
        SheetColumn("姓名", width=14),
        *(SheetColumn(c.label, width=c.width, kind="date" if c.key in dates else "text") for c in columns),
    ]
    rows: list[list[Cell]] = [
        [line.name, *(_cell(column.told(school, line)) for column in columns)] for line in lines
    ]
    title = f"{school.chosen.label if school.chosen else '学校'}学籍名册"
    note(
        by=desk.actor,
        at=timezone.now(),
        action="records.export",
        organisation=school.chosen.id if school.chosen else None,
        object_kind="roster",
        object_id=school.chosen.id if school.chosen else "",
        summary=f"下载学籍名册 {len(lines)} 人",
        detail={"asked": dict(desk.frame.query)},
    )
    page = f"{reverse('portal:records')}?{urlencode(desk.frame.query)}"
    return workbook(request, desk, title, sheet, rows, "roster", page)


def _cell(value: object) -> Cell:
    return value or None  # type: ignore[return-value]


def _save(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Save the columns that are ticked under a name, or show them once."""
    school = School(desk)
    organisation = row_id(request.POST.get("org", "")) or 0
    columns = [key for key in request.POST.getlist("columns") if key in FIELDS]
    name = request.POST.get("name", "").strip()
    query: dict[str, str] = {"org": str(organisation)} if len(school.seen) > 1 else {}
    at = timezone.now()
    try:
        if "drop" in request.POST:
            actions.drop_view(organisation=organisation, name=name, by=desk.actor, at=at)
        elif name:
            actions.save_view(organisation=organisation, name=name, columns=columns, by=desk.actor, at=at)
            query["view"] = name[:40]
        else:
            query["columns"] = ",".join(columns)
    except Refused:
        query["columns"] = ",".join(columns)
    return HttpResponseRedirect(f"{reverse('portal:records')}?{urlencode(query)}")


view = require_safe(at_desk(_view, *NEEDS))
file_view = require_safe(at_desk(_file, *NEEDS))
save_view = require_POST(at_desk(_save, *NEEDS))
