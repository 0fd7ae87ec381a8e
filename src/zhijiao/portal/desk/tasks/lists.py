"""The list of tasks: mine and those below me, with their lights."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from zhijiao.core.access.roles import Permission
from zhijiao.lib.folding import matches
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.tasks.shared import LIGHTS, as_sheet, link_to, ordered, show, sorting
from zhijiao.render.xlsx import Cell, Column, Text
from zhijiao.supervision.queries.work import ItemLine, item_lines, unresolved
from zhijiao.supervision.types import Colour, Duty, ItemState, Source

DUE = (("late", "已过时限"), ("soon", "30 天内到期"), ("none", "没有时限"))
ROLES = (("mine", "本单位的"), ("lead", "本单位牵头"), ("member", "本单位落实"), ("joint", "本单位配合"))
ORDER = list(LIGHTS)
SORTS: dict[str, Callable[[ItemLine], Any]] = {
    "light": lambda line: (ORDER.index(line.light.colour.value), line.due or date.max, line.id),
    "title": lambda line: line.title,
    "lead": lambda line: (line.lead is None, line.lead.name if line.lead else ""),
    "due": lambda line: (line.due or date.max, line.id),
    "done": lambda line: (line.done / line.units if line.units else 0, line.units),
    "last": lambda line: line.last or date.min,
}


def every(desk: Desk) -> list[ItemLine]:
    """What the person sees; work that was dropped only where the address asks for it."""
    lines = item_lines(desk.actor, desk.tree, on=desk.on)
    if desk.frame.query.get("state") == "dropped":
        return [line for line in lines if line.state is ItemState.DROPPED]
    return [line for line in lines if line.state is ItemState.OPEN]


def kept(desk: Desk, lines: list[ItemLine]) -> list[ItemLine]:
    """Those that the filters let through, in the order that the address asks for. Without any filter those that count:
    the many whose plan has ended stand behind their number."""
    tests = [t for t in (_test(name, value, desk.on) for name, value in desk.frame.query.items()) if t]
    if not tests and hides_grey(desk, lines):
        tests = [lambda line: line.light.colour is not Colour.GREY]
    found = [line for line in lines if all(test(line) for test in tests)]
    return ordered(desk, found, SORTS, "light")


def hides_grey(desk: Desk, lines: list[ItemLine]) -> bool:
    """Whether the list leaves out what is not judged, as long as there is something else to show."""
    asked = desk.frame.query
    return (
        asked.get("state") != "dropped"
        and "all" not in asked
        and any(line.light.colour is not Colour.GREY for line in lines)
    )


def _test(name: str, value: str, on: date) -> Callable[[ItemLine], bool] | None:
    match name:
        case "light":
            return lambda line: line.light.colour.value == value
        case "role":
            return lambda line: any(value in ("mine", duty.value) for _, duty, _, _ in line.mine)
        case "source":
            return lambda line: line.source.value == value
        case "lead":
            return lambda line: str(line.lead.id if line.lead else "none") == value
        case "due" if value == "none":
            return lambda line: line.due is None
        case "due" if value == "late":
            return lambda line: line.late > 0
        case "due":
            return lambda line: line.due is not None and on <= line.due <= on + timedelta(days=30)
        case "q":
            return lambda line: matches(value, (line.title, line.deliverable, line.number, line.owner.name))
    return None


def _list(request: HttpRequest, desk: Desk) -> HttpResponse:
    lines = every(desk)
    shown = kept(desk, lines)
    leads = {line.lead.id: line.lead.name for line in lines if line.lead is not None}
    choices = {
        "light": [(key, look.words) for key, look in LIGHTS.items()],
        "role": list(ROLES),
        "source": [(s.value, s.words) for s in Source if any(line.source is s for line in lines)],
        "lead": sorted(((str(i), name) for i, name in leads.items()), key=lambda pair: pair[1]),
        "due": list(DUE),
    }
    counts = {key: sum(line.light.colour.value == key for line in lines) for key in LIGHTS}
    labels = {"light": "办理情况", "role": "本单位角色", "source": "来源", "lead": "牵头单位", "due": "时限"}
    narrowed = {name: (label, choices[name]) for name, label in labels.items()}
    return show(
        request,
        desk,
        "list.html",
        "tasks",
        lines=shown,
        total=len(lines),
        counts=counts,
        choices=choices,
        narrowed=desk.frame.narrowed({**narrowed, "q": ("文字", [])}),
        may_assign=desk.actor.may(Permission.ASSIGN),
        hidden=counts["grey"] if hides_grey(desk, lines) and not set(desk.frame.query) - {"sort"} else 0,
        lost=len(unresolved(desk.actor, desk.pack)) if desk.actor.may(Permission.ASSIGN) else 0,
        **sorting(desk, "light"),
    )


COLUMNS = (
    Column("事项", width=36),
    Column("办理情况", width=10),
    Column("原因", width=36),
    Column("时限", kind="date", width=13),
    Column("周期", width=10),
    Column("牵头单位", width=18),
    Column("单位数", kind="number", width=9),
    Column("已完成", kind="number", width=9),
    Column("逾期单位", kind="number", width=10),
    Column("最近进展", kind="date", width=13),
    Column("本单位角色", width=14),
    Column("交付物", width=40),
    Column("来源", width=12),
    Column("序号或文号", width=16, printed=False),
    Column("页面", width=8, printed=False),
)


def _file(request: HttpRequest, desk: Desk) -> HttpResponse:
    rows: list[list[Cell]] = [
        [
            line.title,
            Text(line.light.colour.words, strong=True),
            line.light.reason,
            line.due,
            line.every.words if line.every else None,
            line.lead.name if line.lead else "各单位分别落实",
            line.units,
            line.done,
            line.late,
            line.last,
            "、".join(duty.words for _, duty, _, _ in line.mine) or None,
            line.deliverable,
            line.source.words,
            line.number,
            link_to(request, "duty", line.id),
        ]
        for line in kept(desk, every(desk))
    ]
    return as_sheet(request, desk, "tasks", "任务办理", COLUMNS, rows, "duties")


def open_parts(desk: Desk) -> list[tuple[ItemLine, Duty, int]]:
    """Parts of the person's own organisations that wait for a report, the worst light first."""
    lines = ordered(desk, every(desk), SORTS, "light")
    return [
        (line, duty, part)
        for line in lines
        for _, duty, state, part in line.mine
        if state.value == "open" and line.light.colour.value in ("red", "yellow")
    ]


list_view = require_safe(at_desk(_list, Permission.VIEW))
file_view = require_safe(at_desk(_file, Permission.VIEW))
