"""Published code tables as new editions of the standard's large lists: majors, industries, regions, occupations."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from zhijiao.exchange.rules.reading import Opened
from zhijiao.exchange.rules.standard.grids import Row, Table, Titles, found_table
from zhijiao.exchange.types import Code, Problem

_CODES = ("代码", "code", "编码")
_NAMES = ("名称", "name")


@dataclass(frozen=True)
class Shape:
    """How the files of a list look. `code` makes the code of what a file says, or None where it is none."""

    name: str
    titles: Titles
    code: Callable[[str], str | None]
    parent: Callable[[str], str]
    form: str  # what a code looks like, for those who wrote it otherwise


def _matching(pattern: str) -> Callable[[str], str | None]:
    form = re.compile(pattern)
    return lambda text: text if form.fullmatch(text) else None


def _region(text: str) -> str | None:
    """Codes of provinces and cities are often cut to their two or four digits."""
    if re.fullmatch(r"\d{2}|\d{4}|\d{6}", text):
        return text.ljust(6, "0")
    return text if re.fullmatch(r"\d{6}-[A-Za-z0-9]{1,5}|\d{9}|\d{12}", text) else None


def _above_region(code: str) -> str:
    if len(code) > 6:
        return code[:6]
    if code.endswith("0000"):
        return ""
    return f"{code[:2]}0000" if code.endswith("00") else f"{code[:4]}00"


def _above_industry(code: str) -> str:
    return code[:-1] if len(code) > 2 else ""


def _above_occupation(code: str) -> str:
    parts = code.split("-")
    while parts and set(parts[-1]) == {"0"}:
        parts.pop()
    return "" if len(parts) <= 1 else "-".join([*parts[:-1], *["00"] * (4 - len(parts) + 1)])


SHAPES: Mapping[str, Shape] = {
    "majors": Shape(
        "职业教育专业目录",
        {
            "code": ("专业代码", "major_code", *_CODES),
            "name": ("专业名称", "major_name", *_NAMES),
            "class_code": ("专业类代码", "class_code"),
            "class_name": ("专业类名称", "专业类", "class_name"),
            "group_code": ("专业大类代码", "大类代码", "group_code"),
            "group_name": ("专业大类名称", "专业大类", "大类名称", "group_name"),
            "old_code": ("原专业代码", "原代码", "old_code"),
            "old_name": ("原专业名称", "原名称", "old_name"),
        },
        _matching(r"\d{2}|\d{4}|\d{6}K?|\d{4}-\d{1,2}"),
        lambda code: code[:-2] if re.fullmatch(r"\d{4}|\d{6}", code) else "",
        "两位、四位或六位数字",
    ),
    "industries": Shape(
        "国民经济行业分类",
        {
            "code": ("行业代码", "类别代码", *_CODES),
            "name": ("类别名称", "行业名称", *_NAMES),
            "parent": ("上级代码", "parent"),
        },
        _matching(r"[A-T]|\d{2,4}"),
        _above_industry,
        "门类字母 A 至 T，或两位到四位数字",
    ),
    "regions": Shape(
        "行政区划代码",
        {
            "code": ("行政区划代码", "区划代码", *_CODES),
            "name": ("单位名称", "区划名称", "行政区划名称", *_NAMES),
        },
        _region,
        _above_region,
        "两位、四位或六位数字；六位之后可接短横和本地编号",
    ),
    "occupations": Shape(
        "职业分类大典",
        {
            "code": ("职业编码", "职业代码", "职业（工种）代码", *_CODES),
            "name": ("职业名称", "职业（工种）名称", *_NAMES),
        },
        _matching(r"\d-\d{2}-\d{2}-\d{2}"),
        _above_occupation,
        "形如 6-18-01-01",
    ),
}
"""The lists that are imported, by id."""

_LEVEL = re.compile(r"(\d{2}|\d{4})\s*([^\d\s].*类)")
"""A row that names a class over the majors below it: “6101 农业类”."""


@dataclass(frozen=True)
class Read:
    """What files gave: entries in their order, old code → what it became, and everything that is wrong."""

    entries: tuple[Code, ...]
    became: Mapping[str, tuple[str, ...]]
    problems: tuple[Problem, ...]


class _Gathering:
    """Entries by code, in order; complains where two rows say different things of one code."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.entries: dict[str, Code] = {}
        self.became: dict[str, list[str]] = {}
        self.problems: list[Problem] = []

    def add(self, row: Row, column: str, text: str, name: str, parent: str = "") -> None:
        """An entry that a row names. Rows may repeat it, as they repeat their class."""
        code = self.shape.code(text.replace(" ", ""))
        if code is None:
            said = f"第 {row.number} 行的代码“{text}”不合格，{self.shape.name}的代码是{self.shape.form}；改正后重新导入"
            self.problems.append(row.problem(column, said))
            return
        if not name:
            self.problems.append(
                row.problem(column, f"第 {row.number} 行的代码 {code} 没有名称；补上名称，或删去这一行")
            )
            return
        there = self.entries.get(code)
        if there is None:
            self.entries[code] = Code(code, name, parent or self.shape.parent(code))
        elif there.name != name:
            said = f"第 {row.number} 行的代码 {code}（{name}）已经写过（{there.name}）；同一代码只留一行"
            self.problems.append(row.problem(column, said))


