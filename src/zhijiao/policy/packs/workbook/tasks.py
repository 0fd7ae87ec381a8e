"""Plans deleted task items; a row whose items all go, goes with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from ruamel.yaml.comments import CommentedMap

from zhijiao.policy.packs.workbook.deciding import Key
from zhijiao.policy.packs.workbook.opening import ReadLine
from zhijiao.policy.packs.workbook.plan import Plan


def plan_deleted_items(plan: Plan, deleted: Sequence[tuple[Key, ReadLine]]) -> None:
    """Plan what was marked for deletion on the sheet of tasks."""
    gone: dict[str, set[str]] = defaultdict(set)
    for (row, item), read in deleted:
        answers = sorted({reported.id for reported, _ in plan.index.answers_to_task(item)})
        if answers:
            message = f"事项 {item} 有公布数据与它对照（{'、'.join(answers)}），不能在工作簿里删去"
            plan.problems.append(read.at("delete", message, "先由编写政策包的同志处理这些公布数据"))
        else:
            gone[row].add(item)
    for row, items in gone.items():
        if items == {item.id for item in plan.index.rows[row].items}:
            plan.removed.add(("tasks", row))
        else:
            plan.change("tasks", row, _without(items))


def _without(items: set[str]) -> Any:
    def change(entry: CommentedMap) -> None:
        for place in reversed(range(len(entry["items"]))):
            if entry["items"][place]["id"] in items:
                del entry["items"][place]

    return change
