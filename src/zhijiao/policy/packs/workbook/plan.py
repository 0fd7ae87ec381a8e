"""From decided edits to changes of single pack entries. Nothing is written here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from zhijiao.policy.packs.problems import Problem
from zhijiao.policy.packs.workbook.deciding import Edit
from zhijiao.policy.packs.workbook.splicing import Change, flow, flow_map
from zhijiao.policy.types import PackIndex
from zhijiao.policy.types.words import NOT_NAMED


class Plan:
    """What happens to which entry of which room."""

    def __init__(self, index: PackIndex) -> None:
        self.index = index
        self.changes: dict[tuple[str, str], list[Change]] = defaultdict(list)
        self.removed: set[tuple[str, str]] = set()
        self.added: list[tuple[str, str | None, CommentedMap]] = []
        """Room, the id of an entry in whose file the new one goes, and the new entry."""
        self.problems: list[Problem] = []
        self.notes: list[str] = []

    def change(self, room: str, entry: str, change: Change) -> None:
        """Plan a change of an entry."""
        self.changes[room, entry].append(change)

    def drop_reference(self, room: str, entry: str, path: tuple[str, ...], name: str) -> None:
        """Plan that an entry's list no longer names something."""

        def change(mapping: CommentedMap) -> None:
            at: Any = mapping
            for step in path[:-1]:
                at = at[step]
            at[path[-1]].remove(name)
            if not at[path[-1]]:
                # An empty list says nothing; `parts` without members would be refused.
                del (mapping if path[0] == "parts" else at)[path[0] if path[0] == "parts" else path[-1]]

        self.change(room, entry, change)


def put(key: str, value: Any, *path: str) -> Change:
    """Set a value below `path`; an empty one is taken away. Mappings on the way are made."""

    def change(entry: CommentedMap) -> None:
        at: Any = entry
        for step in path:
            if at.get(step) is None:
                if value in (None, "", []):
                    return
                at[step] = flow_map({})
            at = at[step]
        if value in (None, ""):
            at.pop(key, None)
        else:
            at[key] = value

    return change


def below(items: str, item: str, change: Change) -> Change:
    """A change of one member of an entry's list, found by id."""

    def inner(entry: CommentedMap) -> None:
        change(next(member for member in entry[items] if member["id"] == item))

    return inner


def words(text: str) -> list[str]:
    """A canonical list as a list."""
    return [word for word in text.split("\n") if word]


def units(text: str) -> list[str]:
    """Responsible units; none when the document names none."""
    return [] if text == NOT_NAMED else words(text)


def plan_task_edit(plan: Plan, edit: Edit) -> None:
    """Plan one edit of the sheet of tasks."""
    row, item = edit.key
    value: Any = edit.new
    if not item:
        change = put("name", value) if edit.field == "row" else put(edit.field, value)
        if edit.field == "units":
            change = put("units", flow(units(edit.new)))
        plan.change("tasks", row, change)
        return
    makers: dict[str, Callable[[], Change]] = {
        "on": lambda: put("on", value, "due"),
        "every": lambda: put("every", value, "due"),
        "inferred": lambda: put("inferred", True if value == "true" else None, "due"),
        "evidence": lambda: put("evidence", flow(words(value)) if value else None),
        "clauses": lambda: put("clauses", flow(words(value))),
        "own_units": lambda: put("units", flow(units(value)) if value else None),
    }
    make = makers.get(edit.field, lambda: put(edit.field, value))
    plan.change("tasks", row, below("items", item, make()))


INDICATOR_PATHS: dict[str, tuple[str, ...]] = {
    "criterion": (),
    "direction": (),
    "from": ("period",),
    "to": ("period",),
    "kind": ("period",),
    "inferred": ("period",),
    "words": ("definition",),
    "numerator": ("definition",),
    "denominator": ("definition",),
    "excluded": ("definition",),
    "basis": ("definition",),
}


def plan_group_edit(plan: Plan, edit: Edit) -> None:
    """Plan one edit that belongs to a whole indicator."""
    value: Any = edit.new
    if edit.field in ("whole", "part"):
        change = put("name", value)
    elif edit.field == "inferred":
        change = put("inferred", True if value == "true" else None, "period")
    else:
        change = put(edit.field, value, *INDICATOR_PATHS[edit.field])
    plan.change("indicators", edit.key[0], change)


def target_entry(values: dict[str, str]) -> CommentedMap:
    """A target from canonical values."""
    entry: dict[str, Any] = {
        "clause": words(values["clauses"])[0],
        "op": values.get("op") or "=",
        "value": Decimal(values["value"]),
        "unit": values["unit"],
    }
    if values.get("strength") not in (None, "", "required"):
        entry["strength"] = values["strength"]
    return flow_map(entry)


def append_target(target: CommentedMap) -> Change:
    """One bound more on an indicator, which then also names its clause."""

    def change(entry: CommentedMap) -> None:
        if not entry.get("targets"):
            entry["targets"] = CommentedSeq()
        entry["targets"].append(target)
        if target["clause"] not in entry["clauses"]:
            entry["clauses"].append(target["clause"])

    return change
