"""What the pages of tasks share: looks of lights, reading forms, files of lists."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, TypeVar

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from zhijiao.core.kinds import OrganisationKind
from zhijiao.core.tree import Node
from zhijiao.engines.forms.tidying import Unreadable
from zhijiao.engines.forms.times import read_date
from zhijiao.lib.numbers import row_id, whole
from zhijiao.portal.desk.guard import Desk
from zhijiao.portal.desk.sheets import workbook
from zhijiao.portal.looks import Look
from zhijiao.portal.pages import page
from zhijiao.render.xlsx import Cell, Column, Link
from zhijiao.supervision.types import Colour, ProblemState, Refused

T = TypeVar("T")
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

_SHAPES = {
    Colour.RED: ("cross", "bad"),
    Colour.YELLOW: ("warn", "some"),
    Colour.GREEN: ("full", "good"),
    Colour.GREY: ("dashed", "mute"),
}
LIGHTS: Final[Mapping[str, Look]] = {
    colour.value: Look(colour.value, colour.words, colour.meaning, *shape)
    for colour, shape in _SHAPES.items()
}
"""Lights by word, shape and tone, the worst first."""

PROBLEMS: Final[Mapping[str, Look]] = {
    look.key: look
    for look in (
        Look("late", "逾期未改", "整改期限已过，还没有报整改。", "cross", "bad"),
        Look("open", "待整改", "还没有报整改。", "warn", "some"),
        Look("answered", "待复查", "已报整改，等待复查。", "clock", "accent"),
        Look("settled", "已销号", "复查通过。", "full", "good"),
    )
}
"""States of problems by word, shape and tone."""


def problem_look(state: ProblemState, late: bool) -> Look:
    """How a problem is shown."""
    return PROBLEMS["late" if late else state.value]


@dataclass
class Form:
    """What somebody typed, and what is wrong with it. Faults are collected, so that all are told at once."""

    typed: Mapping[str, str]
    lists: Mapping[str, Sequence[str]]
    faults: list[tuple[str, str]] = field(default_factory=list)

    @classmethod
    def of(cls, request: HttpRequest) -> Form:
        """The form that was sent."""
        return cls(
            {key: str(value) for key, value in request.POST.items()},
            {key: [str(v) for v in values] for key, values in request.POST.lists()},
        )

    @classmethod
    def start(cls, **values: Any) -> Form:
        """A form before anything was typed, with what is known already."""
        known = {key: "" if value is None else str(value) for key, value in values.items()}
        return cls(known, {key: value.split(",") if value else [] for key, value in known.items()})

    def get(self, name: str, default: str = "") -> str:
        """A field as typed, without blanks around it."""
        return self.typed.get(name, default).strip()

    def fault(self, name: str) -> str | None:
        """What is wrong with a field."""
        return next((words for where, words in self.faults if where == name), None)

    def need(self, name: str, words: str) -> str:
        """A field that may not stay empty."""
        value = self.get(name)
        if not value:
            self.faults.append((name, words))
        return value

    def day(self, name: str, label: str, *, required: bool = False) -> date | None:
        """A day, in any of the ways in which people write it."""
        value = self.get(name)
        if not value:
            if required:
                self.faults.append((name, f"请写{label}，如 2026-03-05。"))
            return None
        try:
            return read_date(value)
        except Unreadable as error:
            self.faults.append((name, f"{label}{error}。"))
            return None

    def whole(self, name: str, label: str, *, least: int, most: int) -> int | None:
        """A whole number within bounds; None for a blank."""
        value = self.get(name).rstrip("%％")
        if not value:
            return None
        found = whole(value)
        if found is None or not least <= found <= most:
            self.faults.append((name, f"{label}“{self.get(name)}”要写成 {least} 到 {most} 的整数。"))
            return None
        return found

    def ids(self, name: str) -> list[int]:
        """Numbers that were chosen."""
        return [found for v in self.lists.get(name, ()) if (found := row_id(v)) is not None]

    def one_of(self, name: str, allowed: Collection[str], words: str) -> str:
        """A choice."""
        value = self.get(name)
        if value not in allowed:
            self.faults.append((name, words))
            return ""
        return value

    def refuse(self, refused: Refused) -> None:
        """Put what a verb said beside its field."""
        self.faults.append((refused.field, str(refused)))


def show(
    request: HttpRequest, desk: Desk, template: str, view: str, form: Form | None = None, **context: Any
) -> HttpResponse:
    """A page of this subject; 422 where its form has faults."""
    response = page(
        request,
        f"desk/tasks/{template}",
        desk.frame,
        desk=desk,
        view=view,
        form=form or Form({}, {}),
        lights=LIGHTS,
        problem_look=problem_look,
        **context,
    )
    if form is not None and form.faults:
        response.status_code = 422
    return response


def go(name: str, *args: Any, anchor: str = "") -> HttpResponse:
    """To a page after something was done."""
    return HttpResponseRedirect(reverse(f"portal:{name}", args=args) + (f"#{anchor}" if anchor else ""))


def as_sheet(
    request: HttpRequest,
    desk: Desk,
    name: str,
    title: str,
    columns: Sequence[Column],
    rows: Sequence[Sequence[Cell]],
    page_name: str,
) -> HttpResponse:
    """A list as a workbook, with the address of the page it shows."""
    query = request.GET.urlencode()
    page = reverse(f"portal:{page_name}") + (f"?{query}" if query else "")
    return workbook(request, desk, title, columns, rows, name, page)


def link_to(request: HttpRequest, name: str, *args: Any) -> Link:
    """The closing cell of a row."""
    return Link("查看", request.build_absolute_uri(reverse(f"portal:{name}", args=args)))


def ordered(desk: Desk, rows: list[T], keys: Mapping[str, Callable[[T], Any]], default: str) -> list[T]:
    """Rows as the address asks; by `default` otherwise."""
    asked = desk.frame.query.get("sort", default)
    key = keys.get(asked.lstrip("-"), keys[default.lstrip("-")])
    return sorted(rows, key=key, reverse=asked.startswith("-"))


def sorting(desk: Desk, default: str = "") -> dict[str, Any]:
    """What the heads of a table need to know."""
    asked = desk.frame.query.get("sort", default)
    return {"sort": asked.lstrip("-"), "descending": asked.startswith("-")}


def realm_of(desk: Desk, organisation: int) -> Node:
    """The place in which an organisation gives orders."""
    kinds = (OrganisationKind.GOVERNMENT, OrganisationKind.COUNTY, OrganisationKind.ZONE)
    node = desk.tree.nodes[organisation]
    return node if node.kind in kinds else desk.tree.nearest(organisation, kinds) or node


def choosable(desk: Desk, organisation: int) -> list[tuple[str, list[Node]]]:
    """Organisations to which something can be addressed, by kind, in the order of the tree."""
    found: dict[OrganisationKind, list[Node]] = {}
    for node in desk.tree.below(realm_of(desk, organisation).id):
        if node.id != organisation:
            found.setdefault(node.kind, []).append(node)
    return [(kind.words, found[kind]) for kind in OrganisationKind if kind in found]
