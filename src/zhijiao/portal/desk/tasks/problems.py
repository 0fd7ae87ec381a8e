"""The problem sheet over all checks and cases: answer, recheck, escalate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhijiao.core.access.roles import Permission
from zhijiao.core.access.sessions import now
from zhijiao.lib.folding import matches
from zhijiao.portal.desk.files import attached, ticket
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.tasks.shared import (
    PROBLEMS,
    Form,
    as_sheet,
    go,
    link_to,
    ordered,
    problem_look,
    show,
    sorting,
)
from zhijiao.render.xlsx import Cell, Column
from zhijiao.supervision.actions import answer_problem, escalate_problems, recheck_problem
from zhijiao.supervision.queries.inspection import ProblemLine, problem_lines, problem_view
from zhijiao.supervision.types import Refused

SORTS: dict[str, Callable[[ProblemLine], Any]] = {
    "due": lambda p: (p.state.value == "settled", p.due, p.id),
    "unit": lambda p: (p.who.code, p.due),
    "state": lambda p: (list(PROBLEMS).index(problem_look(p.state, p.late).key), p.due),
}


def _kept(desk: Desk, lines: list[ProblemLine]) -> list[ProblemLine]:
    query = desk.frame.query
    found = [
        p
        for p in lines
        if (not query.get("state") or problem_look(p.state, p.late).key == query["state"])
        and (not query.get("unit") or str(p.who.id) == query["unit"])
        and (not query.get("q") or matches(query["q"], (p.text, p.basis, p.who.name)))
    ]
    return ordered(desk, found, SORTS, "due")


def _list(request: HttpRequest, desk: Desk, form: Form | None = None) -> HttpResponse:
    lines = problem_lines(desk.actor, desk.tree, on=desk.on)
    units = {p.who.id: p.who.name for p in lines}
    choices = {
        "state": [(key, look.words) for key, look in PROBLEMS.items()],
        "unit": sorted(((str(i), name) for i, name in units.items()), key=lambda pair: pair[1]),
    }
    return show(
        request,
        desk,
        "problems.html",
        "problems",
        form,
        lines=_kept(desk, lines),
        total=len(lines),
        choices=choices,
        narrowed=desk.frame.narrowed(
            {"state": ("状态", choices["state"]), "unit": ("单位", choices["unit"]), "q": ("文字", [])}
        ),
        may_draw=desk.actor.may(Permission.SUPERVISE),
        escalatable=any(p.may_escalate for p in lines),
        **sorting(desk, "due"),
    )


def _page(request: HttpRequest, desk: Desk) -> HttpResponse:
    return _list(request, desk)


def _file(request: HttpRequest, desk: Desk) -> HttpResponse:
    columns = (
        Column("单位", width=22),
        Column("问题", width=44),
        Column("依据", width=24),
        Column("要求", width=28),
        Column("整改期限", kind="date", width=13),
        Column("状态", width=12),
        Column("发现日期", kind="date", width=13),
        Column("检查单位", width=20),
        Column("页面", width=8, printed=False),
    )
    rows: list[list[Cell]] = [
        [
            p.who.name,
            p.text,
            p.basis or None,
            p.demand or None,
            p.due,
            problem_look(p.state, p.late).words,
            p.found_on,
            p.found_by.name,
            link_to(request, "problem", p.id),
        ]
        for p in _kept(desk, problem_lines(desk.actor, desk.tree, on=desk.on))
    ]
    return as_sheet(request, desk, "problems", "问题清单", columns, rows, "problems")


def _one(request: HttpRequest, desk: Desk, problem: int) -> HttpResponse:
    line, steps = problem_view(desk.actor, desk.tree, problem, on=desk.on)
    form = Form.start()
    home = line.who.id if line.may_answer else line.found_by.id
    kept: tuple[object, ...] = ()
    if request.method == "POST":
        form = Form.of(request)
        files = attached(request, desk, home)
        kept = files.files
        form.faults += [("files", words) for words in files.errors]
        due = form.day("due", "新的期限")
        if not form.faults:
            try:
                if form.get("do") == "answer":
                    answer_problem(
                        problem=problem,
                        words=form.get("words"),
                        files=files.ids,
                        by=desk.actor,
                        at=now(),
                        on=desk.on,
                    )
                else:
                    recheck_problem(
                        problem=problem,
                        settled=form.get("do") == "settle",
                        words=form.get("words"),
                        due=due,
                        files=files.ids,
                        by=desk.actor,
                        at=now(),
                        on=desk.on,
                    )
                return go("problem", problem)
            except Refused as refused:
                form.refuse(refused)
    return show(
        request,
        desk,
        "problem.html",
        "problems",
        form,
        problem=line,
        steps=steps,
        ticket=ticket(desk.actor, home) if line.may_answer or line.may_recheck else None,
        kept=kept,
    )


def _escalate(request: HttpRequest, desk: Desk) -> HttpResponse:
    form = Form.of(request)
    chosen = form.ids("problem")
    if not chosen:
        form.faults.append(("problem", "请先选中逾期未改的问题。"))
    form.need("title", "请写通报标题。")
    if not form.faults:
        try:
            made = escalate_problems(
                problems=chosen,
                title=form.get("title"),
                words=form.get("words") or "督查发现的下列问题逾期没有整改。",
                by=desk.actor,
                at=now(),
                on=desk.on,
                pack=desk.pack,
            )
            return go("notice", made)
        except Refused as refused:
            form.refuse(refused)
    return _list(request, desk, form)


list_view = require_safe(at_desk(_page, Permission.VIEW))
file_view = require_safe(at_desk(_file, Permission.VIEW))
one_view = require_http_methods(["GET", "HEAD", "POST"])(at_desk(_one, Permission.VIEW))
escalate_view = require_POST(at_desk(_escalate, Permission.SUPERVISE))
