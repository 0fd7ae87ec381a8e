"""The columns of the two sheets: what each holds, and how its cells are understood.

Inside, every value is text in one canonical form, so that "unchanged" means equal: numbers without
thousands separators, codes instead of words, dates as YYYY, YYYY-MM or YYYY-MM-DD.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from zhijiao.policy.types.words import NOT_NAMED, WORDS

Kind = Literal["text", "number", "choice", "date", "list", "unit"]
Level = Literal["key", "shown", "group", "line"]
"""`key` names the row; `shown` is context; `group` belongs to the whole indicator or task row, and stands
once over its lines; `line` belongs to the line."""

DELETE = "删除"

OPS = {**WORDS["sign"], "=": "＝"}
FLAGS = {"true": "是", "false": "否"}

ALSO_MEANS: Mapping[str, Mapping[str, str]] = {
    "op": {
        "≧": ">=",
        "=>": ">=",
        "不少于": ">=",
        "不低于": ">=",
        "以上": ">=",
        "≦": "<=",
        "=<": "<=",
        "不超过": "<=",
        "不高于": "<=",
        "以内": "<=",
        "大于": ">",
        "小于": "<",
        "等于": "=",
        "左右": "~",
        "≈": "~",
        "～": "~",
    },
    "inferred": {"对": "true", "错": "false", "√": "true", "×": "false"},
}
"""Other ways to write a choice, as people and spreadsheet programs do."""


@dataclass(frozen=True)
class Field:
    """A column of a sheet."""

    key: str
    title: str
    kind: Kind
    level: Level
    width: int
    hint: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    """Words by code."""


@dataclass(frozen=True)
class Layout:
    """A sheet: its name and columns. `keys` are the two columns that name a line: group and line."""

    name: str
    title: str
    fields: tuple[Field, ...]
    keys: tuple[str, str]

    def field(self, key: str) -> Field:
        return next(f for f in self.fields if f.key == key)

    def keyed(self, level: Level) -> list[Field]:
        """The fields of one level."""
        return [f for f in self.fields if f.level == level]


TARGETS = Layout(
    "目标",
    "目标表",
    (
        Field("id", "编号", "text", "key", 13),
        Field("bound", "界", "text", "key", 4),
        Field("goal", "一级指标", "text", "shown", 14, "新增指标时写明列在哪个一级指标之下"),
        Field("whole", "二级指标", "text", "shown", 22, "指标名称，与文件一致"),
        Field("part", "观察点", "text", "shown", 22, "指标由几个部分组成时，写部分的名称"),
        Field("op", "关系", "choice", "line", 6, choices=OPS),
        Field("value", "数值", "number", "line", 14, "只写数字，单位写在右边一列"),
        Field("unit", "单位", "unit", "line", 9, "如 %、个、人次、元；不写万、亿"),
        Field("criterion", "判断标准", "text", "group", 28, "没有数值的目标，写怎样算达到"),
        Field("to", "目标期止", "date", "group", 11, "如 2023、2023-12 或 2023-12-31"),
        Field("from", "目标期起", "date", "group", 11, "文件没有写就留空"),
        Field("kind", "期类", "choice", "group", 10, choices=WORDS["period_kind"]),
        Field("inferred", "推定", "choice", "group", 6, "目标期是推定的而非文件写明的，选“是”", FLAGS),
        Field("direction", "方向", "choice", "group", 10, choices=WORDS["direction"]),
        Field("words", "口径", "text", "group", 34, "一句话说明统计的是什么"),
        Field("numerator", "分子", "text", "group", 22),
        Field("denominator", "分母", "text", "group", 22),
        Field("excluded", "不计入", "text", "group", 20),
        Field("basis", "数据依据", "text", "group", 24),
        Field("strength", "力度", "choice", "line", 7, choices=WORDS["strength"]),
        Field("clauses", "条款", "list", "line", 16, "条款编号；新增的行必须写，多个用顿号隔开"),
        Field("delete", "操作", "choice", "line", 7, "要删去这一行，写“删除”", {DELETE: DELETE}),
    ),
    ("id", "bound"),
)

TASKS = Layout(
    "任务",
    "任务表",
    (
        Field("id", "行编号", "text", "key", 13),
        Field("item", "事项编号", "text", "key", 15),
        Field("document", "文件", "text", "shown", 14, "新增任务行时写文件简称"),
        Field("number", "序号", "text", "group", 7),
        Field("work", "重点任务", "text", "group", 16),
        Field("row", "主要工作", "text", "group", 22),
        Field("name", "事项", "text", "line", 22),
        Field("deliverable", "交付物", "text", "line", 34),
        Field("on", "时限", "date", "line", 11, "如 2023、2023-12 或 2023-12-31；文件没有写就留空"),
        Field("inferred", "推定", "choice", "line", 6, "时限是推定的而非文件写明的，选“是”", FLAGS),
        Field("every", "周期", "choice", "line", 8, "周期性任务才写", WORDS["every"]),
        Field("units", "责任单位", "list", "group", 26, f"首位牵头，用顿号隔开；文件没有写就写“{NOT_NAMED}”"),
        Field("own_units", "事项另定单位", "list", "line", 20, "与本行责任单位相同就留空"),
        Field("evidence", "证明材料", "list", "line", 26, "多项用分号隔开"),
        Field("clauses", "条款", "list", "line", 16, "条款编号；新增的行必须写，多个用顿号隔开"),
        Field("delete", "操作", "choice", "line", 7, "要删去这一行，写“删除”", {DELETE: DELETE}),
    ),
    ("id", "item"),
)

LAYOUTS = (TARGETS, TASKS)

REQUIRED: Mapping[str, tuple[str, ...]] = {
    "目标": ("kind", "direction", "words"),
    "任务": ("number", "work", "row", "name", "deliverable"),
}
"""What may not be left empty, besides the names of indicators."""