def read_code_table(subject: str, files: Sequence[Opened]) -> Read:
    """The entries of a published table, from one or several files. A `subject` that has no shape is a plain table of codes and
    names. Never raises for what a file says: everything that is wrong is told at once."""
    shape = SHAPES.get(subject) or Shape(
        subject,
        {"code": _CODES, "name": _NAMES, "parent": ("上级代码", "parent")},
        lambda text: text or None,
        lambda code: "",
        "任意文字",
    )
    gathering = _Gathering(shape)
    tables = 0
    for file in files:
        for table in _tables(file, shape):
            tables += 1
            for row in table.rows(file):
                _take(row, gathering)
    if not tables:
        titles = "、".join(f"“{shape.titles[word][0]}”" for word in ("code", "name"))
        words = f"没有找到{shape.name}：文件里要有一行表头，写着{titles}两列"
        gathering.problems.append(Problem("", 0, "", "", "", "heading", "", words))
    _check_parents(gathering)
    became = {old: tuple(new) for old, new in gathering.became.items()}
    return Read(tuple(gathering.entries.values()), became, tuple(gathering.problems))


def _tables(file: Opened, shape: Shape) -> Iterator[Table]:
    for sheet in file.sheets:
        table = found_table(sheet, shape.titles, ("code", "name"))
        if table is not None:
            yield table


def _take(row: Row, gathering: _Gathering) -> None:
    values = row.values
    for level, above in (("group", ""), ("class", values.get("group_code", ""))):
        code, name = values.get(f"{level}_code", ""), values.get(f"{level}_name", "")
        if code and name:
            gathering.add(row, f"{level}_code", code, name, above)
    code, name = values["code"], values["name"]
    if not code or not name:
        heading = next((found for cell in row.cells if (found := _LEVEL.fullmatch(cell))), None)
        if heading is not None and sum(map(bool, row.cells)) <= 2:
            gathering.add(row, "code", heading[1], heading[2])
            return
        if not code and sum(map(bool, row.cells)) <= 1:
            return  # a note below the table
    gathering.add(row, "code", code, name, values.get("parent", "") or values.get("class_code", ""))
    for old in re.split(r"[、,，;；\s]+", values.get("old_code", "")):
        if old and old != code:
            gathering.became.setdefault(old, []).append(code)


def _check_parents(gathering: _Gathering) -> None:
    """A parent that the table does not hold is left out rather than pointing nowhere."""
    for code, entry in gathering.entries.items():
        if entry.parent and entry.parent not in gathering.entries:
            gathering.entries[code] = Code(entry.code, entry.name)
