"""Plans the edits of targets: bounds, units, the clause's own figure, new and deleted indicators."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from ruamel.yaml.comments import CommentedMap

from zhijiao.lib.numbers import plain
from zhijiao.policy.packs.workbook.deciding import Edit, Key
from zhijiao.policy.packs.workbook.lines import Line
from zhijiao.policy.packs.workbook.opening import ReadLine
from zhijiao.policy.packs.workbook.plan import Plan, append_target, plan_group_edit, put, target_entry, words
from zhijiao.policy.packs.workbook.splicing import flow
from zhijiao.policy.types import Clause, Figure, Indicator

TARGET_FIELDS = ("op", "value", "unit", "strength", "clauses")


def plan_targets(
    plan: Plan,
    lines: Sequence[Line],
    edits: Sequence[Edit],
    deleted: Mapping[Key, ReadLine],
) -> None:
    """Plan everything that the sheet of targets asks for, except new rows."""
    by_line: dict[Key, list[Edit]] = defaultdict(list)
    for edit in edits:
        if edit.field in TARGET_FIELDS:
            by_line[edit.key].append(edit)
        else:
            plan_group_edit(plan, edit)
    by_indicator: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        by_indicator[line.key[0]].append(line)
    for indicator_id, own in by_indicator.items():
        indicator = plan.index.indicators[indicator_id]
        gone = [line for line in own if line.key in deleted]
        if len(gone) == len(own):
            _remove(plan, indicator, deleted[own[0].key])
        elif gone or any(line.key in by_line for line in own):
            _rewrite(plan, indicator, own, by_line, set(deleted))


# -- changed bounds --------------------------------------------------------------------------------


def _rewrite(
    plan: Plan,
    indicator: Indicator,
    lines: Sequence[Line],
    edits: Mapping[Key, list[Edit]],
    deleted: set[Key],
) -> None:
    """Plan the indicator's targets anew from its lines; bounds that are not edited stay as they are."""
    for number, line in reversed(list(enumerate(lines))):
        if line.key in deleted:
            plan.change("indicators", indicator.id, _without(number))
            continue
        own = edits.get(line.key, [])
        if not own:
            continue
        values = {**line.values, **{edit.field: edit.new for edit in own}}
        if not indicator.targets:
            _first_target(plan, indicator, values, own)
        elif not values.get("value"):
            plan.change("indicators", indicator.id, _without(number))
            was = f"{line.values.get('op', '')} {line.values['value']} {line.values.get('unit', '')}"
            plan.notes.append(
                f"指标 {indicator.id}“{indicator.name}”的目标 {was.strip()} 清空了“数值”，这个目标随之删去；不是要删的，把数值填回去"
            )
        elif _usable(plan, values, own[0].read):
            plan.change("indicators", indicator.id, _with(number, own, values))
            _follow_unit(plan, indicator, own)
            _follow_clause(plan, indicator.targets[number].clause, line.values, values)


def _usable(plan: Plan, values: Mapping[str, str], read: ReadLine) -> bool:
    """A bound needs its number, unit and clause."""
    fine = True
    for key, title in (("value", "数值"), ("unit", "单位"), ("clauses", "条款")):
        if not values.get(key):
            plan.problems.append(read.at(key, f"“{title}”不能为空", "一个界要写全数值、单位和条款"))
            fine = False
    if fine and len(words(values["clauses"])) > 1:
        plan.problems.append(read.at("clauses", "一个界只能写一个条款", "只写给出这个数的条款"))
        fine = False
    return fine


def _first_target(plan: Plan, indicator: Indicator, values: dict[str, str], edits: list[Edit]) -> None:
    """An indicator without a number: its unit or clauses were edited, or it gets its first bound."""
    read = edits[0].read
    if any(values.get(key) for key in ("value", "op")):
        single = {**values, "clauses": values.get("clauses", "").split("\n")[0]}
        if _usable(plan, single, read):
            plan.change("indicators", indicator.id, append_target(target_entry(single)))
            plan.change("indicators", indicator.id, put("unit", values["unit"]))
    for edit in edits:
        if edit.field == "clauses":
            plan.change("indicators", indicator.id, put("clauses", flow(words(edit.new))))
        elif edit.field == "unit" and not values.get("value"):
            plan.change("indicators", indicator.id, put("unit", edit.new))


def _without(number: int) -> Any:
    def change(entry: CommentedMap) -> None:
        del entry["targets"][number]
        if not entry["targets"]:
            del entry["targets"]

    return change


