"""A pack's targets and tasks as the lines of the two sheets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from zhijiao.lib.numbers import plain
from zhijiao.policy.packs.workbook.fields import TARGETS, TASKS
from zhijiao.policy.packs.workbook.values import list_text, tidy
from zhijiao.policy.types import Goal, Indicator, PackIndex, Target, TaskItem, TaskRow
from zhijiao.policy.types.words import NOT_NAMED

NO_GOAL = "（未列入目标体系）"


@dataclass(frozen=True)
class Line:
    """One row of a sheet. `key` is (group, line): an indicator and its bound, a task row and its item."""

    key: tuple[str, str]
    values: dict[str, str]
    """Canonical texts by field; empty texts are left out."""

    def get(self, field: str) -> str:
        return self.values.get(field, "")


def lines_of(index: PackIndex) -> dict[str, list[Line]]:
    """The lines of both sheets, by sheet name."""
    return {TARGETS.name: list(_targets(index)), TASKS.name: list(_tasks(index))}


def _line(group: str, line: str, values: dict[str, str | None]) -> Line:
    return Line((group, line), {key: value for key, value in values.items() if value})


# -- targets ---------------------------------------------------------------------------------------


def goal_names(index: PackIndex) -> dict[str, Goal]:
    """Goals by the words of the first column; a name that occurs twice carries its id."""
    names = [goal.name for goal in index.pack.goals]
    return {g.name if names.count(g.name) == 1 else f"{g.name}（{g.id}）": g for g in index.pack.goals}


def home_of(index: PackIndex, indicator_id: str) -> str:
    """The words of the first column for an indicator."""
    home = index.goal_of(indicator_id)
    return NO_GOAL if home is None else next(name for name, g in goal_names(index).items() if g.id == home.id)


def in_blocks(index: PackIndex) -> list[Indicator]:
    """Indicators in their order, each goal one block."""
    homes = list(dict.fromkeys(home_of(index, i.id) for i in index.in_order))
    return sorted(index.in_order, key=lambda i: homes.index(home_of(index, i.id)))


def _targets(index: PackIndex) -> Iterator[Line]:
    for indicator in in_blocks(index):
        above = index.parent_of(indicator.id)
        name = tidy(indicator.name)
        place = {
            "goal": home_of(index, indicator.id),
            "whole": name if above is None else tidy(index.indicators[above].name),
            "part": None if above is None else name,
        }
        group = _indicator(indicator)
        for number, target in enumerate(indicator.targets, start=1):
            bound = str(number) if len(indicator.targets) > 1 else ""
            yield _line(indicator.id, bound, {**place, **group, **_target(target)})
        if not indicator.targets:
            values = {**place, **group, "clauses": list_text(indicator.clauses)}
            yield _line(indicator.id, "", {**values, "unit": tidy(indicator.unit or "")})


def _indicator(indicator: Indicator) -> dict[str, str | None]:
    words, period = indicator.definition, indicator.period
    return {
        "criterion": tidy(indicator.criterion or ""),
        "from": period.from_,
        "to": period.to,
        "kind": period.kind,
        "inferred": "true" if period.inferred else "false",
        "direction": indicator.direction,
        **{
            key: tidy(getattr(words, key) or "")
            for key in ("words", "numerator", "denominator", "excluded", "basis")
        },
    }


def _target(target: Target) -> dict[str, str | None]:
    return {
        "op": target.op,
        "value": plain(target.value),
        "unit": tidy(target.unit),
        "strength": target.strength,
        "clauses": target.clause,
    }


# -- tasks -----------------------------------------------------------------------------------------


def document_names(index: PackIndex) -> dict[str, str]:
    """Document ids by the words of the column 文件."""
    documents = index.pack.manifest.documents
    shorts = [d.short for d in documents]
    return {tidy(d.short if shorts.count(d.short) == 1 else f"{d.short}（{d.id}）"): d.id for d in documents}


def _tasks(index: PackIndex) -> Iterator[Line]:
    names = {document_id: name for name, document_id in document_names(index).items()}
    for row in index.pack.tasks:
        for item in row.items:
            yield _line(row.id, item.id, {"document": names.get(row.document), **_row(row), **_item(item)})


def _row(row: TaskRow) -> dict[str, str | None]:
    return {
        "number": tidy(row.number),
        "work": tidy(row.work),
        "row": tidy(row.name),
        "units": list_text(row.units) or NOT_NAMED,
    }


def _item(item: TaskItem) -> dict[str, str | None]:
    own = None if item.units is None else list_text(item.units) or NOT_NAMED
    return {
        "name": tidy(item.name),
        "deliverable": tidy(item.deliverable),
        "on": item.due.on,
        "inferred": "true" if item.due.inferred else "false",
        "every": item.due.every,
        "own_units": own,
        "evidence": list_text(item.evidence),
        "clauses": list_text(item.clauses),
    }
