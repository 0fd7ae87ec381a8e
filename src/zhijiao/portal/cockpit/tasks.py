"""The task board: by row, by unit, by document; every row says who leads, what is delivered, and where it stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse

from zhijiao.core.access.roles import Permission
from zhijiao.core.access.sessions import signed_in
from zhijiao.indicators import queries as indicators
from zhijiao.lib.dates import last_day
from zhijiao.lib.folding import matches
from zhijiao.policy.types import Document, PackIndex, TaskRow, Unit
from zhijiao.policy.types.words import WORDS
from zhijiao.portal.desk.tasks.shared import LIGHTS
from zhijiao.portal.frame import Frame, frame
from zhijiao.portal.looks import TASKS
from zhijiao.portal.ordering import by_pinyin
from zhijiao.portal.pages import page
from zhijiao.supervision.queries import by_document, count, task_lines
from zhijiao.supervision.queries.work import lights_of_pack
from zhijiao.supervision.types import TaskLine, TaskState

BY = {"row": "按任务", "unit": "按责任单位", "document": "按文件"}
NOBODY = "none"
"""The value of the unit filter that asks for items whose document names no unit."""

ROLES = {"lead": slice(0, 1), "joint": slice(1, None)}
"""Which of the units of an item a role means: the first one leads."""


@dataclass(frozen=True)
class Group:
    """A row of a task list with those of its items that are shown."""

    row: TaskRow
    document: Document
    items: list[TaskLine]


@dataclass(frozen=True)
class Duty:
    """What one unit has to do: items it leads and items it joins in."""

    name: str
    kind: str
    lead: list[TaskLine]
    joint: list[TaskLine]

    @property
    def counts(self) -> dict[TaskState, int]:
        return count([*self.lead, *self.joint])


@dataclass(frozen=True)
class Listing:
    """The tasks of one document."""

    document: Document
    groups: list[Group]
    total: int
    without_unit: int
    counts: dict[TaskState, int]


def view(request: HttpRequest, pack: str) -> HttpResponse:
    here = frame(request, pack, "cockpit")
    index = here.index
    assert index is not None
    actor = signed_in(request)
    board = indicators.board(index, here.on)
    every = task_lines(index, board.closings, here.on)
    shown = ordered(filtered(every, index, here), here)
    offered = choices(index, every)
    asked = here.query.get("by", "row")
    by = asked if asked in BY else "row"
    return page(
        request,
        "cockpit/tasks.html",
        here,
        closings=board.closings,
        by=by,
        views=[(label, here.here(by=None if key == "row" else key), key == by) for key, label in BY.items()],
        states=TASKS,
        counts=count(every),
        total=len(every),
        items=shown,
        groups=groups(index, shown),
        duties=ranked(duties(index, shown), here) if by == "unit" else [],
        listings=listings(index, shown) if by == "document" else [],
        sort=here.query.get("sort", "").lstrip("-"),
        descending=here.query.get("sort", "").startswith("-"),
        choices=offered,
        narrowed=here.narrowed(
            {
                "document": ("文件", offered["document"]),
                "unit": ("责任单位", offered["unit"]),
                "role": ("角色", [("lead", "牵头"), ("joint", "配合")]),
                "state": ("状态", offered["state"]),
                "q": ("文字", []),
            }
        ),
        nobody=NOBODY,
        work=lights_of_pack(actor, index.id, on=here.on)
        if actor is not None and actor.may(Permission.VIEW)
        else {},
        lights=LIGHTS,
    )


def filtered(every: Sequence[TaskLine], index: PackIndex, here: Frame) -> list[TaskLine]:
    tests = [test for test in (_test(name, value, index, here) for name, value in here.query.items()) if test]
    return [item for item in every if all(test(item) for test in tests)]


def _test(name: str, value: str, index: PackIndex, here: Frame) -> Callable[[TaskLine], bool] | None:
    match name:
        case "document":
            return lambda item: item.row.document == value
        case "state":
            return lambda item: item.state.value == value
        case "unit" if value == NOBODY:
            return lambda item: not item.units
        case "unit":
            told = ROLES.get(here.query.get("role", ""), slice(None))
            return lambda item: value in _names(index, item.units[told])
        case "q":
            return lambda item: matches(value, _texts(item))
    return None


def _names(index: PackIndex, units: Sequence[str]) -> list[str]:
    return [index.canonical(unit) for unit in units]


def _texts(item: TaskLine) -> tuple[str, ...]:
    row, thing = item.row, item.item
    return row.number, row.name, row.work, thing.name, thing.deliverable, *item.units


def ordered(found: list[TaskLine], here: Frame) -> list[TaskLine]:
    """In the document's order, or by state or due date."""
    asked = here.query.get("sort", "")
    order = list(TASKS)
    keys: dict[str, Callable[[TaskLine], Any]] = {
        "state": lambda item: order.index(item.state.value),
        "due": lambda item: last_day(item.item.due.on or "9999"),
    }
    key = keys.get(asked.lstrip("-"))
    return sorted(found, key=key, reverse=asked.startswith("-")) if key else found