def _with(number: int, edits: Sequence[Edit], values: Mapping[str, str]) -> Any:
    def change(entry: CommentedMap) -> None:
        target = entry["targets"][number]
        for edit in edits:
            match edit.field:
                case "value":
                    target["value"] = Decimal(edit.new)
                case "clauses":
                    target["clause"] = values["clauses"]
                    if target["clause"] not in entry["clauses"]:
                        entry["clauses"].append(target["clause"])
                case "strength" if edit.new in ("", "required"):
                    target.pop("strength", None)
                case _:
                    target[edit.field] = edit.new or "="

    return change


def _follow_unit(plan: Plan, indicator: Indicator, edits: Sequence[Edit]) -> None:
    """The indicator's own unit goes with that of its targets."""
    for edit in edits:
        if edit.field == "unit" and indicator.unit is not None:
            plan.change("indicators", indicator.id, put("unit", edit.new))


# -- the clause's figure ---------------------------------------------------------------------------


def _follow_clause(plan: Plan, clause_id: str, old: Mapping[str, str], new: Mapping[str, str]) -> None:
    """A target says what its clause says, so the clause's figure goes with it, and so do its words."""
    clause = next((c for c in plan.index.pack.clauses if c.id == clause_id), None)
    if clause is None or new["clauses"] != clause_id:
        return
    before, after = (Decimal(old["value"]), old["unit"]), (Decimal(new["value"]), new["unit"])
    matching = [f for f in clause.figures if (f.value, f.unit) == before]
    if before == after or len(matching) != 1 or any((f.value, f.unit) == after for f in clause.figures):
        return
    figure = matching[0]
    plan.change("clauses", clause_id, _figure(clause.figures.index(figure), figure, old, new))
    summary = _in_words(clause, before, after)
    if summary is None:
        plan.notes.append(
            f"条款 {clause_id} 记的数字已随目标改为 {new['value']}{new['unit']}，概括的文字没有改，请核对：{clause.summary}"
        )
    else:
        plan.change("clauses", clause_id, put("summary", summary))


def _figure(number: int, figure: Figure, old: Mapping[str, str], new: Mapping[str, str]) -> Any:
    def change(entry: CommentedMap) -> None:
        entry["figures"][number]["value"] = Decimal(new["value"])
        entry["figures"][number]["unit"] = new["unit"]
        if figure.op == old.get("op") and new.get("op"):
            entry["figures"][number]["op"] = new["op"]

    return change


def _in_words(clause: Clause, before: tuple[Decimal, str], after: tuple[Decimal, str]) -> str | None:
    """The summary with the new figure, where the old one stands in it exactly once."""
    number = plain(before[0])
    pattern = rf"(?<![\d.]){re.escape(number)}(\s?){re.escape(before[1])}"
    if len(re.findall(pattern, clause.summary)) != 1:
        return None
    return re.sub(pattern, lambda m: f"{plain(after[0])}{m[1]}{after[1]}", clause.summary)


# -- deleted indicators ----------------------------------------------------------------------------


def _remove(plan: Plan, indicator: Indicator, read: ReadLine) -> None:
    """Plan that an indicator goes, and that nobody names it any more."""
    index, name = plan.index, indicator.id
    answers = sorted({reported.id for reported, _ in index.answers_to(name)})
    if answers:
        message = f"指标 {name} 有公布数据与它对照（{'、'.join(answers)}），不能在工作簿里删去"
        plan.problems.append(read.at("delete", message, "先由编写政策包的同志处理这些公布数据"))
        return
    plan.removed.add(("indicators", name))
    for goal in index.pack.goals:
        if name in goal.indicators:
            plan.drop_reference("goals", goal.id, ("indicators",), name)
    for whole in index.pack.indicators:
        if whole.parts is not None and name in whole.parts.of and whole.id != name:
            plan.drop_reference("indicators", whole.id, ("parts", "of"), name)
    for programme in index.pack.programmes:
        if name in programme.indicators:
            plan.drop_reference("programmes", programme.id, ("indicators",), name)
    for row, item in index.items.values():
        if name in item.indicators:
            plan.change("tasks", row.id, _forget(item.id, name))


def _forget(item: str, indicator: str) -> Any:
    def change(entry: CommentedMap) -> None:
        member = next((m for m in entry["items"] if m["id"] == item), None)
        if member is not None:
            member["indicators"].remove(indicator)
            if not member["indicators"]:
                del member["indicators"]

    return change
