"""Plans new rows: a bound, a part, an indicator, a task item, a task row. Each proposes its id from its clause."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Sequence
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from zhijiao.policy.packs.workbook.fields import TARGETS
from zhijiao.policy.packs.workbook.lines import NO_GOAL, document_names, goal_names
from zhijiao.policy.packs.workbook.opening import ReadLine
from zhijiao.policy.packs.workbook.plan import Plan, append_target, target_entry, units, words
from zhijiao.policy.packs.workbook.splicing import flow, flow_map
from zhijiao.policy.packs.workbook.values import tidy
from zhijiao.policy.types import Indicator, TaskRow


def plan_additions(plan: Plan, new: Sequence[ReadLine]) -> None:
    """Plan every row without an id."""
    targets = [line for line in new if line.sheet == TARGETS.name]
    _Indicators(plan).add(targets)
    _Tasks(plan).add([line for line in new if line.sheet != TARGETS.name])


def _need(plan: Plan, line: ReadLine, *fields: tuple[str, str]) -> bool:
    """Report what a new row lacks."""
    missing = [(key, title) for key, title in fields if not line.get(key)]
    for key, title in missing:
        plan.problems.append(line.at(key, f"新增的行缺少“{title}”", f"补上“{title}”；不要这一行就清空整行"))
    return not missing


def _free(wanted: str, taken: set[str]) -> str:
    """An id like the wanted one that nobody has; it counts as taken from now on."""
    tails = (
        "",
        *(f".{letter}" for letter in string.ascii_lowercase[1:]),
        *(f".n{n}" for n in range(2, 10_000)),
    )
    found = next(f"{wanted}{tail}" for tail in tails if f"{wanted}{tail}" not in taken)
    taken.add(found)
    return found


class _Indicators:
    """New rows of the sheet of targets."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        index = plan.index
        self.taken = set(index.indicators)
        self.tops: dict[str, list[Indicator]] = {}
        for indicator in index.pack.indicators:
            if index.parent_of(indicator.id) is None:
                self.tops.setdefault(tidy(indicator.name), []).append(indicator)
        self.made: dict[tuple[str, str], CommentedMap] = {}

    def add(self, lines: Sequence[ReadLine]) -> None:
        for line in lines:
            whole, part = line.get("whole"), line.get("part")
            known = self.tops.get(whole, [])
            if (whole, part) in self.made:
                self._bound_of_new(line, self.made[whole, part])
            elif not _need(self.plan, line, ("whole", "二级指标"), ("clauses", "条款")):
                continue
            elif len(known) > 1:
                message = f"有 {len(known)} 个指标都叫“{whole}”"
                self.plan.problems.append(line.at("whole", message, "改一个不同的名称"))
            elif known and part:
                self._part(line, known[0])
            elif known:
                self._bound(line, known[0])
            else:
                self._indicator(line)

    def _bound(self, line: ReadLine, indicator: Indicator) -> None:
        if not _need(self.plan, line, ("value", "数值"), ("unit", "单位")):
            return
        self.plan.change("indicators", indicator.id, append_target(target_entry(_values(line))))

    def _bound_of_new(self, line: ReadLine, entry: CommentedMap) -> None:
        if _need(self.plan, line, ("value", "数值"), ("unit", "单位"), ("clauses", "条款")):
            entry.setdefault("targets", CommentedSeq()).append(target_entry(_values(line)))

    def _part(self, line: ReadLine, whole: Indicator) -> None:
        if whole.parts is None or whole.parts.rule != "all":
            message = f"“{whole.name}”没有分成几个部分，不能加观察点"
            self.plan.problems.append(line.at("part", message, "“观察点”留空，或另立一个二级指标"))
            return
        entry = self._entry(line, line.get("part"))
        if entry is None:
            return
        name = str(entry["id"])
        self.plan.change("indicators", whole.id, lambda mapping: mapping["parts"]["of"].append(name))
        self.plan.added.append(("indicators", whole.id, entry))

    def _indicator(self, line: ReadLine) -> None:
        if line.get("part"):
            message = "新增的二级指标不能同时分成几个部分"
            self.plan.problems.append(
                line.at("part", message, "“观察点”留空；要分部分，请编写政策包的同志处理")
            )
            return
        goals = goal_names(self.plan.index)
        home = line.get("goal")
        if home not in goals and home != NO_GOAL and (goals or home):
            remedy = f"改为下列之一：{'、'.join([*list(goals)[:12], NO_GOAL])}"
            self.plan.problems.append(line.at("goal", f"没有一级指标“{home}”", remedy))
            return
        entry = self._entry(line, line.get("whole"))
        if entry is None:
            return
        name, goal = str(entry["id"]), goals.get(home)
        if goal is not None:
            self.plan.change("goals", goal.id, _listing(name))
        beside = goal.indicators[-1] if goal is not None and goal.indicators else None
        self.plan.added.append(("indicators", beside, entry))

    def _entry(self, line: ReadLine, name: str) -> CommentedMap | None:
        needed = (("clauses", "条款"), ("direction", "方向"), ("kind", "期类"), ("words", "口径"))
        if not _need(self.plan, line, *needed):
            return None
        if not line.get("value") and not line.get("criterion"):
            remedy = "写数值和单位，或写怎样算达到"
            self.plan.problems.append(line.at("value", "新增的指标既没有“数值”也没有“判断标准”", remedy))
            return None
        if line.get("value") and not _need(self.plan, line, ("unit", "单位")):
            return None
        clauses = words(line.get("clauses"))
        entry = CommentedMap(id=_free(clauses[0], self.taken), name=name, clauses=flow(clauses))
        entry.update(_given(line, "unit", "direction"))
        entry["level"] = flow([self.plan.index.pack.manifest.level])
        entry["definition"] = CommentedMap(
            _given(line, "words", "numerator", "denominator", "excluded", "basis")
        )
        entry.update(_given(line, "criterion"))
        if line.get("value"):
            entry["targets"] = CommentedSeq([target_entry(_values(line))])
        period: dict[str, Any] = _given(line, "from", "to", "kind")
        if line.get("inferred") == "true":
            period["inferred"] = True
        entry["period"] = flow_map(period)
        self.made[line.get("whole"), line.get("part")] = entry
        return entry


