"""Inspection batches: draw, record what was found."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from zhijiao.core.access.roles import Permission
from zhijiao.core.access.sessions import now
from zhijiao.core.kinds import OrganisationKind
from zhijiao.portal.desk.files import attached, ticket
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.tasks.instruction import kinds_below, office_of
from zhijiao.portal.desk.tasks.notices import PROBLEM_ROWS, read_problems
from zhijiao.portal.desk.tasks.shared import Form, as_sheet, go, link_to, realm_of, show
from zhijiao.render.xlsx import Cell, Column
from zhijiao.supervision.actions import draw_batch, record_check
from zhijiao.supervision.queries.inspection import batch_lines, batch_view, check_view
from zhijiao.supervision.queries.work import item_lines
from zhijiao.supervision.types import BatchPlan, Finding, ItemState, Manner, Refused


def _list(request: HttpRequest, desk: Desk) -> HttpResponse:
    return show(request, desk, "batches.html", "problems", batches=batch_lines(desk.actor, desk.tree))


def _list_file(request: HttpRequest, desk: Desk) -> HttpResponse:
    columns = (
        Column("批次", width=36),
        Column("方式", width=8),
        Column("开始", kind="date", width=13),
        Column("结束", kind="date", width=13),
        Column("检查", kind="number", width=9),
        Column("已查", kind="number", width=9),
        Column("问题", kind="number", width=9),
        Column("已销号", kind="number", width=9),
        Column("页面", width=8, printed=False),
    )
    rows: list[list[Cell]] = [
        [
            *(b.title, b.manner.words, b.starts, b.ends, b.checks, b.checked, b.problems, b.settled),
            link_to(request, "batch", b.id),
        ]
        for b in batch_lines(desk.actor, desk.tree)
    ]
    return as_sheet(request, desk, "batches", "督查批次", columns, rows, "batches")


def _new(request: HttpRequest, desk: Desk) -> HttpResponse:
    form = Form.start(manner=Manner.ONSITE.value, starts=desk.on, seed="", objects_drawn="3", items_drawn="0")
    if request.method == "POST":
        form = Form.of(request)
    office = office_of(desk, form, Permission.SUPERVISE)
    items = [
        line
        for line in item_lines(desk.actor, desk.tree, on=desk.on)
        if line.state is ItemState.OPEN and line.units
    ]
    if request.method == "POST":
        plan = _read(desk, form, office.id, [line.id for line in items])
        if plan is not None:
            try:
                made = draw_batch(
                    plan=plan, organisation=office.id, pack=desk.pack, by=desk.actor, at=now(), on=desk.on
                )
                return go("batch", made)
            except Refused as refused:
                form.refuse(refused)
    return show(
        request,
        desk,
        "batch_form.html",
        "problems",
        form,
        office=office,
        manners=[(m.value, m.words) for m in Manner],
        kinds=kinds_below(desk, office.id),
        items=len(items),
        red=sum(line.light.colour.value in ("red", "yellow") for line in items),
    )


def _read(desk: Desk, form: Form, office: int, items: list[int]) -> BatchPlan | None:
    title = form.need("title", "请写批次名称，如“春季重点任务督查”。")
    seed = form.need("seed", "请写抽取种子，如现场报出的一串数字。")
    manner = form.one_of("manner", set(Manner), "请选择检查方式。")
    starts = form.day("starts", "开始日期", required=True)
    ends = form.day("ends", "结束日期", required=True)
    count = form.whole("objects_drawn", "抽取对象数", least=1, most=500)
    items_count = form.whole("items_drawn", "抽取事项数", least=0, most=500) or 0
    kinds = {OrganisationKind(k) for k in form.lists.get("kinds", ()) if k in set(OrganisationKind)}
    if not kinds:
        form.faults.append(("kinds", "请至少选一类对象。"))
    if form.faults or starts is None or ends is None or count is None:
        return None
    below = desk.tree.below(realm_of(desk, office).id)
    return BatchPlan(
        title=title[:200],
        manner=Manner(manner),
        starts=starts,
        ends=ends,
        seed=seed[:40],
        objects=tuple(n.id for n in below if n.kind in kinds and n.id != office),
        objects_drawn=count,
        items=tuple(items) if items_count else (),
        items_drawn=items_count,
        basis=form.get("basis")[:200],
    )


def _one(request: HttpRequest, desk: Desk, batch: int) -> HttpResponse:
    return show(
        request,
        desk,
        "batch.html",
        "problems",
        batch=batch_view(desk.actor, desk.tree, batch, on=desk.on),
        findings={f.value: f.words for f in Finding},
    )


def _one_file(request: HttpRequest, desk: Desk, batch: int) -> HttpResponse:
    view = batch_view(desk.actor, desk.tree, batch, on=desk.on)
    columns = (
        Column("对象", width=24),
        Column("事项", width=36),
        Column("结果", width=12),
        Column("检查日期", kind="date", width=13),
        Column("检查人员", width=20),
        Column("情况", width=44),
        Column("问题数", kind="number", width=9),
        Column("页面", width=8, printed=False),
    )
    rows: list[list[Cell]] = [
        [
            *(c.who.name, c.item_title or "整体", c.finding.words, c.checked_on, c.checkers or None),
            *(c.words or None, len(c.problems), link_to(request, "check", c.id)),
        ]
        for c in view.checks
    ]
    return as_sheet(request, desk, f"batch-{batch}", view.line.title[:28], columns, rows, "batches")


def _check(request: HttpRequest, desk: Desk, check: int) -> HttpResponse:
    batch, line = check_view(desk.actor, desk.tree, check, on=desk.on)
    form = Form.start(manner=line.manner.value, checked_on=desk.on)
    kept: tuple[object, ...] = ()
    if request.method == "POST":
        form = Form.of(request)
        files = attached(request, desk, batch.owner.id)
        kept = files.files
        form.faults += [("files", words) for words in files.errors]
        finding = form.one_of("finding", ("fine", "problem"), "请选择检查结果。")
        manner = form.one_of("manner", set(Manner), "请选择检查方式。")
        checked_on = form.day("checked_on", "检查日期", required=True)
        problems = read_problems(form) if finding == "problem" else []
        if not form.faults and checked_on is not None:
            try:
                record_check(
                    check=check,
                    finding=Finding(finding),
                    manner=Manner(manner),
                    checked_on=checked_on,
                    checkers=form.get("checkers"),
                    words=form.get("words"),
                    problems=problems,
                    files=files.ids,
                    by=desk.actor,
                    at=now(),
                    on=desk.on,
                )
                return go("batch", batch.id)
            except Refused as refused:
                form.refuse(refused)
    return show(
        request,
        desk,
        "check.html",
        "problems",
        form,
        batch=batch,
        check=line,
        manners=[(m.value, m.words) for m in Manner],
        ticket=ticket(desk.actor, batch.owner.id) if line.may_record else None,
        kept=kept,
        rows=range(PROBLEM_ROWS),
    )


_both = require_http_methods(["GET", "HEAD", "POST"])
list_view = require_safe(at_desk(_list, Permission.SUPERVISE))
list_file_view = require_safe(at_desk(_list_file, Permission.SUPERVISE))
new_view = _both(at_desk(_new, Permission.SUPERVISE))
one_view = require_safe(at_desk(_one, Permission.VIEW))
one_file_view = require_safe(at_desk(_one_file, Permission.VIEW))
check_page_view = _both(at_desk(_check, Permission.VIEW))
