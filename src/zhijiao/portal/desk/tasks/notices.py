"""Office work on somebody: the list, one case, the form of a new one, its letter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhijiao.core.access.actor import NotAllowed
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.sessions import now
from zhijiao.lib.folding import matches
from zhijiao.lib.numbers import row_id
from zhijiao.portal.desk.files import attached, ticket
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.tasks.instruction import office_of, offices
from zhijiao.portal.desk.tasks.shared import (
    DOCX,
    Form,
    as_sheet,
    choosable,
    go,
    link_to,
    ordered,
    show,
    sorting,
)
from zhijiao.render.xlsx import Cell, Column
from zhijiao.supervision.actions import add_problems, edit_proceeding, open_proceedings, take_step
from zhijiao.supervision.queries.letters import letter
from zhijiao.supervision.queries.proceedings import (
    ProceedingLine,
    ProceedingView,
    proceeding_lines,
    proceeding_view,
)
from zhijiao.supervision.queries.work import item_view
from zhijiao.supervision.types import FoundProblem, Opening, ProceedingKind, Refused, Step

STATES = (("mine", "待我办理"), ("open", "在办"), ("late", "已逾期"), ("closed", "已办结"))
SORTS: dict[str, Callable[[ProceedingLine], Any]] = {
    "due": lambda line: (line.closed, line.due is None, line.due, -line.id),
    "number": lambda line: line.number,
    "title": lambda line: line.title,
    "opened": lambda line: (line.opened, line.id),
    "stage": lambda line: line.stage_name,
}
PROBLEM_ROWS = 5


def _kept(desk: Desk, lines: list[ProceedingLine]) -> list[ProceedingLine]:
    query = desk.frame.query
    found = [
        line
        for line in lines
        if (not query.get("kind") or line.kind.value == query["kind"])
        and _in_state(line, query.get("state", ""))
        and (not query.get("unit") or any(str(s.id) == query["unit"] for s in line.subjects))
        and (not query.get("q") or matches(query["q"], (line.title, line.number)))
    ]
    return ordered(desk, found, SORTS, "due")


def _in_state(line: ProceedingLine, state: str) -> bool:
    match state:
        case "mine":
            return line.mine
        case "open":
            return not line.closed
        case "late":
            return line.late
        case "closed":
            return line.closed
    return True


def _list(request: HttpRequest, desk: Desk) -> HttpResponse:
    lines = proceeding_lines(desk.actor, desk.tree, on=desk.on)
    units = {s.id: s.name for line in lines for s in line.subjects}
    choices = {
        "kind": [(k.value, k.words) for k in ProceedingKind],
        "state": list(STATES),
        "unit": sorted(((str(i), name) for i, name in units.items()), key=lambda pair: pair[1]),
    }
    labels = {"kind": "类别", "state": "状态", "unit": "单位"}
    narrowed = {name: (label, choices[name]) for name, label in labels.items()}
    return show(
        request,
        desk,
        "notices.html",
        "notices",
        lines=_kept(desk, lines),
        total=len(lines),
        choices=choices,
        narrowed=desk.frame.narrowed({**narrowed, "q": ("文字", [])}),
        may_open=bool(offices(desk, Permission.SUPERVISE)),
        kinds=[(k.value, k.words) for k in ProceedingKind],
        **sorting(desk, "due"),
    )


COLUMNS = (
    Column("文号", width=18),
    Column("类别", width=8),
    Column("事由", width=40),
    Column("发文单位", width=20),
    Column("单位", width=28),
    Column("环节", width=16),
    Column("期限", kind="date", width=13),
    Column("是否逾期", width=10),
    Column("立案", kind="date", width=13),
    Column("页面", width=8, printed=False),
)


def _file(request: HttpRequest, desk: Desk) -> HttpResponse:
    rows: list[list[Cell]] = [
        [
            line.number,
            line.kind.words,
            line.title,
            line.issuer.name,
            "、".join(s.name for s in line.subjects),
            line.stage_name,
            line.due,
            "逾期" if line.late else None,
            line.opened,
            link_to(request, "notice", line.id),
        ]
        for line in _kept(desk, proceeding_lines(desk.actor, desk.tree, on=desk.on))
    ]
    return as_sheet(request, desk, "notices", "督办通报", COLUMNS, rows, "notices")


def _one(
    request: HttpRequest, desk: Desk, notice: int, form: Form | None = None, kept: tuple[object, ...] = ()
) -> HttpResponse:
    view = proceeding_view(desk.actor, desk.tree, notice, on=desk.on)
    home = _home(desk, view)
    return show(
        request,
        desk,
        "notice.html",
        "notices",
        form,
        case=view,
        ticket=ticket(desk.actor, home) if home is not None and view.choices else None,
        kept=kept,
        rows=range(PROBLEM_ROWS),
        item_title=item_view(desk.actor, desk.tree, view.line.item, on=desk.on).line.title
        if view.line.item is not None
        else "",
    )


def _page(request: HttpRequest, desk: Desk, notice: int) -> HttpResponse:
    return _one(request, desk, notice)


def _home(desk: Desk, view: ProceedingView) -> int | None:
    """For which of their organisations the person hands in files of a case."""
    concerned = [view.line.issuer.id, *(s.id for s in view.line.subjects)]
    if view.upper is not None:
        concerned.append(view.upper.id)
    own = [o for o in desk.actor.homes if o in concerned]
    able = (Permission.PROGRESS, Permission.SUPERVISE, Permission.REPORT)
    found = [o for o in (*own, *concerned) if any(desk.actor.may(p, o) for p in able)]
    return found[0] if found else None


def _step(request: HttpRequest, desk: Desk, notice: int) -> HttpResponse:
    view = proceeding_view(desk.actor, desk.tree, notice, on=desk.on)
    form = Form.of(request)
    home = _home(desk, view)
    files = attached(request, desk, home) if home is not None else None
    form.faults += [("files", words) for words in (files.errors if files else ())]
    due = form.day("due", "期限")
    if not form.faults:
        try:
            made = take_step(
                proceeding=notice,
                step=Step(form.get("step"), form.get("words"), tuple(files.ids) if files else (), due),
                seen=row_id(form.get("seen")),
                by=desk.actor,
                at=now(),
                on=desk.on,
            )
            return go("notice", made if made is not None else notice)
        except Refused as refused:
            form.refuse(refused)
    return _one(request, desk, notice, form, files.files if files else ())


def _problems(request: HttpRequest, desk: Desk, notice: int) -> HttpResponse:
    form = Form.of(request)
    found = read_problems(form)
    if not form.faults:
        try:
            add_problems(proceeding=notice, problems=found, by=desk.actor, at=now(), on=desk.on)
            return go("notice", notice, anchor="problems")
        except Refused as refused:
            form.refuse(refused)
    return _one(request, desk, notice, form)


def read_problems(form: Form) -> list[FoundProblem]:
    """The lines of a problem sheet that were filled in."""
    found = []
    for row in range(PROBLEM_ROWS):
        text = form.get(f"text-{row}")
        if not text:
            continue
        due = form.day(f"until-{row}", f"第 {row + 1} 条的整改期限", required=True)
        if due is not None:
            found.append(FoundProblem(text, due, form.get(f"basis-{row}"), form.get(f"demand-{row}")))
    return found


def _new(request: HttpRequest, desk: Desk) -> HttpResponse:
    query = desk.frame.query
    kind = query.get("kind") if query.get("kind") in set(ProceedingKind) else "notice"
    form = Form.start(kind=kind, item=query.get("item", ""), subjects=query.get("subject", ""))
    if request.method == "POST":
        form = Form.of(request)
    office = office_of(desk, form, Permission.SUPERVISE)
    about = row_id(form.get("item"))
    item = item_view(desk.actor, desk.tree, about, on=desk.on) if about is not None else None
    if request.method == "GET" and item is not None:
        form.typed = {
            **form.typed,
            "title": f"关于“{item.line.title}”的{ProceedingKind(form.get('kind')).words}"[:200],
            "words": f"“{item.line.title}”（{item.line.deliverable}）的办理情况：{item.line.light.reason}。",
        }
    if request.method == "POST":
        chosen = form.one_of("kind", set(ProceedingKind), "请选择类别。")
        if chosen:
            try:
                made = open_proceedings(
                    kind=ProceedingKind(chosen),
                    opening=_opening(form, about),
                    organisation=office.id,
                    pack=desk.pack,
                    by=desk.actor,
                    at=now(),
                    on=desk.on,
                )
                return go("notice", made[0]) if len(made) == 1 else go("notices")
            except Refused as refused:
                form.refuse(refused)
    return show(
        request,
        desk,
        "notice_form.html",
        "notices",
        form,
        case=None,
        item=item,
        office=office,
        offices=[(str(node.id), node.name) for node in offices(desk, Permission.SUPERVISE)],
        kinds=[(k.value, k.words) for k in ProceedingKind],
        units=choosable(desk, office.id),
    )


def _edit(request: HttpRequest, desk: Desk, notice: int) -> HttpResponse:
    view = proceeding_view(desk.actor, desk.tree, notice, on=desk.on)
    if not view.may_edit:
        raise NotAllowed(Permission.SUPERVISE, "文书已经送审或发出，不能再改")
    form = Form.start(
        kind=view.line.kind.value,
        title=view.line.title,
        words=view.words,
        demand=view.demand,
        team="\n".join(f"{name} {duty}".strip() for name, duty in view.team),
        subjects=",".join(str(s.id) for s in view.line.subjects),
        seen=view.line.revision,
    )
    if request.method == "POST":
        form = Form.of(request)
        try:
            edit_proceeding(
                proceeding=notice,
                opening=_opening(form, view.line.item),
                seen=row_id(form.get("seen")),
                by=desk.actor,
                at=now(),
                on=desk.on,
            )
            return go("notice", notice)
        except Refused as refused:
            form.refuse(refused)
    return show(
        request,
        desk,
        "notice_form.html",
        "notices",
        form,
        case=view,
        item=None,
        office=view.line.issuer,
        offices=[],
        kinds=[(k.value, k.words) for k in ProceedingKind],
        units=choosable(desk, view.line.issuer.id),
    )


def _opening(form: Form, item: int | None) -> Opening:
    team = []
    for line in form.get("team").splitlines():
        name, _, duty = line.strip().partition(" ")
        if name:
            team.append((name[:60], duty.strip()[:60]))
    return Opening(
        title=form.get("title")[:200],
        words=form.get("words"),
        subjects=tuple(dict.fromkeys(form.ids("subjects"))),
        demand=form.get("demand"),
        item=item,
        team=tuple(team),
    )


def _letter(request: HttpRequest, desk: Desk, notice: int) -> HttpResponse:
    view = proceeding_view(desk.actor, desk.tree, notice, on=desk.on)
    content = letter(view, created=datetime.combine(desk.on, time(), UTC).replace(tzinfo=None))
    name = quote(f"{view.line.number}{view.line.title}.docx", safe="")
    response = HttpResponse(content, content_type=DOCX)
    response["Content-Disposition"] = (
        f"attachment; filename=\"notice-{notice}.docx\"; filename*=UTF-8''{name}"
    )
    return response


_both = require_http_methods(["GET", "HEAD", "POST"])
list_view = require_safe(at_desk(_list, Permission.VIEW))
file_view = require_safe(at_desk(_file, Permission.VIEW))
page_view = require_safe(at_desk(_page, Permission.VIEW))
letter_view = require_safe(at_desk(_letter, Permission.VIEW))
step_view = require_POST(at_desk(_step, Permission.VIEW))
problems_view = require_POST(at_desk(_problems, Permission.SUPERVISE))
new_view = _both(at_desk(_new, Permission.SUPERVISE))
edit_view = _both(at_desk(_edit, Permission.SUPERVISE))
