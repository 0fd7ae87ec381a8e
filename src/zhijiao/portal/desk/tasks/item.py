"""One item: what is owed, by whom, how it goes; and what the person may do about it now."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from zhijiao.core.access.roles import Permission
from zhijiao.core.access.scope import acting
from zhijiao.core.access.sessions import now
from zhijiao.indicators import queries as indicators
from zhijiao.policy import queries as policy
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.tasks.shared import Form, choosable, go, show
from zhijiao.portal.looks import TASKS
from zhijiao.supervision import actions
from zhijiao.supervision.queries import task_lines
from zhijiao.supervision.queries.proceedings import proceeding_lines
from zhijiao.supervision.queries.work import ItemView, item_view
from zhijiao.supervision.types import Addressee, Duty, Refused, Rollup


def shown(request: HttpRequest, desk: Desk, view: ItemView, form: Form | None = None) -> HttpResponse:
    """The page of an item, with what was wrong with a form on it."""
    index = policy.index(view.line.pack) if view.line.pack else None
    published = None
    if index is not None and view.line.key in index.items:
        board = indicators.board(index, desk.on)
        state = next(
            t.state for t in task_lines(index, board.closings, desk.on) if t.item.id == view.line.key
        )
        published = TASKS[state.value]
    return show(
        request,
        desk,
        "item.html",
        "tasks",
        form,
        item=view,
        index=index,
        published=published,
        clauses=[index.clauses[c] for c in view.clauses if c in index.clauses] if index else [],
        cases=proceeding_lines(desk.actor, desk.tree, on=desk.on, item=view.line.id),
        rollups=[(r.value, r.words) for r in Rollup],
        units=choosable(desk, view.line.owner.id)
        if view.may_assign and view.line.owner.id in desk.tree.nodes
        else [],
        waiting=[part for part in view.parts if part.may_confirm],
    )


def _page(request: HttpRequest, desk: Desk, item: int) -> HttpResponse:
    return shown(request, desk, item_view(desk.actor, desk.tree, item, on=desk.on))


def _decide(request: HttpRequest, desk: Desk, item: int) -> HttpResponse:
    """Confirm parts, send one back, change the rule, name the lead, stop: one form each, told apart by `do`."""
    view = item_view(desk.actor, desk.tree, item, on=desk.on)
    form = Form.of(request)
    try:
        _do(desk, view, form)
    except Refused as refused:
        form.refuse(refused)
    if form.faults:
        return shown(request, desk, item_view(desk.actor, desk.tree, item, on=desk.on), form)
    return go("duty", item)


def _do(desk: Desk, view: ItemView, form: Form) -> None:
    actor, at, on, item = desk.actor, now(), desk.on, view.line.id
    seen = {part.id: part.seen for part in view.parts}
    match form.get("do"):
        case "confirm":
            chosen = [part for part in form.ids("part") if part in seen]
            if not chosen:
                raise Refused("请先选中要确认的单位。", "part")
            given = {p: int(form.get(f"seen-{p}", str(seen[p])) or 0) for p in chosen}
            actions.confirm(assignments=chosen, words=form.get("words"), seen=given, by=actor, at=at, on=on)
        case "return":
            back = [part for part in form.ids("part") if part in seen]
            if not back:
                raise Refused("请先选中要退回的单位。", "part")
            with acting(actor):  # all of them, or none
                for part in back:
                    actions.return_part(assignment=part, words=form.get("words"), by=actor, at=at, on=on)
        case "rollup":
            rule = form.one_of("rollup", [r.value for r in Rollup], "请选择汇总规则。")
            share = form.whole("share", "比例", least=1, most=100)
            if rule and not form.faults:
                actions.set_rollup(item=item, rollup=Rollup(rule), share=share or 100, by=actor, at=at)
        case "lead":
            lead = form.ids("lead")
            if not lead:
                raise Refused("请选择牵头单位。", "lead")
            named = [Addressee(Duty.LEAD, organisation=lead[0])]
            named += [Addressee(Duty.JOINT, organisation=o) for o in form.ids("joint") if o != lead[0]]
            actions.name_units(item=item, addressees=named, by=actor, at=at, on=on)
        case "drop":
            actions.drop(items=[item], reason=form.get("reason"), by=actor, at=at)
        case "carry":
            due = form.day("due", "新的时限", required=True)
            if due is not None:
                actions.carry_over(items=[item], due=due, under=form.get("under"), by=actor, at=at, on=on)
        case _:
            raise Refused("没有选择要办理的事。请刷新页面后再试。")


page_view = require_safe(at_desk(_page, Permission.VIEW))
decide_view = require_POST(at_desk(_decide, Permission.VIEW))