def groups(index: PackIndex, shown: Sequence[TaskLine]) -> list[Group]:
    """Items under their rows. Sorted lists may show a row more than once, where its items stand apart."""
    found: list[Group] = []
    for item in shown:
        if not found or found[-1].row is not item.row:
            found.append(Group(item.row, index.documents[item.row.document], []))
        found[-1].items.append(item)
    return found


def duties(index: PackIndex, shown: Sequence[TaskLine]) -> list[Duty]:
    """Every unit with what it leads and joins in; aliases are one unit. Most duties first."""
    found: dict[str, Duty] = {}
    for item in shown:
        for place, name in enumerate(dict.fromkeys(_names(index, item.units))):
            duty = found.setdefault(name, Duty(name, _kind(index, name), [], []))
            (duty.joint if place else duty.lead).append(item)
    return sorted(found.values(), key=lambda duty: (-len(duty.lead), -len(duty.joint), duty.name))


def ranked(found: list[Duty], here: Frame) -> list[Duty]:
    """Units by what they lead and join in, or as the address asks."""
    asked = here.query.get("sort", "")
    keys: dict[str, Callable[[Duty], Any]] = {
        "unit": lambda duty: by_pinyin(duty.name),
        "lead": lambda duty: len(duty.lead),
        "joint": lambda duty: len(duty.joint),
    }
    key = keys.get(asked.lstrip("-"))
    return sorted(found, key=key, reverse=asked.startswith("-")) if key else found


def _kind(index: PackIndex, name: str) -> str:
    known = index.unit(name)
    return (
        WORDS["unit_kind"][known.kind]
        if isinstance(known, Unit)
        else "地方或院校"
        if known
        else "文件中的写法"
    )


def listings(index: PackIndex, shown: Sequence[TaskLine]) -> list[Listing]:
    return [
        Listing(document, groups(index, own), len(own), sum(not item.units for item in own), count(own))
        for document, own in by_document(index, shown)
    ]


def choices(index: PackIndex, every: Sequence[TaskLine]) -> dict[str, list[tuple[str, str]]]:
    """What the filter bar offers: only values that occur, units by how often they are named."""
    named = [name for item in every for name in dict.fromkeys(_names(index, item.units))]
    units = sorted(set(named), key=lambda name: (-named.count(name), name))
    documents = {item.row.document for item in every}
    states = {item.state.value for item in every}
    return {
        "document": [(d.id, d.short) for d in index.pack.manifest.documents if d.id in documents],
        "state": [(key, look.words) for key, look in TASKS.items() if key in states],
        "unit": [
            *((name, name) for name in units),
            *([(NOBODY, "文件未写明")] if any(not i.units for i in every) else []),
        ],
    }