def _values(line: ReadLine) -> dict[str, str]:
    return {key: found.value for key, found in line.cells.items()}


def _given(line: ReadLine, *keys: str) -> dict[str, Any]:
    return {key: line.get(key) for key in keys if line.get(key)}


def _listing(name: str) -> Any:
    def change(entry: CommentedMap) -> None:
        if not entry.get("indicators"):
            entry["indicators"] = flow([])
        entry["indicators"].append(name)

    return change


class _Tasks:
    """New rows of the sheet of tasks."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        index = plan.index
        self.documents = document_names(index)
        self.rows = {(row.document, tidy(row.number), tidy(row.name)): row for row in index.pack.tasks}
        self.row_ids = set(index.rows)
        self.item_ids = set(index.items)
        self.made: dict[tuple[str, str, str], CommentedMap] = {}

    def add(self, lines: Sequence[ReadLine]) -> None:
        for line in lines:
            needed = (("row", "主要工作"), ("name", "事项"), ("deliverable", "交付物"), ("clauses", "条款"))
            document = self._document(line)
            if document is None or not _need(self.plan, line, *needed):
                continue
            key = (document, line.get("number"), line.get("row"))
            if key in self.rows:
                self._item_of(line, self.rows[key])
            elif key in self.made:
                row = self.made[key]
                row["items"].append(self._item(line, str(row["id"])))
            elif _need(self.plan, line, ("number", "序号"), ("work", "重点任务"), ("units", "责任单位")):
                self._row(line, key)

    def _document(self, line: ReadLine) -> str | None:
        name = line.get("document")
        if not name and len(self.documents) == 1:
            return next(iter(self.documents.values()))
        if name in self.documents:
            return self.documents[name]
        remedy = f"写成下列之一：{'、'.join(self.documents)}"
        self.plan.problems.append(line.at("document", f"没有文件“{name}”", remedy))
        return None

    def _item_of(self, line: ReadLine, row: TaskRow) -> None:
        item = self._item(line, row.id)
        self.plan.change("tasks", row.id, lambda entry: entry["items"].append(item))

    def _row(self, line: ReadLine, key: tuple[str, str, str]) -> None:
        document, number, name = key
        row = CommentedMap(id=self._row_id(document, number), name=name)
        row["clauses"] = flow(words(line.get("clauses")))
        row.update(document=document, number=number, work=line.get("work"))
        row["units"] = flow(units(line.get("units")))
        row["items"] = CommentedSeq([self._item(line, str(row["id"]))])
        self.made[key] = row
        beside = next((r.id for r in reversed(self.plan.index.pack.tasks) if r.document == document), None)
        self.plan.added.append(("tasks", beside, row))

    def _row_id(self, document: str, number: str) -> str:
        slug = re.sub(r"[^A-Za-z0-9._-]", "", number).strip("._-")
        return _free(f"{document}.row.{slug or 'new'}", self.row_ids)

    def _item(self, line: ReadLine, row: str) -> CommentedMap:
        stem = row.replace(".row.", ".item.") if ".row." in row else f"{row}.item"
        item = CommentedMap(id=self._item_id(stem), name=line.get("name"))
        item["clauses"] = flow(words(line.get("clauses")))
        item["deliverable"] = line.get("deliverable")
        if line.get("evidence"):
            item["evidence"] = flow(words(line.get("evidence")))
        due: dict[str, Any] = _given(line, "on", "every")
        if line.get("inferred") == "true":
            due["inferred"] = True
        if due:
            item["due"] = flow_map(due)
        if line.get("own_units"):
            item["units"] = flow(units(line.get("own_units")))
        return item

    def _item_id(self, stem: str) -> str:
        def tails() -> Iterator[str]:
            yield from string.ascii_lowercase
            yield from (f"n{n}" for n in range(27, 10_000))

        found = next(f"{stem}.{tail}" for tail in tails() if f"{stem}.{tail}" not in self.item_ids)
        self.item_ids.add(found)
        return found
